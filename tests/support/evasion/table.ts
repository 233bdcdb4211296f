import { encodings, packed } from '../encodings.js';
import { files } from './files.js';
import { type Message, type Place, places } from './places.js';

/** One way to write a value in one place. */
export interface EvasionCase {
  readonly name: string;
  readonly encoding: string;
  readonly place: string;
  messages(value: string): readonly Message[];
}

/** Whether a place can carry a payload at all. */
function fits({ takes }: Place, payload: Buffer): boolean {
  const text = payload.toString('latin1');
  if (takes === 'label') return /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(text);
  if (takes === 'name') return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text);
  if (takes === 'line') return /^[!-~\x80-\xff]([ -~\x80-\xff]*[!-~\x80-\xff])?$/.test(text);
  if (takes === 'text') return Buffer.from(payload.toString('utf8')).equals(payload);
  return true;
}

/** Every encoding in every place that can carry it; `sample` is a value of the kind that will be sent. */
export function evasionCases(sample: string): readonly EvasionCase[] {
  const cases: EvasionCase[] = [];
  for (const [encoding, encode] of [encodings, packed, files].flatMap(
    Object.entries<(value: string) => string | Buffer>,
  ))
    for (const place of places) {
      if (Object.hasOwn(files, encoding) && !place.whole) continue;
      if (Object.hasOwn(packed, encoding) && place.knownOnly) continue;
      if (!fits(place, Buffer.from(encode(sample)))) continue;
      cases.push({
        name: `${encoding} in ${place.name}`,
        encoding,
        place: place.name,
        messages: (value) => place.messages(Buffer.from(encode(value))),
      });
    }
  return cases;
}
