import type { LookupAddress } from 'node:dns';
import { Resolver, lookup as systemLookup } from 'node:dns/promises';
import { isPublicAddress } from '../policy/address.js';
import { UpstreamError } from './upstream-error.js';

/** Milliseconds for one query; asked twice. */
const queryTimeout = 3000;

/** Every address of a name: the system's way, or from the given name servers alone. */
export type Resolve = (host: string) => Promise<LookupAddress[]>;

/** @param nameServers `address` or `address:port`; empty: the system's resolver */
export function createResolve(nameServers: readonly string[]): Resolve {
  if (nameServers.length === 0) return (host) => systemLookup(host, { all: true, verbatim: true });
  const resolver = new Resolver({ timeout: queryTimeout, tries: 2 });
  resolver.setServers(nameServers);
  return async (host) => {
    const [four, six] = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)]);
    return [
      ...(four.status === 'fulfilled' ? four.value.map((address) => ({ address, family: 4 })) : []),
      ...(six.status === 'fulfilled' ? six.value.map((address) => ({ address, family: 6 })) : []),
    ];
  };
}

/**
 * The addresses that may be dialled for a name: all that it has, or none. One bad address among good ones is what a
 * rebinding name looks like, so it condemns the answer.
 */
export async function checkedAddresses(
  resolve: Resolve,
  host: string,
  mayBePrivate: boolean,
): Promise<readonly LookupAddress[]> {
  let addresses: LookupAddress[];
  try {
    addresses = await resolve(host);
  } catch {
    addresses = [];
  }
  if (addresses.length === 0) throw new UpstreamError('name-not-resolved', `${host} has no address`);
  if (!mayBePrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
    throw new UpstreamError('address-not-allowed', `${host} has an address that is not public`);
  }
  return addresses;
}
