import { describe, expect, it } from 'vitest';
import { coverHead, headFindings, requestHeadText } from '../../../../src/policy/message/head.js';
import { headScanner, known, tokenParts } from './scanners.js';

const scan = (host: string, target: string, headers: readonly string[]) => {
  const text = requestHeadText(host, target, headers);
  const { findings, outcome } = headScanner.scan(text.bytes, 'header');
  expect(outcome).toBe('complete');
  return { text, found: headFindings(text, findings) };
};
const token = tokenParts.join('');
const [first, second, third] = tokenParts;
const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;

describe('the text of a head', () => {
  it.each([
    ['host', `${known.slice(0, 12)}.${known.slice(12)}.example.com`, '/', []],
    ['path', 'a.example', `/x/${token}/y`, []],
    ['query', 'a.example', `/x?q=${token}`, []],
    ['query', 'a.example', `/x?${token}`, []],
    ['x-name', 'a.example', '/', ['X-Name', token]],
    ['cookie', 'a.example', '/', ['Cookie', `a=1; b=${token}`]],
    ['authorization', 'a.example', '/', ['Authorization', basic(`user:${token}`)]],
    ['path', 'a.example', `/${first}/${second}/${third}`, []],
    ['query', 'a.example', `/?a=${first}&b=${second}&c=${third}`, []],
    ['query', 'a.example', `/?${first}=1&${second}=2&${third}=3`, []],
    ['query', 'a.example', `/?a=${first};b=${second};c=${third}`, []],
    ['path', 'a.example', `/x;a=${first};b=${second};c=${third}`, []],
    ['x-a-1', 'a.example', '/', ['X-A-1', first, 'Accept', '*/*', 'X-A-2', second, 'X-A-3', third]],
    ['x-a', 'a.example', '/', ['X-A', first, 'X-A', second, 'X-A', third]],
    ['cookie', 'a.example', '/', ['Cookie', `a=${first}; b=${second}; c=${third}`]],
    ['cookie', 'a.example', '/', ['Cookie', `a=${first}`, 'X', 'y', 'Cookie', `b=${second}; c=${third}`]],
    ['authorization', 'a.example', '/', ['Authorization', basic(`${first}:${second}${third}`)]],
  ])('finds a value in %s: %s %s %j', (name, host, target, headers) => {
    const { text, found } = scan(host as string, target as string, headers as string[]);
    expect(found.map(({ span }) => span.name)).toContain(name);
    if (name === 'host') return expect(coverHead(text, found, headers as string[])).toBeNull();
    const covered = coverHead(text, found, headers as string[]);
    expect(covered?.target).toHaveLength((target as string).length);
    expect(covered?.headers.map((value) => value.length)).toEqual(
      (headers as string[]).map((value) => value.length),
    );
    expect(scan(host as string, covered?.target ?? '', covered?.headers ?? []).found).toEqual([]);
  });

  it('finds a line break only where the request has one', () => {
    expect(scan('a.example', '/a?b=c', ['X-A', 'b', 'X-B', 'c', 'Cookie', 'a=b; c=d']).found).toEqual([]);
    const { found } = scan('a.example', '/a?b=%0d%0aX-C:d', ['X-A', 'b']);
    expect(found.map(({ finding, span }) => [finding.rule, span.name])).toEqual([
      ['line-break', 'query'],
      ['line-break', 'query'],
    ]);
  });

  it('does not rewrite the name of a header', () => {
    const { text, found } = scan('a.example', '/', [`X-${token}`, '1']);
    expect(found).toHaveLength(1);
    expect(coverHead(text, found, [`X-${token}`, '1'])).toBeNull();
  });
});
