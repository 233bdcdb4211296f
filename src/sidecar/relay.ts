import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Refusal } from '../contract/refusal.js';
import type { Exchange } from './exchange.js';
import { responseHeaders } from './forward-headers.js';
import { type Answer, openAnswer } from './inbound/answer.js';
import { scrubHeaders } from './inbound/answer-headers.js';
import type { AnswerHead } from './inbound/inspected-answer.js';
import type { Inspection } from './inbound/inspection.js';
import type { Outlet } from './inbound/outlet.js';
import { recordFinding } from './inbound/response-policy.js';
import { RefusedAnswer, UpstreamError } from './upstream-error.js';

/** 1xx answers to one request; an upstream that sends more is cut off. */
const informationLimit = 16;

/**
 * Passes an upstream's answer to the client as it comes, looked at on its way: headers at once, each piece of the body
 * when the client has room for it, trailers last. Whichever side ends early takes the other with it.
 *
 * A handler of undici's older form: the newer one has each header parsed into an object first, which nobody reads.
 *
 * @param inspection what looks at it; null: nothing
 * @param onError called at most once, with no answer begun or with one that must be cut
 */
export function createRelay(
  exchange: Exchange,
  inspection: Inspection | null,
  onError: (error: unknown) => void,
): Dispatcher.DispatchHandler {
  const { response } = exchange;
  let answer: Answer | null = null;
  let begun = false;
  let ended = false;
  let informations = 0;
  let trailers: readonly string[] = [];
  let paused = false;
  let resumeUpstream = () => {};
  let abortUpstream: (error: Error) => void = () => {};
  const abort = (error: Error) => {
    ended = true;
    answer?.destroy();
    abortUpstream(error);
  };
  const resume = () => {
    if (!paused) return;
    paused = false;
    resumeUpstream();
  };
  const onClose = () => {
    answer?.destroy();
    if (!ended) abort(new UpstreamError('upstream-unreachable', 'the client left'));
  };
  let awaitsDrain = false;
  const onDrain = () => {
    awaitsDrain = false;
    answer?.room();
  };
  const write = (chunk: Buffer) => {
    if (response.write(chunk)) return true;
    if (!awaitsDrain) response.once('drain', onDrain);
    awaitsDrain = true;
    return false;
  };
  const cut = (error: Error) => {
    abort(error);
    exchange.failed = true;
    response.destroy();
  };
  const refuse = (refusal: Refusal) => {
    if (response.destroyed || response.writableEnded) return;
    const error = new RefusedAnswer(refusal);
    if (begun) {
      exchange.code ??= refusal.code;
      return cut(error);
    }
    abort(error);
    exchange.refusal = refusal;
    onError(error);
  };
  const finish = () => {
    try {
      if (trailers.length > 0) response.addTrailers(pairs(trailers));
    } catch {
      // A control character in them: without its trailers it would look like a whole answer.
      exchange.failed = true;
      response.destroy();
      return;
    }
    response.end();
  };
  const outletOf = ({ status, phrase, headers }: AnswerHead): Outlet => ({
    begun: () => begun,
    begin(more) {
      begun = true;
      response.writeHead(status, phrase, [...headers, ...more]);
      // With a body in the same packet the headers go out with it; without one they must not wait for it.
      process.nextTick(flushHeaders, response);
    },
    write,
    end: finish,
    send(body) {
      begun = true;
      response.writeHead(status, phrase, headers as string[]);
      if (trailers.length === 0) {
        response.end(body);
        return;
      }
      response.write(body);
      finish();
    },
    refuse,
  });
  const scrubbed = (headers: readonly string[]): readonly string[] =>
    inspection?.secrets
      ? scrubHeaders(inspection.secrets, headers, (finding) =>
          recordFinding(exchange, finding, 'response', 'redacted'),
        )
      : headers;

  return {
    onConnect(toAbort) {
      abortUpstream = toAbort;
      if (response.destroyed) return toAbort(new UpstreamError('upstream-unreachable', 'the client left'));
      exchange.departed = true;
      response.on('close', onClose);
    },
    onHeaders(status, raw, toResume, message) {
      resumeUpstream = toResume;
      if (status >= 200) {
        const head = answerHead(exchange, status, message, responseHeaders(raw));
        answer = openAnswer(exchange, inspection, head, { outletOf, onRoom: resume, refuse });
        return true;
      }
      informations += 1;
      if (informations > informationLimit)
        abortUpstream(new UpstreamError('upstream-protocol', 'too many interim answers'));
      else passInformation(response, status, scrubbed(responseHeaders(raw)));
      return true;
    },
    onData(chunk) {
      exchange.received += chunk.length;
      paused = answer?.push(chunk) === false;
      return !paused;
    },
    onComplete(raw) {
      if (ended) return;
      ended = true;
      exchange.body.release();
      try {
        if (raw && raw.length > 0) trailers = scrubbed(responseHeaders(raw));
        answer?.end();
      } catch (error) {
        cut(error as Error);
      }
    },
    onError(error) {
      exchange.body.release();
      if (ended) return;
      ended = true;
      answer?.destroy();
      response.off('close', onClose);
      if (response.destroyed) return;
      if (begun) {
        exchange.failed = true;
        response.destroy();
      } else {
        onError(error);
      }
    },
  };
}

function answerHead(
  { request }: Exchange,
  status: number,
  message: string | undefined,
  headers: readonly string[],
): AnswerHead {
  const phrase = message !== undefined && /^[\t\x20-\x7e]*$/.test(message) ? message : '';
  const bodiless = request.method === 'HEAD' || status === 204 || status === 304;
  return { status, phrase, headers, bodiless };
}

function flushHeaders(response: ServerResponse): void {
  if (!response.destroyed && !response.writableEnded) response.flushHeaders();
}

/** 1xx answers are the upstream's to send and ours to pass on (RFC 9110, 15.2); 100 is the proxy's own affair. */
function passInformation(response: ServerResponse, status: number, headers: readonly string[]): void {
  // They go by without being held up: to a client that does not read they would pile up.
  if (response.socket === null || response.socket.writableNeedDrain) return;
  if (status === 102) response.writeProcessing();
  if (status !== 103) return;
  const links = pairs(headers).filter(([name]) => name.toLowerCase() === 'link');
  // Node takes no other hint than links, and those in the strict form only.
  try {
    response.writeEarlyHints({ link: links.map(([, value]) => value) });
  } catch {
    // A hint may be lost.
  }
}

function pairs(flat: readonly string[]): [string, string][] {
  const out: [string, string][] = [];
  for (let index = 0; index < flat.length; index += 2) out.push([flat[index] ?? '', flat[index + 1] ?? '']);
  return out;
}
