import { createDeltaScrub } from '../../policy/inbound/deltas.js';
import type { Unit } from '../../policy/inbound/judge.js';
import { looksLikeText, type MediaKind, mediaKind } from '../../policy/inbound/media.js';
import { createScrubStream, type ScrubStream, scrubTwice } from '../../policy/inbound/scrub-stream.js';
import { headerOf } from './answer-headers.js';
import type { AnswerHead, AnswerSurroundings } from './inspected-answer.js';
import type { BodyStage, Outlet } from './outlet.js';
import { type Part, trim } from './part.js';
import { createPause } from './pause.js';
import { createTextGate } from './text-gate.js';

/** Bytes of a text that are held before the first of it goes out. */
const wholeText = 256 * 1024;
/** Bytes that are read as text where an answer doesn't say that it is any. */
const mostUnknown = 1024 * 1024;

/** Milliseconds without a byte after which what waits at the end goes on: someone may be reading along. */
const idle = 50;

interface BodySurroundings extends AnswerSurroundings {
  /** The client has no room. */
  readonly onFull: () => void;
}

interface Body extends BodyStage {
  /** The client has room again. */
  room(): void;
}

/** Covers, then judges. What kind of text an answer without a known type is shows in its first bytes. */
export function createBody(
  head: AnswerHead,
  part: Part | null,
  outlet: Outlet,
  around: BodySurroundings,
): Body {
  const kind = mediaKind(headerOf(head.headers, 'content-type'));
  const unit = unitOf(kind);
  const { secrets } = around.inspection;
  let text = textStage(kind, outlet, around);
  let scrubbing: ScrubStream | null = null;
  let begun = false;
  let over = false;

  const begin = (first: Buffer) => {
    begun = true;
    const isText = kind !== 'binary' && (kind !== 'unknown' || looksLikeText(first));
    if (kind === 'unknown' && !isText) {
      text.destroy();
      text = straight(outlet);
    }
    if (secrets) {
      const { onScrubbed: onFound } = around;
      scrubbing = createScrubStream(secrets, { isText, unit, onFound });
      if (unit !== 'span')
        scrubbing = scrubTwice(scrubbing, createDeltaScrub(secrets.deltas, unit, onFound, secrets.guesses));
    }
    if (part) scrubbing = trim(scrubbing, part);
  };
  const passOn = (clean: Buffer): boolean => clean.length === 0 || text.push(clean);
  // An event or a line that isn't complete waits for its end.
  const pause = createPause(unit === 'span' && secrets ? idle : null, () => {
    try {
      if (scrubbing && !passOn(scrubbing.release())) around.onFull();
    } catch (error) {
      around.onFailure(error);
    }
  });
  return {
    push(chunk) {
      if (!begun) begin(chunk);
      const hasRoom = passOn(scrubbing ? scrubbing.push(chunk) : chunk);
      // While nothing is read of what comes, nobody knows whether anything does.
      if (hasRoom) pause.begin();
      else pause.stop();
      return hasRoom;
    },
    room: () => {
      if (begun && !over) pause.begin();
    },
    end(rest) {
      over = true;
      pause.stop();
      if (!begun && rest && rest.length > 0) begin(rest);
      text.end(scrubbing ? scrubbing.end(rest) : rest);
    },
    destroy() {
      over = true;
      pause.stop();
      text.destroy();
    },
  };
}

function textStage(kind: MediaKind, outlet: Outlet, around: AnswerSurroundings): BodyStage {
  const { injection } = around.inspection;
  if (!injection || kind === 'binary') return straight(outlet);
  const { policy, onRoom, onFailure, reserve } = around;
  const unit = unitOf(kind);
  return createTextGate(outlet, {
    scanner: injection,
    policy,
    unit,
    whole: unit === 'span' ? wholeText : 0,
    most: kind === 'unknown' ? mostUnknown : Number.POSITIVE_INFINITY,
    onRoom,
    onFailure,
    reserve,
  });
}

function unitOf(kind: MediaKind): Unit {
  return kind === 'events' ? 'event' : kind === 'lines' ? 'line' : 'span';
}

function straight(outlet: Outlet): BodyStage {
  if (!outlet.begun()) outlet.begin([]);
  return {
    push: (chunk) => outlet.write(chunk),
    end: (rest) => {
      if (rest && rest.length > 0) outlet.write(rest);
      outlet.end();
    },
    destroy: () => {},
  };
}
