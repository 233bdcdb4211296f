import { IncomingMessage } from 'node:http';
import { createWholeBody, type WholeBody } from './whole-body.js';

interface Taking {
  readonly body: WholeBody;
  readonly resolve: (body: Buffer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A request whose body can be had in one piece. Read as a stream, even one without a body is scheduled five times over
 * until it has ended, which costs more than to decide on it.
 */
export class IncomingRequest extends IncomingMessage {
  #isStream = false;
  #taking: Taking | null = null;

  /** Node is not to read it off: there is none. */
  expectNoBody(): void {
    this.read(0);
  }

  /** Rejects when the client leaves before it is complete. null: some of it has come already, as a stream. @param length in bytes */
  takeWhole(length: number): Promise<Buffer> | null {
    if (this.#isStream) return null;
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
  override push(chunk: Buffer | null, encoding?: BufferEncoding): boolean {
    if (this.#taking === null) {
      this.#isStream ||= chunk !== null;
      return super.push(chunk, encoding);
    }
    const { body, resolve, reject } = this.#taking;
    try {
      if (chunk === null) resolve(body.end());
      else body.append(chunk);
    } catch (error) {
      reject(error);
    }
    return true;
  }
}
