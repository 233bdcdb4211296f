import { describe, expect, it } from 'vitest';
import { certificateName } from '../../../src/policy/certificate-name.js';

describe('certificateName', () => {
  it.each([
    ['hosts directly below a wildcard share one', '*.example.com', 'a.example.com', '*.example.com'],
    ['also where the wildcard is deeper', '*.eu.example.io', 'a.eu.example.io', '*.eu.example.io'],
    ['a star stands for one label alone', '*.example.com', 'a.b.example.com', 'a.b.example.com'],
    ['an A-label has its own', '*.example.com', 'xn--bcher-kva.example.com', 'xn--bcher-kva.example.com'],
    ['what may be a public suffix has none', '*.co.uk', 'shop.co.uk', 'shop.co.uk'],
    ['nor has a top-level domain', '*.com', 'example.com', 'example.com'],
    ['a route for one host', 'api.example.com', 'api.example.com', 'api.example.com'],
    ['a host that no route names', null, 'api.example.com', 'api.example.com'],
    ['the name below the star itself', '*.example.com', 'example.com', 'example.com'],
    ['another name with the same end', '*.example.com', 'badexample.com', 'badexample.com'],
  ])('%s', (_what, pattern, host, name) => {
    expect(certificateName(pattern, host)).toBe(name);
  });
});
