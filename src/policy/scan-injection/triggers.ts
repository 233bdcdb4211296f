/**
 * What a vendor's models are made to refuse at, for tests: planted in a page it stops the agent that reads it.
 * (Anthropic's documentation of streaming refusals.) The digits that follow are part of it.
 */
const refusalTrigger = Buffer.from('ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_');
const leastDigits = 32;

interface Trigger {
  readonly start: number;
  readonly end: number;
}

const none: readonly Trigger[] = [];

/** Strings that stop an agent. */
export function refusalTriggers(bytes: Buffer): Iterable<Trigger> {
  const first = bytes.indexOf(refusalTrigger);
  return first < 0 ? none : triggersFrom(bytes, first);
}

function* triggersFrom(bytes: Buffer, first: number): Iterable<Trigger> {
  for (let at = first; at >= 0; at = bytes.indexOf(refusalTrigger, at + 1)) {
    let end = at + refusalTrigger.length;
    while (isHexadecimal(bytes[end])) end += 1;
    if (end - at - refusalTrigger.length >= leastDigits) yield { start: at, end };
  }
}

const isHexadecimal = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46));
