import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { embeddedFiles } from '../../../../src/policy/message/files.js';

const content = deflateSync(Buffer.from(Array.from({ length: 400 }, (_, n) => `${n * 7919} `).join('')));
const lines = (text: string, between: string) => (text.match(/.{1,76}/g) ?? []).join(between);

describe('embeddedFiles', () => {
  describe.each(['base64', 'hex'] as const)('a zlib stream in %s', (encoding) => {
    it.each([
      ['in one line', ''],
      ['over lines', '\n'],
      ['over lines that end as on Windows', '\r\n'],
      ['over lines that are indented', '\n  '],
      ['over lines as a string writes them', '\\n'],
      ['over lines as a string in a string writes them', '\\\\r\\\\n'],
    ])('%s', (_how, between) => {
      const bytes = Buffer.from(`const data = "${lines(content.toString(encoding), between)}";`);
      const found = [...embeddedFiles(bytes)].filter(({ known }) => known).map(({ bytes: file }) => file);
      expect(found.some((file) => file.equals(content))).toBe(true);
    });
  });
});
