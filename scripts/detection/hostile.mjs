// Inputs made to be slow.
import { gzipSync } from 'node:zlib';
import { repeat } from './speed.mjs';

const bodies = ['', 'a', 'A1', '-', '_', '.', '=', '"', ' ', '\\', '%41', '","', '://a:', '.eyJ', '\n'];

/** Encodings in layers, heads of archives, and what looks like a value at every step. */
function units() {
  const base64 = Buffer.from('a perfectly readable sentence, ').toString('base64');
  return {
    base64,
    'base64 twice': Buffer.from(base64.repeat(9)).toString('base64'),
    'base64 in short runs': `${base64.slice(0, 25)} `,
    hex: Buffer.from('readable text in hex ').toString('hex'),
    percent: '%61%62%63',
    'percent twice': '%2561%2562',
    unicode: '\\u0061\\u0062',
    references: '&#97;&#98;',
    'references by name': '&amp;&shy;',
    'quoted-printable': '=41=42=\r\n',
    spaced: 'a b c d ',
    'full-width': 'ａｂｃ',
    'soft hyphens': 'a\u00adb\u200b',
    'key = value': 'api_key = "q9w8e7r6t5y4u3i2o1p0" token: ',
    'zip heads': 'PK\x03\x04',
    'gzip heads': '\x1f\x8b\x08',
    zeros: '\0a',
    quotes: '"\'"\'',
    'tokens in rot13': 'tuc_k9D2zM7xYj3Io8Ag4Ew6Up1Fq5St0CdNrHlG cnpxntvfg_beg_',
    'digits of hexadecimal that are no text': '8ca6ddf90c9e3b72f488c50cfbcdea91&#65;',
    'UTF-16 in pieces': 'l\0s\0_\0_\0\0\0I\0\0\0V\0&amp;\0',
    'placeholders behind prefixes': 'dnkey-placeholderpat-na2-testory_rt_',
    'look-alike letters': 'съешь ещё этих мягких булок ',
    'escaped letters': '\\u0441\\u044a\\u0435 \\ud83d\\ude00',
    'gzip heads with a name': '\x1f\x8b\x08\x1f',
    'PNG heads in chunks': '\0\0\0\x08tEXt\x89PNG\r\n\x1a\n\x07\x07\x07\x07',
    'ones and zeros': '1,0,0,1,1,1,0,1,0,1,1,0,0,0,',
  };
}

/** The same at every run. */
function generator(seed) {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/**
 * Every keyword over and over, with what its rule wants next cut short; encodings in layers; and two thousand mixtures.
 * A name, the bytes and, of what is packed, how many it comes to.
 */
export function* hostileTexts(keywords, size) {
  for (const keyword of keywords)
    for (const body of bodies) yield [`${keyword}${body}`, repeat(Buffer.from(keyword + body), size)];
  const named = units();
  for (const [name, unit] of Object.entries(named))
    yield [name, repeat(Buffer.from(unit, /heads/.test(name) ? 'latin1' : 'utf8'), size)];
  const packed = gzipSync(Buffer.alloc(1000, 'text '));
  yield ['gzip members', repeat(packed, size), (size / packed.length) * 1000];
  const random = generator(20);
  const pieces = [...keywords, ...bodies, ...Object.values(named)];
  for (let i = 0; i < 2000; i += 1) {
    const unit = Array.from({ length: 2 + random(4) }, () => pieces[random(pieces.length)]).join('');
    yield [`mixture: ${unit}`, repeat(Buffer.from(random(8) === 0 ? encodeURIComponent(unit) : unit), size)];
  }
}
