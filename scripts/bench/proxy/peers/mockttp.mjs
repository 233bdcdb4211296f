// mockttp as a process: every request passed through. It is not a dependency: --install-peers puts it into .cache.
import dns from 'node:dns';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

dns.lookup = (_name, options, done) => {
  const callback = done ?? options;
  if (options?.all) callback(null, [{ address: '127.0.0.1', family: 4 }]);
  else callback(null, '127.0.0.1', 4);
};

for await (const line of createInterface({ input: process.stdin })) {
  const { packages } = JSON.parse(line);
  const { getLocal, generateCACertificate } = createRequire(`${packages}/package.json`)('mockttp');
  const https = await generateCACertificate();
  const server = getLocal({ https, recordTraffic: false, http2: false });
  await server.forAnyRequest().thenPassThrough();
  await server.forAnyWebSocket().thenPassThrough();
  await server.start();
  console.log(JSON.stringify({ port: server.port, certificate: https.cert }));
}
