import { judge } from '../../policy/inbound/judge.js';
import { looksLikeText, mediaKind } from '../../policy/inbound/media.js';
import { isPlain } from '../../policy/inbound/plain.js';
import { scrub } from '../../policy/inbound/scrub.js';
import { headersOf, scrubHeaders } from './answer-headers.js';
import type { AnswerHead, InspectedAnswer } from './inspected-answer.js';
import type { Inspection } from './inspection.js';
import type { Outlet } from './outlet.js';

/** Bytes of a body that is waited for until it is whole. */
const longestPrompt = 16 * 1024;
/** What tells how an answer's body is to be read. */
const telling = ['content-length', 'content-type', 'content-encoding'] as const;
const nothing = Buffer.alloc(0);

/**
 * An answer that says how short it is: most of these are there as a whole by the time their head is, and clean. Such a
 * one is looked at once and goes out in one write. Any other is what `open` makes of it.
 *
 * @param inspection null: nothing is looked for
 * @param open the way for whatever comes in pieces or has something in it; null: it was refused
 */
export function openPromptAnswer(
  head: AnswerHead,
  inspection: Inspection | null,
  outletOf: (head: AnswerHead) => Outlet,
  open: () => InspectedAnswer | null,
): InspectedAnswer | null {
  const length = promptLength(head, inspection !== null);
  if (length === null) return open();
  let opened: InspectedAnswer | null = null;
  let isOver = false;
  let body: Buffer = nothing;
  // What has not come in the same turn is not waited for.
  let soon: NodeJS.Immediate | null = setImmediate(() => goOn());

  function stopWaiting(): void {
    if (soon) clearImmediate(soon);
    soon = null;
  }
  function goOn(): void {
    stopWaiting();
    opened = open();
    isOver = opened === null;
    if (body.length > 0) opened?.push(body);
  }
  return {
    push(chunk) {
      if (soon && body.length === 0 && chunk.length === length) {
        body = chunk;
        return true;
      }
      if (soon) goOn();
      return isOver || (opened?.push(chunk) ?? true);
    },
    end() {
      if (soon && body.length === length && (!inspection || isClean(inspection, head, body))) {
        stopWaiting();
        outletOf(head).send(body);
        return;
      }
      if (soon) goOn();
      opened?.end();
    },
    room: () => opened?.room(),
    destroy() {
      stopWaiting();
      opened?.destroy();
    },
  };
}

/** Null where it says none, or is one that can't be looked at as it stands. */
function promptLength({ status, headers, bodiless }: AnswerHead, toBeRead: boolean): number | null {
  if (bodiless) return null;
  const [length, type, encoding] = headersOf(headers, telling);
  // Nothing, not even a zero, where there is none; several are joined, which is no number.
  if (!length || !(Number(length) <= longestPrompt)) return null;
  if (!toBeRead) return Number(length);
  if (status === 206 || encoding !== null) return null;
  const kind = mediaKind(type ?? null);
  return kind === 'text' || kind === 'unknown' ? Number(length) : null;
}

const ignored = (): void => {};

/** Nothing in it is to be covered or told of. What could not be looked at is not clean. */
function isClean({ secrets, injection }: Inspection, head: AnswerHead, body: Buffer): boolean {
  try {
    if (secrets) {
      const lines = ['', head.phrase, ...head.headers];
      if (scrubHeaders(secrets, lines, ignored) !== lines) return false;
    }
    if (body.length === 0) return true;
    if (!looksLikeText(body)) return false;
    if (secrets && scrub(secrets, body, 'body', isPlain(body), ignored) !== body) return false;
    return !injection || judge(injection, body, 0, 'body').verdict === 'clean';
  } catch {
    return false;
  }
}
