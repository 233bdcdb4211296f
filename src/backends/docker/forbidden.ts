import { networkInterfaces } from 'node:os';
import type Docker from 'dockerode';
import type { BottleAddresses } from './addresses.js';

/** A port at which a host that can be reached answers one way or the other. */
const anyPort = 22;
/** Where clouds serve a machine's credentials. */
const metadata = '169.254.169.254:80';

/** What must not answer in the agent's network: the host by every address, the sidecar's outer side, the metadata. */
export function forbiddenAddresses(
  internal: BottleAddresses,
  egress: Docker.Network extends { inspect(): Promise<infer Info> } ? Info : never,
  engineIsHere: boolean,
): string[] {
  const outer: string[] = (egress.IPAM?.Config ?? []).flatMap(
    ({ Gateway }: { Gateway?: string | undefined }) =>
      Gateway ? [`${Gateway}:${anyPort}`, `${nextAddress(Gateway)}:${anyPort}`] : [],
  );
  const host = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal: loopback }) => family === 'IPv4' && !loopback)
    .map(({ address }) => `${address}:${anyPort}`);
  return [...new Set([`${internal.gateway}:${anyPort}`, ...outer, ...(engineIsHere ? host : []), metadata])];
}

/** The sidecar is alone on its network, and engines give addresses out in order. */
function nextAddress(address: string): string {
  const parts = address.split('.').map(Number);
  return [...parts.slice(0, 3), (parts[3] ?? 0) + 1].join('.');
}
