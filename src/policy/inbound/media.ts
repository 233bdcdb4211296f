/** How an answer's text is to be read for instructions. */
export type MediaKind =
  /** Read whole, or by windows where it is long. */
  | 'text'
  /** Goes on for ever, event by event (HTML, 9.2). */
  | 'events'
  /** Goes on for ever, line by line. */
  | 'lines'
  /** What it is shows only in its first bytes. */
  | 'unknown'
  | 'binary';

const eventTypes = new Set(['text/event-stream']);
const lineTypes = new Set([
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/x-jsonlines',
  'application/json-seq',
  'application/stream+json',
]);
const textTypes = new Set([
  'application/json',
  'application/ld+json',
  'application/xml',
  'application/javascript',
  'application/x-javascript',
  'application/ecmascript',
  'application/typescript',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/sql',
  'application/graphql',
  'application/rtf',
  'application/x-sh',
  'application/x-www-form-urlencoded',
]);
/** Of these nothing is text to an agent that doesn't unpack it first. */
const binaryApplication =
  /^application\/(?:zip|gzip|x-gzip|x-tar|x-bzip2?|x-xz|zstd|x-7z-compressed|x-compressed|java-archive|pdf|wasm|vnd\.docker\.image|vnd\.oci\.image\.layer|vnd\.debian\.binary-package|x-rpm|x-debian-package|x-git-|x-executable|x-sharedlib|vnd\.ms-|vnd\.openxmlformats-|font-)/;

/** @param contentType the header's value; null: there is none */
export function mediaKind(contentType: string | null): MediaKind {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (eventTypes.has(type)) return 'events';
  if (lineTypes.has(type)) return 'lines';
  if (textTypes.has(type) || /^(?:text|message|multipart)\/|\+(?:json|xml|yaml)$/.test(type)) return 'text';
  if (/^(?:image|audio|video|font)\//.test(type) || binaryApplication.test(type)) return 'binary';
  return 'unknown';
}

/** Bytes that are looked at to tell. */
const sample = 1024;

/** Text holds no NUL and hardly another control character but tab, line feed, form feed, carriage return and escape. */
export function looksLikeText(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, sample);
  let controls = 0;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === 0) return false;
    if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0c && byte !== 0x0d && byte !== 0x1b)
      controls += 1;
  }
  return controls * 50 <= length;
}
