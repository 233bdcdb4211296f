import { deflateRawSync } from 'node:zlib';
import { zipOf } from './files.js';
import type { Message } from './places.js';

/**
 * What goes through all the same, as docs/limitations.md says under "Detection". The test asserts that it does, so
 * that a list that is no longer true is noticed.
 */
export interface Limit {
  readonly name: string;
  /** A known secret goes through too; otherwise only tokens do. */
  readonly known: boolean;
  readonly message: (value: string) => Message;
}

const post = (type: string, body: string | Buffer): Message => ({
  method: 'POST',
  label: '',
  target: '/upload',
  headers: ['Content-Type', type],
  body: Buffer.from(body as string),
});
const text = (body: string): Message => post('text/plain', body);
const json = (body: unknown): Message => post('application/json', JSON.stringify(body));
const hex = (value: string): string => Buffer.from(value).toString('hex');
const base32Letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const base32 = (value: string): string =>
  (
    Array.from(Buffer.from(value), (byte) => byte.toString(2).padStart(8, '0'))
      .join('')
      .match(/.{1,5}/g) ?? []
  )
    .map((bits) => base32Letters[Number.parseInt(bits.padEnd(5, '0'), 2)])
    .join('');
const parts = (value: string, size: number): string[] => value.match(new RegExp(`.{1,${size}}`, 'g')) ?? [];

export const limits: readonly Limit[] = [
  {
    name: 'an encoding of its own: every letter moved on by one',
    known: true,
    message: (value) =>
      text(`see ${Array.from(value, (letter) => String.fromCharCode(letter.charCodeAt(0) + 1)).join('')} .`),
  },
  {
    name: 'the numbers of its letters',
    known: false,
    message: (value) => json({ data: [...Buffer.from(value)] }),
  },
  {
    name: 'short parts with other words between them',
    known: false,
    message: (value) =>
      text(
        parts(value, 7)
          .map((part, at) => `Line ${at} says ${part} today.`)
          .join('\n'),
      ),
  },
  {
    name: 'short parts in neighbouring fields, last first',
    known: false,
    message: (value) =>
      json(
        Object.fromEntries(
          parts(value, 7)
            .reverse()
            .map((part, at) => [`f${at}`, part]),
        ),
      ),
  },
  {
    name: 'hexadecimal of hexadecimal, four times',
    known: true,
    message: (value) => text(`see ${hex(hex(hex(hex(value))))} .`),
  },
  {
    name: 'hexadecimal of hexadecimal, three times',
    known: false,
    message: (value) => text(`see ${hex(hex(hex(value)))} .`),
  },
  { name: 'base32', known: false, message: (value) => text(`see ${base32(value)} .`) },
  {
    name: 'hexadecimal with separators',
    known: false,
    message: (value) => text((hex(value).match(/../g) ?? []).join(':')),
  },
  {
    name: 'a compressed stream without a header, within an archive',
    known: true,
    message: (value) =>
      post(
        'application/zip',
        zipOf(
          'a.bin',
          deflateRawSync(Buffer.from(`${'Dear all, here it is: '.repeat(9)}${value} Kind regards`)),
          {
            deflate: true,
          },
        ),
      ),
  },
];
