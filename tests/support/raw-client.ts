import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';

/** What came back on a raw connection, read as far as a test needs it. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  /** Everything, as it came. */
  readonly text: string;
}

/** Milliseconds without an answer after which a test fails rather than waits. */
const patience = 15_000;

export function openSocket(port: number, host = '127.0.0.1'): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ port, host }, () => resolve(socket));
    socket.once('error', reject);
    socket.on('error', () => {});
  });
}

/** Sends bytes and reads one answer; an answer without status 0 means that the connection ended with nothing. */
export async function sendRaw(socket: Socket, bytes: string | Buffer): Promise<RawAnswer> {
  const answer = readAnswer(socket);
  socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return answer;
}

export async function askProxy(port: number, bytes: string | Buffer, host?: string): Promise<RawAnswer> {
  const socket = await openSocket(port, host);
  try {
    return await sendRaw(socket, bytes);
  } finally {
    socket.destroy();
  }
}

/** Reads one answer: to its Content-Length, the end of its chunks, or the end of the connection. */
export function readAnswer(socket: Socket): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let text = '';
    const finish = () => {
      clearTimeout(timer);
      socket.off('data', onData).off('end', finish).off('close', finish);
      resolve(parseAnswer(text));
    };
    const onData = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      if (isComplete(text)) finish();
    };
    const timer = setTimeout(
      () => reject(new Error(`no whole answer in time: ${text.slice(0, 200)}`)),
      patience,
    );
    socket.on('data', onData).once('end', finish).once('close', finish);
  });
}

/** Everything that comes until the other side ends. */
export async function readToEnd(socket: Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += (chunk as Buffer).toString('latin1');
  return text;
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const { status, headers, body } = parseAnswer(text);
  if (status < 200 || status === 204 || status === 304) return true;
  const length = headers.get('content-length');
  if (length !== undefined) return body.length >= Number(length);
  if (headers.get('transfer-encoding') === 'chunked')
    return /(?:^|\r\n)0\r\n(?:[^\r\n]+\r\n)*\r\n$/.test(body);
  return status === 200 && /^HTTP\/1\.1 200 Connection Established/.test(text);
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end === -1 ? text.length : end).split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? 0);
  return { status, headers, body: end === -1 ? '' : text.slice(end + 4), text };
}

export interface Tunnel {
  readonly port: number;
  readonly certificate: string;
  readonly host: string;
  /** null: no SNI at all. */
  readonly servername?: string | null;
}

/** CONNECT and the TLS handshake; rejects with the answer's status when the proxy refuses the tunnel. */
export async function openTunnel({ port, certificate, host, servername = host }: Tunnel): Promise<TLSSocket> {
  const socket = await openSocket(port);
  const answer = await sendRaw(socket, `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  if (answer.status !== 200) {
    socket.destroy();
    throw new Error(`CONNECT answered ${answer.status}: ${answer.body}`);
  }
  return new Promise((resolve, reject) => {
    const secure = connectTls({
      socket,
      ca: certificate,
      ALPNProtocols: ['http/1.1'],
      ...(servername === null ? {} : { servername }),
      // A test that lies in its SNI still wants to see the answer.
      checkServerIdentity: () => undefined,
    });
    secure.once('secureConnect', () => resolve(secure));
    secure.once('error', reject);
    secure.on('error', () => {});
  });
}

/** One request inside a new tunnel. */
export async function askInside(tunnel: Tunnel, bytes: string | Buffer): Promise<RawAnswer> {
  const secure = await openTunnel(tunnel);
  try {
    return await sendRaw(secure, bytes);
  } finally {
    secure.destroy();
  }
}

/** The stable code in a refusal's body. */
export function refusalCode(answer: RawAnswer): string {
  try {
    return (JSON.parse(answer.body) as { error: { code: string } }).error.code;
  } catch {
    return `no refusal: ${answer.text.slice(0, 200)}`;
  }
}
