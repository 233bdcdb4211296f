import type { SidecarConfiguration } from '../contract/sidecar.js';
import type { BottlePlan } from './plan.js';

/** Where a backend lets the sidecar listen. */
export type SidecarPlace = Pick<SidecarConfiguration, 'listen' | 'transparent' | 'resolver'>;

/** What a bottle's sidecar reads once, from the plan, the secrets' values and where it listens. */
export function sidecarConfiguration(
  plan: BottlePlan,
  secrets: Readonly<Record<string, string>>,
  place: SidecarPlace,
): SidecarConfiguration {
  return {
    version: 1,
    bottle: plan.id,
    ...place,
    routes: plan.routes,
    secrets,
    extraCertificateAuthorities: plan.extraCertificateAuthorities,
    nameServers: plan.nameServers,
    unknownHost: plan.unknownHost,
    holdTimeout: plan.holdTimeout,
  };
}
