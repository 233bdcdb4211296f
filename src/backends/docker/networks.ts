import { setTimeout as wait } from 'node:timers/promises';
import type Docker from 'dockerode';
import { messageOf } from '../../contract/errors.js';
import type { BottleAddresses } from './addresses.js';
import { ifThere, statusOf } from './engine.js';
import { labelsFor, nameOf, type OwnLabels } from './names.js';

const attempts = 20;

/** Thrown where the addresses are another network's already: others will do. */
export class AddressesTaken extends Error {}

/**
 * The internal network. `internal` alone leaves the host reachable at the bridge's own address, and through it at
 * every other: the bridge must have none. Engines from 28 on have a mode for that, older ones the option that
 * withholds the address.
 */
export async function createInternalNetwork(
  docker: Docker,
  own: OwnLabels,
  { subnet, gateway }: BottleAddresses,
  engineMajor: number,
): Promise<void> {
  try {
    await docker.createNetwork({
      Name: nameOf(own.plan.id, 'internal'),
      CheckDuplicate: true,
      Driver: 'bridge',
      Internal: true,
      EnableIPv6: false,
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet, Gateway: gateway }] },
      Options: {
        'com.docker.network.bridge.inhibit_ipv4': 'true',
        ...(engineMajor >= 28 && { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' }),
      },
      Labels: labelsFor(own, 'internal'),
    });
  } catch (thrown) {
    if (/overlap/i.test(messageOf(thrown))) throw new AddressesTaken(messageOf(thrown), { cause: thrown });
    throw thrown;
  }
}

/** The way out, for the sidecar alone. */
export async function createEgressNetwork(docker: Docker, own: OwnLabels): Promise<void> {
  await docker.createNetwork({
    Name: nameOf(own.plan.id, 'egress'),
    CheckDuplicate: true,
    Driver: 'bridge',
    EnableIPv6: false,
    Options: { 'com.docker.network.bridge.enable_icc': 'false' },
    Labels: labelsFor(own, 'egress'),
  });
}

/**
 * Takes a running container off what the engine calls the network `none`, which allows no other beside it. So a
 * container can start while its networks are being made, and loads its program while it joins them.
 */
export async function leaveNoNetwork(docker: Docker, container: string): Promise<void> {
  await docker.getNetwork('none').disconnect({ Container: container });
}

/** @param address the container's own there; absent: the engine chooses */
export async function joinNetwork(
  docker: Docker,
  container: string,
  network: string,
  address?: string,
): Promise<void> {
  await docker.getNetwork(network).connect({
    Container: container,
    EndpointConfig: address === undefined ? {} : { IPAMConfig: { IPv4Address: address } },
  });
}

/**
 * What a container used that was just removed may be held by it for a moment longer.
 * @param held the status by which the engine says so
 */
export async function removeWhenFree(object: { remove(): Promise<unknown> }, held: number): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await ifThere(object.remove());
      return;
    } catch (thrown) {
      if (statusOf(thrown) !== held || attempt === attempts) throw thrown;
      await wait(50 * attempt);
    }
  }
}
