import { networkInterfaces } from 'node:os';
import type Docker from 'dockerode';
import type { BottleAddresses } from './addresses.js';

/** A port at which a host that can be reached answers one way or the other. */
const anyPort = 22;
/** Where clouds serve a machine's credentials. */
const metadata = '169.254.169.254:80';

/** What must not answer in the agent's network: the host by every address, the metadata. */
export function forbiddenAddresses({ gateway }: BottleAddresses, engineIsHere: boolean): string[] {
  const host = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal: loopback }) => family === 'IPv4' && !loopback)
    .map(({ address }) => address);
  return [...withPort([gateway, ...(engineIsHere ? host : [])]), metadata];
}

/**
 * And neither the sidecar's outer side, and the host there.
 * @param egress as it is once the sidecar has joined it
 */
export function outerAddresses({ IPAM, Containers }: Docker.NetworkInspectInfo): string[] {
  const gateways = (IPAM?.Config ?? []).flatMap(({ Gateway }) => (Gateway ? [Gateway] : []));
  const sidecar = Object.values(Containers ?? {}).flatMap(({ IPv4Address }) =>
    IPv4Address ? [IPv4Address.replace(/\/\d+$/, '')] : [],
  );
  if (sidecar.length === 0) throw new Error('the engine does not say where the sidecar is');
  return withPort([...gateways, ...sidecar]);
}

function withPort(addresses: readonly string[]): string[] {
  return [...new Set(addresses)].map((address) => `${address}:${anyPort}`);
}
