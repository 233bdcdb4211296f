import { networkInterfaces } from 'node:os';

/** Addresses set aside for documentation (RFC 5737, RFC 3849): they stand for the world outside. */
const outside = ['192.0.2.1:443', '[2001:db8::1]:443'];

/**
 * What must be unreachable from inside (law 10): every address by which this machine answers on a network, and one
 * outside. Link-local addresses name an interface as well, which the sandbox has none of.
 */
export function forbiddenAddresses(): string[] {
  const own = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ family, address }) => (family === 'IPv6' ? `[${address}]:443` : `${address}:443`));
  return [...own, ...outside];
}
