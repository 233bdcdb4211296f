/**
 * Whether an address is one of the public Internet's. Everything that IANA's special-purpose registries (RFC 6890 and
 * its successors) list is not, nor what is no address at all; an IPv6 address that carries an IPv4 address is judged
 * by that one too.
 */
export function isPublicAddress(address: string): boolean {
  const four = parseIpv4(address);
  if (four !== null) return isPublicIpv4(four);
  const six = parseIpv6(address);
  return six !== null && isPublicIpv6(six);
}

const ipv4Blocks = [
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // carrier-grade NAT
  '127.0.0.0/8', // loopback
  '169.254.0.0/16', // link-local, and the clouds' metadata
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments
  '192.0.2.0/24', // documentation
  '192.31.196.0/24', // AS112
  '192.52.193.0/24', // AMT
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '192.175.48.0/24', // AS112
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '168.63.129.16/32', // Azure's own services, on a public address
].map((block) => {
  const [base = '', bits = ''] = block.split('/');
  const size = 2 ** (32 - Number(bits));
  const start = parseIpv4(base) ?? 0;
  return { start, end: start + size };
});

function isPublicIpv4(address: number): boolean {
  return !ipv4Blocks.some(({ start, end }) => address >= start && address < end);
}

function isPublicIpv6(groups: readonly number[]): boolean {
  const [first = 0, second = 0, third = 0] = groups;
  const low = lastIpv4(groups);
  const zeros = (count: number) => groups.slice(0, count).every((group) => group === 0);
  // ::, ::1, IPv4-compatible (::a.b.c.d), IPv4-mapped (::ffff:a.b.c.d), IPv4-translated (::ffff:0:a.b.c.d).
  if (zeros(4)) return false;
  // NAT64 (RFC 6052): the well-known prefix leads to the embedded address; the local-use one is private.
  if (first === 0x64 && second === 0xff9b)
    return groups.slice(2, 6).every((g) => g === 0) && isPublicIpv4(low);
  // Only 2000::/3 is given out; fc00::/7, fe80::/10, fec0::/10, ff00::/8 and 100::/64 lie outside.
  if (first < 0x2000 || first > 0x3fff) return false;
  // 2001::/23, protocol assignments: Teredo, benchmarks, ORCHID, …
  if (first === 0x2001 && second < 0x200) return false;
  if (first === 0x2001 && second === 0xdb8) return false;
  if (first === 0x3fff && second < 0x1000) return false;
  // 6to4 (RFC 3056): 2002:a.b.c.d::/48.
  if (first === 0x2002) return isPublicIpv4(second * 0x10000 + third);
  return first !== 0x2620 || second !== 0x4f || third !== 0x8000;
}

function lastIpv4(groups: readonly number[]): number {
  return (groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0);
}

/** Four decimal parts and nothing else: the form in which a resolver answers. */
function parseIpv4(text: string): number | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!parts) return null;
  let value = 0;
  for (const part of parts.slice(1)) {
    if (Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

/** RFC 4291, 2.2; with a zone it is link-local, so it may be taken for no address. */
function parseIpv6(text: string): number[] | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  const low = dotted ? parseIpv4(dotted[2] ?? '') : null;
  if (dotted && low === null) return null;
  const hex =
    dotted && low !== null
      ? `${dotted[1]}${Math.floor(low / 65536).toString(16)}:${(low % 65536).toString(16)}`
      : text;
  const halves = hex.split('::');
  if (halves.length > 2) return null;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...head, ...new Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return null;
  return groups.map((group) => Number.parseInt(group, 16));
}
