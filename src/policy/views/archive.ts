import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { type Budget, costs, grantInflated, mostInflated, spend } from '../scan/budget.js';
import { derivedView, type View } from '../scan/view.js';

const zipLocalHeader = Buffer.from('PK\x03\x04', 'latin1');
const pngSignature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const gzipMember = Buffer.from([0x1f, 0x8b, 0x08]);

/** Inflates at most what the budget allows; beyond it the budget is spent and the scan ends as over-budget. */
function inflated(inflate: typeof inflateSync, bytes: Buffer, budget: Budget): Buffer | null {
  const most = mostInflated(budget);
  if (!spend(budget, costs.member) || most <= 0) return null;
  try {
    const out = inflate(bytes, { maxOutputLength: most, finishFlush: 2 });
    grantInflated(budget, out.length);
    return out;
  } catch (thrown) {
    if (thrown instanceof RangeError || (thrown as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      budget.remaining = -1;
    return null;
  }
}

/** Members of zip files (APPNOTE 4.3.7), stored ones being plain text already; gzip members; PNG's compressed text chunks. */
export function* archiveViews(view: View, budget: Budget): Iterable<View> {
  const { bytes } = view;
  for (let at = bytes.indexOf(zipLocalHeader); at >= 0; at = bytes.indexOf(zipLocalHeader, at + 4)) {
    if (at + 30 > bytes.length || bytes.readUInt16LE(at + 8) !== 8) continue;
    const from = at + 30 + bytes.readUInt16LE(at + 26) + bytes.readUInt16LE(at + 28);
    const size = bytes.readUInt32LE(at + 18);
    const next = bytes.indexOf(zipLocalHeader, from);
    const to = size > 0 && from + size <= bytes.length ? from + size : next > 0 ? next : bytes.length;
    yield* member(view, 'zip', inflated(inflateRawSync, bytes.subarray(from, to), budget), at, to);
  }
  for (let at = bytes.indexOf(gzipMember); at >= 0; at = bytes.indexOf(gzipMember, at + 3))
    yield* member(view, 'gzip', inflated(gunzipSync, bytes.subarray(at), budget), at, bytes.length);
  for (let at = bytes.indexOf(pngSignature); at >= 0; at = bytes.indexOf(pngSignature, at + 8))
    yield* pngText(view, at + 8, budget);
}

function* member(
  view: View,
  name: string,
  decoded: Buffer | null,
  start: number,
  end: number,
): Iterable<View> {
  if (decoded && decoded.length > 0) yield derivedView(view, name, decoded, () => [start, end]);
}

/** zTXt and iTXt chunks (PNG 11.3.3); tEXt is plain text already. */
function* pngText(view: View, from: number, budget: Budget): Iterable<View> {
  const { bytes } = view;
  for (let at = from; at + 12 <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 12 + length;
    if (kind === 'IEND' || end > bytes.length) return;
    if (kind === 'zTXt' || kind === 'iTXt') {
      const data = bytes.subarray(at + 8, at + 8 + length);
      const stream = data.indexOf(0x78, data.indexOf(0) + 1);
      if (stream > 0)
        yield* member(view, 'png', inflated(inflateSync, data.subarray(stream), budget), at, end);
    }
    at = end;
  }
}
