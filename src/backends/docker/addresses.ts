import { randomInt } from 'node:crypto';

/** Where the parts of a bottle are on its internal network. */
export interface BottleAddresses {
  readonly subnet: string;
  /** The address that an engine would give to the host; nothing answers there. */
  readonly gateway: string;
  readonly sidecar: string;
  readonly agent: string;
}

/** Ports of the sidecar on the internal network. */
export const sidecarPorts = { proxy: 3128, https: 443, http: 80, resolver: 53 } as const;

/** The name by which the agent's variables call the proxy; in its /etc/hosts. */
export const sidecarName = 'sidecar.bottle.internal';

const blockSize = 16;
/** 198.18.0.0/15 is kept for benchmarks (RFC 2544): no upstream has such an address, so that none is hidden by ours. */
const firstAddress = (198 * 256 + 18) * 65_536;
const blocks = 2 ** 17 / blockSize;

export function randomAddresses(): BottleAddresses {
  return addressesOf(randomInt(blocks));
}

export function addressesOf(block: number): BottleAddresses {
  const base = firstAddress + block * blockSize;
  return {
    subnet: `${dotted(base)}/28`,
    gateway: dotted(base + 1),
    sidecar: dotted(base + 2),
    agent: dotted(base + 3),
  };
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}
