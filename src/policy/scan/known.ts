import type { DetectorMaterial, KnownSecret, Look } from './detector.js';
import type { Sighting } from './finding.js';
import {
  buildFingerprints,
  type FingerprintIndex,
  findPieces,
  type Piece,
  stride,
  windowLength,
} from './fingerprint.js';
import { createFormList, sharedWords } from './forms.js';
import { firstLetters, letterBlock, nextLetters } from './letters.js';
import { rareVariantsOf } from './rare-variants.js';
import { closedLetters, valueParts } from './value-parts.js';
import { expand, retract, type Variant, variantsOf } from './variants.js';

/** The shortest piece that is reported: less is no secret any more, or chance. */
const shortestPiece = windowLength + stride - 1;

/** Of more secrets only the usual forms are looked for: all would take megabytes. */
const fewSecrets = 32;
const allForms = (value: string): readonly Variant[] => [...variantsOf(value), ...rareVariantsOf(value)];

/** What the values are found by: flat, and in memory that threads share. */
export interface KnownIndex {
  readonly names: readonly string[];
  /** Of each needle, whose value it is a form of. */
  readonly nameOf: Uint32Array;
  readonly fingerprints: FingerprintIndex;
  /** Of each name's values what gives nothing away. */
  readonly open: readonly (readonly string[])[];
  /** What has too few letters and digits is looked for as it is. */
  readonly literals: readonly { readonly name: string; readonly value: Uint8Array }[];
}

export function buildKnownIndex(secrets: readonly KnownSecret[]): KnownIndex {
  const forms = createFormList();
  const least: number[] = [];
  const names: string[] = [];
  const nameOf: number[] = [];
  const open: (readonly string[])[] = [];
  const literals: { readonly name: string; readonly value: Uint8Array }[] = [];
  const formsOf = secrets.length <= fewSecrets ? allForms : variantsOf;
  for (const { name, value } of secrets) {
    if (value.length === 0) continue;
    let asText = false;
    for (const { encoding, bytes, least: wanted = 20 } of formsOf(value)) {
      if (bytes.length < shortestPiece) continue;
      asText ||= encoding === 'text';
      forms.add(bytes);
      nameOf.push(names.length);
      // The whole of a short value, a long fragment of a longer one.
      least.push(Math.max(shortestPiece, Math.min(Math.ceil(bytes.length / 2), wanted)));
    }
    names.push(name);
    open.push(valueParts(value).open);
    const literal = new TextEncoder().encode(value);
    if (!asText && literal.length >= 4) literals.push({ name, value: literal });
  }
  const names32 = sharedWords(nameOf.length);
  names32.set(nameOf);
  return { names, nameOf: names32, open, fingerprints: buildFingerprints(forms.done(), least), literals };
}

/** Looks for known values whatever their letters' case and whatever separates their characters. */
export function lookForKnown({ knownSecrets, knownIndex }: DetectorMaterial): Look {
  const { names, nameOf, open, fingerprints, literals } = knownIndex ?? buildKnownIndex(knownSecrets);
  return (view, _scene, report) => {
    const { bytes } = view;
    for (const { name, value } of literals) reportLiteral(bytes, name, value, report);
    if (nameOf.length === 0 || bytes.length < shortestPiece) return;
    const place = { at: -1, seen: 0 };
    const visit = (piece: Piece) => {
      const value = nameOf[piece.needle] as number;
      if (isOpen(fingerprints, piece, open[value] as readonly string[])) return;
      if (place.at < 0) place.at = retract(bytes, letterBlock.from, letterBlock.before);
      const start = expand(bytes, place, piece.start + 1) - 1;
      const end = expand(bytes, place, piece.end);
      const rule = names[value] as string;
      report({ rule, start, end, score: 1, class: 'known' });
    };
    firstLetters(view);
    do {
      place.at = -1;
      place.seen = 0;
      findPieces(fingerprints, letterBlock.wide, letterBlock.length, visit);
    } while (nextLetters(view));
  };
}

/** Hardly more of it stands there than what many know. */
function isOpen({ letters, starts }: FingerprintIndex, piece: Piece, open: readonly string[]): boolean {
  if (open.length === 0) return false;
  const from = (starts[piece.needle] as number) + piece.offset;
  const text = Buffer.from(letters.subarray(from, from + piece.end - piece.start)).toString('latin1');
  return closedLetters(text, open) < shortestPiece;
}

function reportLiteral(
  bytes: Buffer,
  name: string,
  value: Uint8Array,
  report: (sighting: Sighting) => void,
): void {
  for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + value.length))
    report({ rule: name, start: at, end: at + value.length, score: 1, class: 'known' });
}
