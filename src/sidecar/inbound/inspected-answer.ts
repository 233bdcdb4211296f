import type { Refusal } from '../../contract/refusal.js';
import type { Finding } from '../../policy/scan/finding.js';
import type { DecoderMemory } from '../decoder-memory.js';
import { createGather } from '../gather.js';
import { decodedHeaders, type HeaderFinder, headerOf, scrubHeaders } from './answer-headers.js';
import { createBody } from './body.js';
import { createDecoder, type Decoder, parseCodings } from './decoder.js';
import type { Inspection } from './inspection.js';
import type { BodyStage, Outlet } from './outlet.js';
import { type AskedRange, type Part, partFor } from './part.js';
import type { TextPolicy } from './text-gate.js';

/** An upstream's answer as it came. */
export interface AnswerHead {
  readonly status: number;
  readonly phrase: string;
  /** Names and values in turn, without those between two neighbours. */
  readonly headers: readonly string[];
  /** To HEAD, 204, 304: there will be none. */
  readonly bodiless: boolean;
}

export interface InspectedAnswer {
  /** False: the upstream is to wait for `onRoom`. */
  push(chunk: Buffer): boolean;
  end(): void;
  /** The client has room again. */
  room(): void;
  destroy(): void;
}

export interface AnswerSurroundings {
  readonly inspection: Inspection;
  /** The range that the client asked for; null: none. */
  readonly asked: AskedRange | null;
  readonly policy: TextPolicy;
  readonly outletOf: (head: AnswerHead) => Outlet;
  readonly onScrubbed: (finding: Finding) => void;
  readonly onRoom: () => void;
  /** What could not be looked at is not let out. */
  readonly onFailure: (error: unknown) => void;
  readonly reserve: (bytes: number) => boolean;
  readonly decoderMemory: () => DecoderMemory;
  readonly notScannable: (why: string) => Refusal;
}

/** Undoes codings, covers known values, judges text: what reaches the client has been through all three. */
export function openInspectedAnswer(given: AnswerHead, around: AnswerSurroundings): InspectedAnswer | null {
  const { inspection, onScrubbed, onRoom, onFailure } = around;
  const { secrets } = inspection;
  const cleaned = secrets ? withoutSecrets(secrets, given, onScrubbed) : given;
  const codings = parseCodings(headerOf(cleaned.headers, 'content-encoding') ?? '');
  const coded = codings !== null && codings.length > 0;
  const isPart = cleaned.status === 206 && !cleaned.bodiless;
  const cut = isPart ? partFor(around.asked, cleaned.headers, coded) : null;
  const unreadable = codings === null ? 'its content coding is none that can be undone' : null;
  const [part, problem] = typeof cut === 'string' ? [null, unreadable ?? cut] : [cut, unreadable];
  const head = headOf(cleaned, coded, part);
  const outlet = around.outletOf(head);
  if (head.bodiless) {
    outlet.begin([]);
    return bodiless(outlet);
  }
  if (problem !== null) {
    outlet.refuse(around.notScannable(problem));
    return null;
  }
  const room = () => {
    clientFull = false;
    stage.room();
    decoder?.resume();
    if (!decoderFull) onRoom();
  };
  const guarded = (call: () => void) => {
    try {
      call();
    } catch (error) {
      onFailure(error);
    }
  };
  const onFull = () => {
    clientFull = true;
    decoder?.pause();
  };
  const stage = createBody(head, part, outlet, { ...around, onRoom: room, onFull });
  const body = gathering(stage, guarded, onFull);
  let decoder: Decoder | null = null;
  let decoderFull = false;
  let clientFull = false;
  const push = (chunk: Buffer) => {
    guarded(() => {
      if (!body.push(chunk)) clientFull = true;
    });
  };
  if (codings && coded)
    decoder = createDecoder(codings, around.decoderMemory(), {
      onData: (chunk) => {
        push(chunk);
        if (clientFull) decoder?.pause();
      },
      onEnd: () => guarded(() => body.end()),
      onRoom: () => {
        decoderFull = false;
        if (!clientFull) onRoom();
      },
      onError: onFailure,
    });
  return {
    push(chunk) {
      if (decoder) decoderFull = !decoder.push(chunk);
      else push(chunk);
      return !decoderFull && !clientFull;
    },
    end: () => (decoder ? decoder.end() : guarded(() => body.end())),
    room,
    destroy() {
      decoder?.destroy();
      body.destroy();
    },
  };
}

function headOf(cleaned: AnswerHead, coded: boolean, part: Part | null): AnswerHead {
  if (part) {
    const { status, headers } = part;
    return { ...cleaned, status, headers, phrase: status === 206 ? cleaned.phrase : '' };
  }
  return coded && cleaned.status !== 304 ? { ...cleaned, headers: decodedHeaders(cleaned.headers) } : cleaned;
}

/** The phrase is looked at as one of the headers is. */
function withoutSecrets(
  secrets: HeaderFinder,
  head: AnswerHead,
  onScrubbed: (finding: Finding) => void,
): AnswerHead {
  const given = ['', head.phrase, ...head.headers];
  const scrubbed = scrubHeaders(secrets, given, onScrubbed);
  if (scrubbed === given) return head;
  const [, phrase = '', ...headers] = scrubbed;
  return { ...head, phrase, headers };
}

const bodiless = (outlet: Outlet): InspectedAnswer => ({
  push: () => true,
  end: () => outlet.end(),
  room: () => {},
  destroy: () => {},
});

/** A chunk of this size is worth its own look; smaller ones that come in one go are looked at in one. Bytes. */
const worthALook = 4096;
const mostGathered = 64 * 1024;

/** An upstream may send every event by itself: what was read at once is put together, and waits for nothing else. */
function gathering(body: BodyStage, guarded: (call: () => void) => void, onFull: () => void): BodyStage {
  const gathered = createGather();
  let soon: NodeJS.Immediate | null = null;
  const flush = (): boolean => {
    if (soon) clearImmediate(soon);
    soon = null;
    const bytes = gathered.bytes();
    gathered.drop(bytes.length);
    return bytes.length === 0 || body.push(bytes);
  };
  const onSoon = () => {
    guarded(() => {
      if (!flush()) onFull();
    });
  };
  return {
    push(chunk) {
      if (chunk.length >= worthALook && gathered.size() === 0) return body.push(chunk);
      gathered.append(chunk);
      if (gathered.size() >= mostGathered) return flush();
      soon ??= setImmediate(onSoon);
      return true;
    },
    end() {
      if (soon) clearImmediate(soon);
      soon = null;
      const rest = gathered.bytes();
      gathered.drop(rest.length);
      body.end(rest);
    },
    destroy() {
      if (soon) clearImmediate(soon);
      soon = null;
      body.destroy();
    },
  };
}
