import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { crc32 } from '../crc32.js';
import { hasZstd, zstdCompress } from '../zstd.js';

const u16 = (value: number): Buffer => Buffer.from([value & 0xff, (value >> 8) & 0xff]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

export interface ZipOptions {
  readonly deflate: boolean;
  /** Sizes follow the data, and are zero in the local header (APPNOTE 4.3.9). */
  readonly descriptor?: boolean;
  /** What the local header says instead of the truth, which the directory keeps. */
  readonly lie?: 'stored' | 'short';
}

/** A zip file with one member. */
export function zipOf(name: string, content: Buffer, { deflate, descriptor, lie }: ZipOptions): Buffer {
  const data = deflate ? deflateRawSync(content) : content;
  const method = deflate ? 8 : 0;
  const sizes = [u32(crc32(content)), u32(data.length), u32(content.length)];
  const localSizes = descriptor ? [u32(0), u32(0), u32(0)] : [...sizes];
  if (lie === 'short') localSizes[1] = u32(3);
  const common = (shown: Buffer[], shownMethod: number) => [
    u16(20),
    u16(descriptor ? 8 : 0),
    u16(shownMethod),
    u32(0),
    ...shown,
    u16(name.length),
    u16(0),
  ];
  const local = Buffer.concat([
    Buffer.from('PK\x03\x04', 'latin1'),
    ...common(localSizes, lie === 'stored' ? 0 : method),
    Buffer.from(name),
    data,
    ...(descriptor ? [Buffer.from('PK\x07\x08', 'latin1'), ...sizes] : []),
  ]);
  const directory = Buffer.concat([
    Buffer.from('PK\x01\x02', 'latin1'),
    u16(20),
    ...common(sizes, method),
    u16(0),
    u16(0),
    u16(0),
    u32(0),
    u32(0),
    Buffer.from(name),
  ]);
  const end = Buffer.concat([
    Buffer.from('PK\x05\x06', 'latin1'),
    u32(0),
    u16(1),
    u16(1),
    u32(directory.length),
    u32(local.length),
    u16(0),
  ]);
  return Buffer.concat([local, directory, end]);
}

/** A tar file (POSIX ustar) with one member. */
export function tarOf(name: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write('0000644\x000000000\x000000000\x00', 100, 'latin1');
  header.write(`${content.length.toString(8).padStart(11, '0')}\x00`, 124, 'latin1');
  header.write('00000000000\x00        0', 136, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\x00 `, 148, 'latin1');
  const padding = Buffer.alloc((512 - (content.length % 512)) % 512);
  return Buffer.concat([header, content, padding, Buffer.alloc(1024)]);
}

/** A PNG of one pixel with a text chunk. */
export function pngOf(kind: 'tEXt' | 'zTXt' | 'iTXt' | 'eXIf', text: Buffer): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
    return Buffer.concat([u32(data.length).reverse(), body, u32(crc32(body)).reverse()]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk(kind, textData(kind, text)),
    chunk('IDAT', deflateSync(Buffer.from([0, 255]))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function textData(kind: 'tEXt' | 'zTXt' | 'iTXt' | 'eXIf', text: Buffer): Buffer {
  if (kind === 'tEXt') return Buffer.concat([Buffer.from('Comment\0'), text]);
  if (kind === 'zTXt') return Buffer.concat([Buffer.from('Comment\0\0'), deflateSync(text)]);
  if (kind === 'iTXt') return Buffer.concat([Buffer.from('Comment\0\x01\0en\0\0'), deflateSync(text)]);
  // One entry of ASCII: the image's description (0x010e).
  const entry = Buffer.concat([u16(1), u16(0x010e), u16(2), u32(text.length), u32(26), u32(0)]);
  return Buffer.concat([Buffer.from('II*\0'), u32(8), entry, text]);
}

/** Around the value, so that it is a file of its kind and not a bare word. */
const letter = (value: string): Buffer =>
  Buffer.from(`Dear all,\nplease find below what you asked for.\n${value}\nKind regards\n`);

/** Files that hold a value; for places that take any bytes. */
export const files: Readonly<Record<string, (value: string) => Buffer>> = {
  gzip: (value) => gzipSync(letter(value)),
  'zlib stream': (value) => deflateSync(letter(value)),
  'bare deflate': (value) => deflateRawSync(letter(value)),
  brotli: (value) => brotliCompressSync(letter(value)),
  ...(hasZstd ? { zstd: (value: string) => zstdCompress(letter(value)) } : {}),
  'gzip in gzip': (value) => gzipSync(gzipSync(letter(value))),
  'gzip with a wrong checksum': (value) => {
    const bytes = gzipSync(letter(value));
    bytes.fill(0x41, bytes.length - 8, bytes.length - 4);
    return bytes;
  },
  'gzip cut short': (value) => gzipSync(Buffer.concat([letter(value), letter('x')])).subarray(0, -12),
  'zip, stored': (value) => zipOf('a.txt', letter(value), { deflate: false }),
  'zip, deflated': (value) => zipOf('a.txt', letter(value), { deflate: true }),
  'zip, sizes after the data': (value) => zipOf('a.txt', letter(value), { deflate: true, descriptor: true }),
  'zip, local header says stored': (value) => zipOf('a.txt', letter(value), { deflate: true, lie: 'stored' }),
  'zip, local header says short': (value) => zipOf('a.txt', letter(value), { deflate: true, lie: 'short' }),
  'zip in zip': (value) =>
    zipOf('a.zip', zipOf('a.txt', letter(value), { deflate: true }), { deflate: true }),
  "zip, the member's name": (value) => zipOf(`${value}.txt`, letter('nothing'), { deflate: true }),
  tar: (value) => tarOf('a.txt', letter(value)),
  'tar, gzipped': (value) => gzipSync(tarOf('a.txt', letter(value))),
  ...(hasZstd ? { 'tar of Zstandard': (value: string) => tarOf('a.zst', zstdCompress(letter(value))) } : {}),
  'tar of a gzip': (value) => tarOf('a.gz', gzipSync(letter(value))),
  'PNG tEXt': (value) => pngOf('tEXt', Buffer.from(value)),
  'PNG zTXt': (value) => pngOf('zTXt', letter(value)),
  'PNG iTXt': (value) => pngOf('iTXt', letter(value)),
  'PNG eXIf': (value) => pngOf('eXIf', Buffer.from(value)),
};
