import { gzipSync } from 'node:zlib';
import { hasZstd, zstdCompress } from './zstd.js';

/** Ways to write a value so that a plain search doesn't see it; each undone by a reader of its kind. */
const each = (text: string, write: (code: number, letter: string) => string): string =>
  text
    .split('')
    .map((letter) => write(letter.charCodeAt(0), letter))
    .join('');
const hex = (code: number): string => code.toString(16).padStart(2, '0');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const overLines = (text: string): string => text.replace(/.{60}/g, '$&\n');

export const encodings: Readonly<Record<string, (value: string) => string | Buffer>> = {
  plain: (value) => value,
  percent: (value) => each(value, (code) => `%${hex(code)}`),
  'percent, upper case': (value) => each(value, (code) => `%${hex(code).toUpperCase()}`),
  'percent, as JavaScript writes it': (value) => each(value, (code) => `%u00${hex(code)}`),
  'percent twice': (value) => each(value, (code) => `%25${hex(code)}`),
  'one letter in percent': (value) => `${value.slice(0, 6)}%${hex(value.charCodeAt(6))}${value.slice(7)}`,
  base64,
  'base64url without padding': (value) => Buffer.from(value).toString('base64url'),
  'base64, second alignment': (value) => base64(`:${value} `),
  'base64, third alignment': (value) => base64(`::${value} `),
  'base64 after a stray letter': (value) => `Q${base64(value)}`,
  'base64 over lines': (value) =>
    base64(`${'some text before '.repeat(4)}${value}`).replace(/.{60}/g, '$&\r\n'),
  'base64 twice': (value) => base64(base64(value)),
  'hex of base64': (value) => Buffer.from(base64(value)).toString('hex'),
  'base64 of hex': (value) => base64(Buffer.from(value).toString('hex')),
  'base64 in percent': (value) => encodeURIComponent(base64(`user:${value}==`)),
  hex: (value) => Buffer.from(value).toString('hex'),
  'hex over lines': (value) =>
    overLines(Buffer.from(`${'some text before '.repeat(3)}${value}`).toString('hex')),
  'hex, upper case': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  'JSON escapes': (value) => each(value, (code) => `\\u00${hex(code)}`),
  'braced escapes': (value) => each(value, (code) => `\\u{${hex(code)}}`),
  'braced escapes with zeros': (value) => each(value, (code) => `\\u{000000${hex(code)}}`),
  'escapes of eight digits': (value) => each(value, (code) => `\\U000000${hex(code)}`),
  'braced escapes of Perl': (value) => each(value, (code) => `\\x{${hex(code)}}`),
  'JavaScript escapes': (value) => each(value, (code) => `\\x${hex(code)}`),
  'octal escapes': (value) => each(value, (code) => `\\${code.toString(8).padStart(3, '0')}`),
  'octal escapes of the shell': (value) => each(value, (code) => `\\0${code.toString(8).padStart(3, '0')}`),
  'percent in JSON escapes': (value) => each(value, (code) => `\\u0025${hex(code)}`),
  'HTML, decimal': (value) => each(value, (code) => `&#${code};`),
  'HTML, with zeros': (value) => each(value, (code) => `&#${String(code).padStart(20, '0')};`),
  'HTML, hexadecimal': (value) => each(value, (code) => `&#x${hex(code)};`),
  'quoted-printable': (value) => each(value, (code) => `=${hex(code).toUpperCase()}`),
  'quoted-printable, soft break': (value) => `${value.slice(0, 9)}=\r\n${value.slice(9)}`,
  'UTF-16LE': (value) => Buffer.from(value, 'utf16le'),
  'UTF-16BE': (value) => Buffer.from(value, 'utf16le').swap16(),
  'full-width': (value) => each(value, (code) => String.fromCharCode(code + 0xfee0)),
  'zero-width spaces': (value) => Array.from(value).join('\u200b'),
  'soft hyphens': (value) => Array.from(value).join('\u00ad'),
  'mathematical letters': (value) =>
    value.replace(/[A-Za-z]/g, (letter) => {
      const code = letter.charCodeAt(0);
      return String.fromCodePoint(code < 0x61 ? 0x1d400 + code - 0x41 : 0x1d41a + code - 0x61);
    }),
  'script letters': (value) =>
    value.replace(/[A-Za-z]/g, (letter) => {
      const code = letter.charCodeAt(0);
      const script = String.fromCodePoint(code < 0x61 ? 0x1d49c + code - 0x41 : 0x1d4b6 + code - 0x61);
      // Some have had a place of their own before.
      return Array.from('ℬℰℱℋℐℒℳℛℯℊℴ').find((old) => old.normalize('NFKC') === letter) ?? script;
    }),
  'squared letters': (value) =>
    value.replace(/[A-Z]/g, (letter) => String.fromCodePoint(0x1f130 + letter.charCodeAt(0) - 0x41)),
  'small capitals': (value) =>
    value.replace(
      /[a-z]/g,
      (letter) => Array.from('ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡxʏᴢ')[letter.charCodeAt(0) - 0x61] ?? letter,
    ),
  'bytes behind an emoji': (value) => `🙂${each(value, (code) => String.fromCodePoint(0xe00f0 + code))}`,
  'tag characters': (value) => each(value, (code) => String.fromCodePoint(0xe0000 + code)),
  'look-alikes': (value) =>
    value.replace(
      /[aeopcx]/g,
      (letter) => ({ a: 'а', e: 'е', o: 'о', p: 'р', c: 'с', x: 'х' })[letter] ?? letter,
    ),
  spaces: (value) => Array.from(value).join(' '),
  bars: (value) => Array.from(value).join(' | '),
  'thin spaces': (value) => Array.from(value).join('\u2009'),
  'comma and space': (value) => Array.from(value).join(', '),
  'a letter a line': (value) => Array.from(value).join('\n'),
  reversed: (value) => Array.from(value).reverse().join(''),
  rot13: (value) =>
    value.replace(/[a-z]/gi, (letter) => {
      const base = letter <= 'Z' ? 65 : 97;
      return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
    }),
  'two JSON fields': (value) => `${value.slice(0, 12)}","b":"${value.slice(12)}`,
  'two query parameters': (value) => `${value.slice(0, 12)}&b=${value.slice(12)}`,
};

/** Compressed and written in letters: of these no part alone says anything. */
export const packed: Readonly<Record<string, (value: string) => string>> = {
  'gzip in hex over lines': (value) => overLines(gzipSync(`some text before ${value}\n`).toString('hex')),
  ...(hasZstd && {
    'Zstandard in base64 over lines': (value: string) =>
      overLines(
        zstdCompress(Buffer.from(`${'a line of text before it\n'.repeat(3)}${value}\n`)).toString('base64'),
      ),
  }),
};
