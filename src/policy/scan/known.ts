import type { KnownSecret, Look } from './detector.js';
import type { Sighting } from './finding.js';
import { buildFingerprints, findPieces, stride, windowLength } from './fingerprint.js';
import { compact, compactSlack, expand, variantsOf, wide } from './variants.js';

/** Bytes of text compacted at a time; pieces across two blocks are found by the overlap. */
const block = 1 << 16;
const overlap = 4096;
/** The shortest piece that is reported: less is no secret any more, or chance. */
const shortestPiece = windowLength + stride - 1;

interface Needle {
  readonly secret: string;
  /** Bytes of a piece that are reported: the whole of a short value, a long fragment of a longer one. */
  readonly least: number;
}

/** Looks for known values whatever their letters' case and whatever separates their characters. */
export function lookForKnown(secrets: readonly KnownSecret[]): Look {
  const needles: Needle[] = [];
  const forms: Buffer[] = [];
  const literal: { readonly name: string; readonly value: Buffer }[] = [];
  for (const { name, value } of secrets) {
    if (value.length === 0) continue;
    for (const variant of variantsOf(value)) {
      if (variant.bytes.length < shortestPiece) continue;
      const share = Math.ceil(variant.bytes.length / 2);
      needles.push({ secret: name, least: Math.max(shortestPiece, Math.min(share, 20)) });
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
  const index = buildFingerprints(forms);
  const scratch = wide(Buffer.alloc(block + overlap + compactSlack));
  const leastOf = (needle: number) => (needles[needle] as Needle).least;
  return ({ bytes }, _scene, report) => {
    for (const { name, value } of literal) reportLiteral(bytes, name, value, report);
    if (needles.length === 0 || bytes.length < shortestPiece) return;
    const text = wide(bytes);
    for (let from = 0; from < bytes.length; from += block) {
      const length = compact(text, from, Math.min(bytes.length, from + block + overlap), scratch);
      const place = { at: from, seen: 0 };
      findPieces(index, scratch, length, leastOf, (piece) => {
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
