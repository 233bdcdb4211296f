import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/**
 * A name server on loopback that answers A questions from a script, one entry a question, the last one for ever;
 * `*` is the script of every name without one.
 */
export interface NameServer extends AsyncDisposable {
  /** `address:port`. */
  readonly address: string;
  readonly questions: string[];
}

export async function startNameServer(
  answers: Record<string, readonly (readonly string[])[]>,
  onQuestion: (question: string) => void = () => {},
): Promise<NameServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  const asked = new Map<string, number>();
  socket.on('message', (message, peer) => {
    const { name, type, end } = readQuestion(message);
    questions.push(`${name} ${type}`);
    onQuestion(`${name} ${type}`);
    const script = answers[name] ?? answers['*'] ?? [];
    const count = asked.get(name) ?? 0;
    if (type === 1) asked.set(name, count + 1);
    const addresses = type === 1 ? (script[Math.min(count, script.length - 1)] ?? []) : [];
    socket.send(writeAnswer(message, end, addresses), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

/** RFC 1035, 4.1.2. */
function readQuestion(message: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let offset = 12;
  for (let length = message[offset] ?? 0; length > 0; length = message[offset] ?? 0) {
    labels.push(message.toString('latin1', offset + 1, offset + 1 + length));
    offset += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(offset + 1), end: offset + 5 };
}

function writeAnswer(question: Buffer, end: number, addresses: readonly string[]): Buffer {
  const head = Buffer.from(question.subarray(0, end));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt16BE(0, 8);
  head.writeUInt16BE(0, 10);
  const records = addresses.map((address) => {
    return Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
  });
  return Buffer.concat([head, ...records]);
}
