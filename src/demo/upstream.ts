import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A small HTTPS server on loopback which answers whether a request carried the token, and counts. */
export interface DemoUpstream extends AsyncDisposable {
  readonly port: number;
  /** PEM of its own certificate, which the demo's route trusts. */
  readonly certificate: string;
  /** Requests that carried the token. */
  authorized(): number;
  requests(): number;
}

/** Ports on loopback and on every address of this host that nobody may reach from a bottle. */
export interface Canary extends AsyncDisposable {
  readonly addresses: readonly string[];
  connections(): number;
}

const day = 24 * 60 * 60 * 1000;

export async function startUpstream(host: string, token: string): Promise<DemoUpstream> {
  const { key, certificate } = await selfSigned(host);
  let requests = 0;
  let authorized = 0;
  const server = createServer({ key, cert: certificate }, (request, response) => {
    requests += 1;
    const carries = request.headers.authorization === `Bearer ${token}`;
    if (carries) authorized += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ authorized: carries }));
  });
  const port = await listen(server, '127.0.0.1');
  return {
    port,
    certificate,
    authorized: () => authorized,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await closed(server);
    },
  };
}

export async function startCanary(): Promise<Canary> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  const port = await listen(server, '0.0.0.0');
  const hosts = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ family }) => family === 'IPv4')
    .map(({ address }) => address);
  return {
    addresses: hosts.map((host) => `${host}:${port}`),
    connections: () => connections,
    [Symbol.asyncDispose]: () => closed(server),
  };
}

async function selfSigned(host: string): Promise<{ key: string; certificate: string }> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${host}`,
    keys: keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - day),
    notAfter: new Date(Date.now() + day),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new SubjectAlternativeNameExtension([{ type: 'dns', value: host }]),
    ],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    certificate: certificate.toString('pem'),
  };
}

function listen(server: Server, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
