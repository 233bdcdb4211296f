import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Exchange } from './exchange.js';
import { responseHeaders } from './forward-headers.js';
import { UpstreamError } from './upstream-error.js';

/** 1xx answers to one request; an upstream that sends more is cut off. */
const informationLimit = 16;

/**
 * Passes an upstream's answer to the client as it comes: headers at once, each piece of the body when the client has
 * room for it, trailers last. Whichever side ends early takes the other with it.
 *
 * @param onError called at most once, with no answer begun or with one that must be cut
 */
export function createRelay(
  exchange: Exchange,
  onError: (error: unknown) => void,
): Dispatcher.DispatchHandler {
  const { response } = exchange;
  let begun = false;
  let ended = false;
  let informations = 0;
  const state: { controller: Dispatcher.DispatchController | null } = { controller: null };
  const onClose = () => {
    if (!ended) state.controller?.abort(new UpstreamError('upstream-unreachable', 'the client left'));
  };
  const onDrain = () => state.controller?.resume();

  return {
    onRequestStart(controller) {
      state.controller = controller;
      if (response.destroyed) {
        controller.abort(new UpstreamError('upstream-unreachable', 'the client left'));
        return;
      }
      response.once('close', onClose);
      response.on('drain', onDrain);
    },
    onResponseStart(controller, status, _headers, message) {
      const raw = (controller.rawHeaders ?? []) as Buffer[];
      if (status < 200) {
        informations += 1;
        if (informations > informationLimit) {
          controller.abort(new UpstreamError('upstream-protocol', 'too many interim answers'));
          return;
        }
        passInformation(response, status, raw);
        return;
      }
      writeHead(response, status, message, responseHeaders(raw));
      begun = true;
      // With a body in the same packet the headers go out with it; without one they must not wait for it.
      process.nextTick(flushHeaders, response);
    },
    onResponseData(controller, chunk) {
      exchange.received += chunk.length;
      if (!response.write(chunk)) controller.pause();
    },
    onResponseEnd(controller) {
      ended = true;
      exchange.body.release();
      const trailers = (controller.rawTrailers ?? []) as Buffer[];
      try {
        if (trailers.length > 0) response.addTrailers(pairs(responseHeaders(trailers)));
      } catch {
        // A control character in them: without its trailers it would look like a whole answer.
        exchange.failed = true;
        response.destroy();
        return;
      }
      response.end();
    },
    onResponseError(_controller, error) {
      exchange.body.release();
      if (ended) return;
      ended = true;
      response.off('close', onClose);
      response.off('drain', onDrain);
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

function writeHead(
  response: ServerResponse,
  status: number,
  message: string | undefined,
  headers: string[],
): void {
  const phrase = message !== undefined && /^[\t\x20-\x7e]*$/.test(message) ? message : '';
  response.writeHead(status, phrase, headers);
}

function flushHeaders(response: ServerResponse): void {
  if (!response.destroyed && !response.writableEnded) response.flushHeaders();
}

/** 1xx answers are the upstream's to send and ours to pass on (RFC 9110, 15.2); 100 is the proxy's own affair. */
function passInformation(response: ServerResponse, status: number, raw: readonly Buffer[]): void {
  // They go by without being held up: to a client that does not read they would pile up.
  if (response.socket === null || response.socket.writableNeedDrain) return;
  if (status === 102) response.writeProcessing();
  if (status !== 103) return;
  const links = pairs(responseHeaders(raw)).filter(([name]) => name.toLowerCase() === 'link');
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
