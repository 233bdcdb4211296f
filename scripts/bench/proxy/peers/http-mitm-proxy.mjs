// http-mitm-proxy as a process: as it comes, or tuned with connections kept to the upstream and EC keys.
import { webcrypto } from 'node:crypto';
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Proxy as MitmProxy } from 'http-mitm-proxy';
import { makeAuthority, makeLeaf } from '../../shared/certificates.mjs';

const toLoopback = (_name, options, done) => {
  const callback = done ?? options;
  if (options?.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};
dns.lookup = toLoopback;

/** Leaf certificates of one process-wide P-256 key, made for each host when it is first seen. */
async function useEllipticKeys(proxy) {
  const authority = await makeAuthority('http-mitm-proxy bench');
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  proxy.onCertificateMissing = (context, _files, done) => {
    makeLeaf(authority, [context.hostname], keys).then(
      ({ cert, key }) => done(null, { certFileData: cert, keyFileData: key, hosts: [context.hostname] }),
      done,
    );
  };
  return authority.certificate;
}

for await (const line of createInterface({ input: process.stdin })) {
  const { folder, tuned } = JSON.parse(line);
  const proxy = new MitmProxy();
  proxy.onError(() => {});
  const elliptic = tuned ? await useEllipticKeys(proxy) : null;
  const agent = tuned
    ? { keepAlive: true, httpsAgent: new Agent({ keepAlive: true, lookup: toLoopback }) }
    : {};
  proxy.listen({ host: '127.0.0.1', port: 0, sslCaDir: folder, ...agent }, () => {
    const certificate = elliptic ?? readFileSync(join(folder, 'certs/ca.pem'), 'utf8');
    console.log(JSON.stringify({ port: proxy.httpPort, certificate }));
  });
}
