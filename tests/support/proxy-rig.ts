import { expect } from 'vitest';
import type { Route } from '../../src/contract/route.js';
import { type Canary, startCanary } from './canary.js';
import { askInside } from './raw-client.js';
import { routeTo } from './routes.js';
import { type SidecarProcess, startSidecar } from './sidecar-process.js';
import { createTestAuthority } from './test-authority.js';

/** A sidecar with canaries: one at an allowed host, one that nothing may reach. */
export interface ProxyRig extends AsyncDisposable {
  readonly sidecar: SidecarProcess;
  readonly upstream: Canary;
  readonly forbidden: Canary;
  /** PEM of the upstreams' own authority. */
  readonly upstreamAuthority: string;
  /** Neither canary was reached since the last time, and an allowed request still is. */
  expectNothingGotOut(): Promise<void>;
}

export const secretValue = 'tok-4f0d8a66b1c7';

/** @param rest what the route to `allowed.test` has besides; @param more further routes */
export async function startProxyRig(
  rest: Partial<Route> = {},
  more: (upstreamPort: number, authority: string) => readonly Route[] = () => [],
): Promise<ProxyRig> {
  const authority = await createTestAuthority();
  const tls = {
    authority,
    names: ['allowed.test', '*.allowed.test', 'other.test', 'plain.test', 'localhost'],
  };
  const upstream = await startCanary(tls);
  const forbidden = await startCanary(tls);
  const sidecar = await startSidecar({
    routes: [
      routeTo('allowed.test', upstream.port, { certificateAuthority: authority.certificate, ...rest }),
      ...more(upstream.port, authority.certificate),
    ],
    secrets: { TOKEN: secretValue },
  });
  return {
    sidecar,
    upstream,
    forbidden,
    upstreamAuthority: authority.certificate,
    async expectNothingGotOut() {
      expect(forbidden.connections()).toBe(0);
      const reached = upstream.requests.splice(0).map(({ line }) => line);
      expect(reached).toEqual([]);
      const answer = await askInside(
        { ...sidecar, host: 'allowed.test' },
        'GET /still-alive HTTP/1.1\r\nHost: allowed.test\r\n\r\n',
      );
      expect(answer.status).toBe(200);
      expect(upstream.requests.map(({ line }) => line)).toEqual(['GET /still-alive']);
      upstream.requests.length = 0;
    },
    async [Symbol.asyncDispose]() {
      await sidecar[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
      await forbidden[Symbol.asyncDispose]();
    },
  };
}
