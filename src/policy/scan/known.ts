import type { KnownSecret, Look } from './detector.js';
import type { Sighting } from './finding.js';
import { buildFingerprints, findPieces, stride, windowLength } from './fingerprint.js';
import { rareVariantsOf } from './rare-variants.js';
import { compact, compactSlack, expand, retract, type Variant, variantsOf, wide } from './variants.js';

/** Bytes of text compacted at a time. */
const block = 1 << 16;
/** Letters and digits that a block begins with of those before it, however far apart: what lies across is found. */
const carried = 64;
/** The shortest piece that is reported: less is no secret any more, or chance. */
const shortestPiece = windowLength + stride - 1;

/** Of more secrets only the usual forms are looked for: all would take megabytes. */
const fewSecrets = 32;
const allForms = (value: string): readonly Variant[] => [...variantsOf(value), ...rareVariantsOf(value)];

interface Needle {
  readonly secret: string;
  /** Bytes of a piece that are reported: the whole of a short value, a long fragment of a longer one. */
  readonly least: number;
}

/** What is built of many values takes many megabytes: whoever looks for the same ones shares it. */
const made = new WeakMap<readonly KnownSecret[], Look>();

/** Looks for known values whatever their letters' case and whatever separates their characters. */
export function lookForKnown(secrets: readonly KnownSecret[]): Look {
  const look = made.get(secrets) ?? buildLook(secrets);
  made.set(secrets, look);
  return look;
}

function buildLook(secrets: readonly KnownSecret[]): Look {
  const needles: Needle[] = [];
  const forms: Buffer[] = [];
  const literal: { readonly name: string; readonly value: Buffer }[] = [];
  const formsOf = secrets.length <= fewSecrets ? allForms : variantsOf;
  for (const { name, value } of secrets) {
    if (value.length === 0) continue;
    for (const variant of formsOf(value)) {
      if (variant.bytes.length < shortestPiece) continue;
      const share = Math.ceil(variant.bytes.length / 2);
      needles.push({ secret: name, least: Math.max(shortestPiece, Math.min(share, variant.least ?? 20)) });
      forms.push(variant.bytes);
    }
    // What has too few letters and digits is looked for as it is.
    if (
      variantsOf(value).every(
        (variant) => variant.encoding !== 'text' || variant.bytes.length < shortestPiece,
      )
    )
      if (Buffer.byteLength(value) >= 4) literal.push({ name, value: Buffer.from(value, 'utf8') });
  }
  const index = buildFingerprints(
    forms,
    needles.map(({ least }) => least),
  );
  const letters = Buffer.alloc(carried + block + compactSlack);
  const scratch = wide(letters);
  const leastOf = (needle: number) => (needles[needle] as Needle).least;
  return ({ bytes }, _scene, report) => {
    for (const { name, value } of literal) reportLiteral(bytes, name, value, report);
    if (needles.length === 0 || bytes.length < shortestPiece) return;
    const text = wide(bytes);
    let before = 0;
    let length = 0;
    for (let from = 0; from < bytes.length; from += block) {
      before = Math.min(carried, length);
      letters.copyWithin(0, length - before, length);
      const room = before === 0 ? scratch : wide(letters.subarray(before));
      length = before + compact(text, from, Math.min(bytes.length, from + block), room);
      const place = { at: -1, seen: 0 };
      findPieces(index, scratch, length, leastOf, (piece) => {
        if (place.at < 0) place.at = retract(bytes, from, before);
        const start = expand(bytes, place, piece.start + 1) - 1;
        const end = expand(bytes, place, piece.end);
        report({ rule: (needles[piece.needle] as Needle).secret, start, end, score: 1, class: 'known' });
      });
    }
  };
}

function reportLiteral(
  bytes: Buffer,
  name: string,
  value: Buffer,
  report: (sighting: Sighting) => void,
): void {
  for (let at = bytes.indexOf(value); at >= 0; at = bytes.indexOf(value, at + value.length))
    report({ rule: name, start: at, end: at + value.length, score: 1, class: 'known' });
}
