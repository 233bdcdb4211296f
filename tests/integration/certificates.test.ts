import { X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTunnel } from '../support/raw-client.js';
import { routeTo } from '../support/routes.js';
import { type SidecarProcess, startSidecar } from '../support/sidecar-process.js';

let sidecar: SidecarProcess;

beforeAll(async () => {
  const routes = ['allowed.test', '*.wild.test', '*.co.uk'].map((host) => routeTo(host, 9));
  sidecar = await startSidecar({ routes });
});
afterAll(() => sidecar?.[Symbol.asyncDispose]());

/** What the agent is shown for a host; a client that looks at names takes it. */
async function shownFor(host: string): Promise<X509Certificate> {
  const secure = await openTunnel({ ...sidecar, host });
  const certificate = secure.getPeerX509Certificate();
  secure.destroy();
  if (!certificate) throw new Error(`no certificate for ${host}`);
  expect(certificate.checkHost(host)).toBeDefined();
  expect(certificate.verify(new X509Certificate(sidecar.certificate).publicKey)).toBe(true);
  return certificate;
}

test('hosts directly below a wildcard share a certificate', async () => {
  const first = await shownFor('a.wild.test');
  expect(first.subjectAltName).toBe('DNS:*.wild.test');
  expect((await shownFor('b.wild.test')).serialNumber).toBe(first.serialNumber);
});

test.each(['allowed.test', 'deep.a.wild.test', 'shop.co.uk'])('%s has its own', async (host) => {
  expect((await shownFor(host)).subjectAltName).toBe(`DNS:${host}`);
});
