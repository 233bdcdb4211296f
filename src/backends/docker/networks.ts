import { setTimeout as wait } from 'node:timers/promises';
import type Docker from 'dockerode';
import { messageOf } from '../../contract/errors.js';
import { type BottleAddresses, randomAddresses } from './addresses.js';
import { ifThere, statusOf } from './engine.js';
import { labelsFor, nameOf, type OwnLabels } from './names.js';

const attempts = 20;

/**
 * The internal network. `internal` alone leaves the host reachable at the bridge's own address, and through it at
 * every other: the bridge must have none. Engines from 28 on have a mode for that, older ones the option that
 * withholds the address.
 */
export async function createInternalNetwork(
  docker: Docker,
  own: OwnLabels,
  engineMajor: number,
): Promise<BottleAddresses> {
  for (let attempt = 1; ; attempt += 1) {
    const addresses = randomAddresses();
    try {
      await docker.createNetwork({
        Name: nameOf(own.plan.id, 'internal'),
        CheckDuplicate: true,
        Driver: 'bridge',
        Internal: true,
        EnableIPv6: false,
        IPAM: { Driver: 'default', Config: [{ Subnet: addresses.subnet, Gateway: addresses.gateway }] },
        Options: {
          'com.docker.network.bridge.inhibit_ipv4': 'true',
          ...(engineMajor >= 28 && { 'com.docker.network.bridge.gateway_mode_ipv4': 'isolated' }),
        },
        Labels: labelsFor(own, 'internal'),
      });
      return addresses;
    } catch (thrown) {
      if (attempt === attempts || !/overlap/i.test(messageOf(thrown))) throw thrown;
    }
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
