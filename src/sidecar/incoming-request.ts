import { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { createPieceQueue, type PieceQueue } from './piece-queue.js';
import { createWholeBody, type WholeBody } from './whole-body.js';

interface Taking {
  readonly body: WholeBody;
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes that wait for whoever reads the body as a stream. */
const mostWaiting = 16 * 1024;

/**
 * A request whose body can be had in one piece. Read as a stream, even one without a body is scheduled five times over
 * until it has ended, which costs more than to decide on it.
 */
export class IncomingRequest extends IncomingMessage {
  #isStream = false;
  #isPassedBy = false;
  #taking: Taking | null = null;
  /** What came while nobody read: the parser makes a piece of each chunk, and Node would keep them as they are. */
  #waiting: PieceQueue | null = null;

  static {
    // Until it has ended, as it does in no stream here, Node keeps it with an idle connection: 64 kB of headers.
    const ended = Object.getOwnPropertyDescriptor(Readable.prototype, 'readableEnded')?.get;
    Object.defineProperty(IncomingRequest.prototype, 'readableEnded', {
      get(this: IncomingRequest): boolean {
        return this.#isPassedBy ? this.complete : ended?.call(this);
      },
    });
  }

  /** Node is not to read it off: there is none. */
  expectNoBody(): void {
    this.#isPassedBy = true;
    this.read(0);
  }

  /** Rejects when the client leaves before it is complete. null: some of it has come already, as a stream. @param length in bytes */
  takeWhole(length: number): Promise<Buffer> | null {
    if (this.#isStream) return null;
    if (this.destroyed) return Promise.reject(new Error('the client left'));
    this.#isPassedBy = true;
    this.read(0);
    return new Promise((resolve, reject) => {
      this.#taking = { body: createWholeBody(length), resolve, reject };
      // An error takes a look at the stack: not for each request that is over.
      this.once('close', () => {
        if (!this.complete) reject(new Error('the client left'));
      });
    });
  }

  /** What the parser found of the body, and null at its end. */
  override push(chunk: Buffer | null): boolean {
    if (this.#taking === null) return this.#pushToStream(chunk);
    const { body, resolve, reject } = this.#taking;
    if (chunk !== null) {
      body.append(chunk);
      return true;
    }
    // It may stay with its connection long after its body was of use.
    this.#taking = null;
    try {
      resolve(body.end());
    } catch (error) {
      reject(error);
    }
    return true;
  }

  override resume(): this {
    this.#endWait();
    return super.resume();
  }

  #pushToStream(chunk: Buffer | null): boolean {
    if (chunk !== null) this.#isStream = true;
    if (chunk !== null && !this.readableFlowing) {
      this.#waiting ??= createPieceQueue();
      this.#waiting.append(chunk);
      return this.#waiting.size() < mostWaiting;
    }
    this.#endWait();
    return super.push(chunk);
  }

  #endWait(): void {
    const waiting = this.#waiting;
    this.#waiting = null;
    for (let piece = waiting?.take(); piece; piece = waiting?.take()) super.push(piece);
  }
}
