import type { Refusal } from '../../contract/refusal.js';
import {
  completeUntil,
  isWorse,
  type Judgement,
  judge,
  takeOut,
  type Unit,
} from '../../policy/inbound/judge.js';
import type { Finding } from '../../policy/scan/finding.js';
import type { Scanner } from '../../policy/scan/scanner.js';
import { createGather } from '../gather.js';
import type { BodyStage, Outlet } from './outlet.js';

/** What becomes of text that would be blocked; asks the operator where the route says so. */
export interface TextPolicy {
  readonly onMatch: 'block' | 'supervise' | 'warn';
  readonly refusal: (finding: Finding) => Refusal;
  readonly notice: (finding: Finding) => string;
  /** null: it may pass. */
  readonly ask: (finding: Finding, text: Buffer) => Promise<Refusal | 'left' | null>;
  readonly onFound: (finding: Finding, outcome: 'approved' | 'blocked' | 'warned') => void;
  readonly warning: (finding: Finding) => readonly string[];
}

export interface TextGateOptions {
  readonly scanner: Scanner;
  readonly policy: TextPolicy;
  readonly unit: Unit;
  /** Bytes held before the first goes out; 0: none, each unit goes on when it is complete. */
  readonly whole: number;
  /** Bytes that are judged; what comes after them goes on as it is. */
  readonly most: number;
  /** There is room, or an answer: whoever fills the gate may go on. */
  readonly onRoom: () => void;
  readonly onFailure: (error: unknown) => void;
  /** Counts what is held: false where all answers together hold too much. */
  readonly reserve: (bytes: number) => boolean;
}

/** Bytes of a window, where text is too long to be judged whole, and what each has of the one before. */
const windowBytes = 16 * 1024;
const leadBytes = 1024;
/** Bytes of the end of a window that wait for the next: a sentence may go on. */
const tailBytes = 512;
/** Bytes of a line or an event that is not complete. */
const longestUnit = 256 * 1024;
/** Milliseconds without a byte after which what is there goes on: someone may be reading along. */
const idle = 100;

const nothing = Buffer.alloc(0);

/** Lets text pass that was judged. */
export function createTextGate(outlet: Outlet, options: TextGateOptions): BodyStage {
  const { scanner, policy, unit, onRoom, onFailure } = options;
  const held = createGather();
  /** The end of what went out; and as it was, where something was taken out of it: what was meant may go on. */
  let lead: Buffer = nothing;
  let original: Buffer | null = null;
  let judged = 0;
  let whole = options.whole > 0;
  let ended = false;
  let asking = false;
  let over = false;
  let timer: NodeJS.Timeout | null = null;

  const stop = () => {
    over = true;
    if (timer) clearTimeout(timer);
    options.reserve(-held.size());
    held.drop(held.size());
  };
  const finish = () => {
    stop();
    if (!outlet.begun()) outlet.begin([]);
    outlet.end();
  };

  /** What of the waiting bytes is to be judged now. */
  function cutOf(bytes: Buffer, isIdle: boolean): number {
    if (ended || judged >= options.most) return bytes.length;
    if (unit !== 'span') {
      const complete = completeUntil(bytes, unit);
      return complete === 0 && bytes.length > longestUnit ? bytes.length : complete;
    }
    if (isIdle) return bytes.length;
    return bytes.length < windowBytes ? 0 : bytes.length - tailBytes;
  }

  /** False: no room. */
  function advance(isIdle: boolean): boolean {
    if (over || asking) return !asking;
    const bytes = held.bytes();
    const cut = cutOf(bytes, isIdle);
    if (cut === 0) {
      if (isIdle && !outlet.begun()) outlet.begin([]);
      if (ended) finish();
      return true;
    }
    const part = cut === bytes.length ? bytes : bytes.subarray(0, cut);
    const text = lead.length === 0 ? part : Buffer.concat([lead, part]);
    const from = lead.length;
    const judgement = judge(scanner, text, from, 'body');
    if (judgement.verdict === 'block' || original === null) return decide(text, from, cut, judgement);
    const whole = Buffer.concat([original, part]);
    const again = judge(scanner, whole, from, 'body');
    const goesOn = again.verdict === 'block' && isWorse(again, judge(scanner, original, 0, 'body'));
    return goesOn ? decide(whole, from, cut, again) : decide(text, from, cut, judgement);
  }

  function decide(text: Buffer, from: number, cut: number, { verdict, finding }: Judgement): boolean {
    if (finding === null) return release(text, from, cut, []);
    if (verdict === 'warn' || policy.onMatch === 'warn') {
      policy.onFound(finding, 'warned');
      return release(text, from, cut, policy.warning(finding));
    }
    if (policy.onMatch === 'supervise') {
      askAbout(finding, text, from, cut);
      return false;
    }
    return withhold(finding, text, from, cut, policy.refusal(finding));
  }

  function askAbout(finding: Finding, text: Buffer, from: number, cut: number): void {
    asking = true;
    policy
      .ask(finding, text)
      .then((refusal) => {
        asking = false;
        if (over || refusal === 'left') return;
        if (refusal) {
          withhold(finding, text, from, cut, refusal);
        } else {
          policy.onFound(finding, 'approved');
          release(text, from, cut, []);
          lead = nothing;
        }
        onRoom();
      })
      .catch(onFailure);
  }

  /** Refuses an answer that has not begun; of one that has, what would be blocked is taken out. */
  function withhold(finding: Finding, text: Buffer, from: number, cut: number, refusal: Refusal): boolean {
    policy.onFound(finding, 'blocked');
    if (!outlet.begun()) {
      stop();
      outlet.refuse(refusal);
      return true;
    }
    const once = takeOut(scanner, text, from, unit, policy.notice);
    // What the taken out part outshone is seen without it.
    const clean = takeOut(scanner, Buffer.concat([lead, once.subarray(from)]), from, unit, policy.notice);
    const more = release(clean, from, cut, []);
    original = Buffer.from(text.subarray(-leadBytes));
    return more;
  }

  function release(text: Buffer, from: number, cut: number, headers: readonly string[]): boolean {
    if (!outlet.begun()) outlet.begin(headers);
    const room = outlet.write(from === 0 ? text : text.subarray(from));
    original = null;
    judged += cut;
    options.reserve(-cut);
    held.drop(cut);
    // Of a text that is over nothing goes on.
    lead = ended && held.size() === 0 ? nothing : Buffer.from(text.subarray(-leadBytes));
    return ended ? advance(false) : room;
  }

  function onIdle(): void {
    timer = null;
    whole = false;
    if (over) return;
    try {
      if (held.size() === 0 && !outlet.begun()) outlet.begin([]);
      else advance(true);
    } catch (error) {
      onFailure(error);
    }
  }

  const wait = () => {
    if (unit !== 'span' && outlet.begun()) return;
    timer ??= setTimeout(onIdle, idle);
    timer.refresh();
  };
  if (whole) wait();
  else outlet.begin([]);

  return {
    push(chunk) {
      if (over) return true;
      if (judged >= options.most && held.size() === 0) return outlet.write(chunk);
      held.append(chunk);
      const fits = options.reserve(chunk.length);
      if (whole && fits && held.size() < options.whole) {
        wait();
        return true;
      }
      whole = false;
      if (unit === 'span') wait();
      return advance(false);
    },
    end(rest) {
      if (over) return;
      if (rest && rest.length > 0) {
        held.append(rest);
        options.reserve(rest.length);
      }
      ended = true;
      if (timer) clearTimeout(timer);
      timer = null;
      advance(false);
    },
    destroy: stop,
  };
}
