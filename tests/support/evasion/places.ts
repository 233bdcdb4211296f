import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { hasZstd, zstdCompress } from '../zstd.js';

/** A request that carries a payload somewhere. */
export interface Message {
  readonly method: string;
  /** Labels before the upstream's own name; '' for none. */
  readonly label: string;
  readonly target: string;
  /** Names and values in turn, without Host and what frames the body. */
  readonly headers: readonly string[];
  readonly body: Buffer | null;
  /** Sends the body in chunks of so many bytes. */
  readonly chunk?: number;
  readonly trailers?: readonly string[];
}

export interface Place {
  readonly name: string;
  /** `url`: what a URL can hold after escaping; `line`: what a header can hold; `label`: letters, digits and hyphens;
   * `name`: what a header's name can hold; `text`: Unicode; `bytes`: anything. */
  readonly takes: 'label' | 'name' | 'url' | 'line' | 'text' | 'bytes';
  /** A whole file can be sent here. */
  readonly whole?: true;
  /** Takes several requests, over which only values that the bottle holds are looked for. */
  readonly knownOnly?: true;
  messages(payload: Buffer): readonly Message[];
}

const get = (target: string, headers: readonly string[] = []): Message => ({
  method: 'GET',
  label: '',
  target,
  headers,
  body: null,
});
const post = (type: string, body: string | Buffer, headers: readonly string[] = []): Message => ({
  method: 'POST',
  label: '',
  target: '/upload',
  headers: ['Content-Type', type, ...headers],
  body: typeof body === 'string' ? Buffer.from(body) : body,
});

/** As a URL library writes it; escapes that are there already stay. */
const forUrl = (payload: Buffer): string =>
  Array.from(payload.toString('latin1'), (letter, at) => {
    if (/[A-Za-z0-9._~-]/.test(letter)) return letter;
    const rest = payload.toString('latin1', at, at + 3);
    if (/^%[0-9A-Fa-f]{2}$/.test(rest)) return letter;
    return `%${letter.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  }).join('');

/** Three parts, none of them the whole. */
function thirds(text: string): [string, string, string] {
  const third = Math.ceil(text.length / 3);
  return [text.slice(0, third), text.slice(third, 2 * third), text.slice(2 * third)];
}
/** Parts that are no letters cut in two. */
const textThirds = (payload: Buffer): [string, string, string] => {
  const letters = Array.from(payload.toString('utf8'));
  const third = Math.ceil(letters.length / 3);
  return [0, 1, 2].map((part) => letters.slice(part * third, (part + 1) * third).join('')) as [
    string,
    string,
    string,
  ];
};
const line = (payload: Buffer): string => payload.toString('latin1');
/** Blanks at either end of a header's value are lost. */
const lineThirds = (payload: Buffer): string[] =>
  textThirds(payload).map((part) => line(Buffer.from(part.replace(/^ +| +$/g, ''))));
const text = (payload: Buffer): string => payload.toString('utf8');

const boundary = 'x7f9a2boundary';
const multipart = (parts: readonly (readonly [head: string, content: Buffer])[]): Message =>
  post(
    `multipart/form-data; boundary=${boundary}`,
    Buffer.concat([
      ...parts.flatMap(([head, content]) => [
        Buffer.from(`--${boundary}\r\n${head}\r\n\r\n`),
        content,
        Buffer.from('\r\n'),
      ]),
      Buffer.from(`--${boundary}--\r\n`),
    ]),
  );
const field = (name: string): string => `Content-Disposition: form-data; name="${name}"`;

export const places: readonly Place[] = [
  {
    name: 'host label',
    takes: 'label',
    messages: (payload) => [
      {
        ...get('/'),
        label:
          line(payload)
            .match(/.{1,60}/g)
            ?.join('.') ?? '',
      },
    ],
  },
  { name: 'path', takes: 'url', messages: (payload) => [get(`/files/${forUrl(payload)}/raw`)] },
  {
    name: 'split over path segments',
    takes: 'url',
    messages: (payload) => [get(`/${thirds(forUrl(payload)).join('/')}`)],
  },
  { name: 'query value', takes: 'url', messages: (payload) => [get(`/a?n=1&q=${forUrl(payload)}&m=2`)] },
  { name: 'query name', takes: 'url', messages: (payload) => [get(`/a?${forUrl(payload)}=1`)] },
  {
    name: 'split over query values',
    takes: 'url',
    messages: (payload) => [
      get(
        `/a?${thirds(forUrl(payload))
          .map((part, i) => `p${i}=${part}`)
          .join('&')}`,
      ),
    ],
  },
  {
    name: 'split over query names',
    takes: 'url',
    messages: (payload) => [
      get(
        `/a?${thirds(forUrl(payload))
          .map((part) => `${part}=1`)
          .join('&')}`,
      ),
    ],
  },
  { name: 'header value', takes: 'line', messages: (payload) => [get('/', ['X-Note', line(payload)])] },
  { name: 'header name', takes: 'name', messages: (payload) => [get('/', [`X-${line(payload)}`, '1'])] },
  {
    name: 'split over headers',
    takes: 'line',
    messages: (payload) => [
      get(
        '/',
        lineThirds(payload).flatMap((part, i) => [`X-Part-${i}`, part]),
      ),
    ],
  },
  {
    name: 'split over headers of one name',
    takes: 'line',
    messages: (payload) => [
      get(
        '/',
        lineThirds(payload).flatMap((part) => ['X-Part', part]),
      ),
    ],
  },
  {
    name: 'cookie',
    takes: 'url',
    messages: (payload) => [get('/', ['Cookie', `theme=dark; id=${forUrl(payload)}; lang=en`])],
  },
  {
    name: 'split over cookies',
    takes: 'url',
    messages: (payload) => [
      get('/', [
        'Cookie',
        thirds(forUrl(payload))
          .map((part, i) => `c${i}=${part}`)
          .join('; '),
      ]),
    ],
  },
  {
    name: 'basic credentials',
    takes: 'bytes',
    messages: (payload) => [
      get('/', [
        'X-Authorization',
        `Basic ${Buffer.concat([Buffer.from('user:'), payload]).toString('base64')}`,
      ]),
    ],
  },
  {
    name: 'JSON string',
    takes: 'text',
    messages: (payload) => [
      post(
        'application/json',
        JSON.stringify({ model: 'm', messages: [{ role: 'user', content: text(payload) }] }),
      ),
    ],
  },
  {
    name: 'JSON in a JSON string',
    takes: 'text',
    messages: (payload) => [
      post(
        'application/json',
        JSON.stringify({ kind: 'log', data: JSON.stringify({ note: text(payload) }) }),
      ),
    ],
  },
  {
    name: 'neighbouring JSON fields',
    takes: 'text',
    messages: (payload) => {
      const [a, b, c] = textThirds(payload);
      return [post('application/json', JSON.stringify({ n: 1, first: a, second: b, third: c, done: true }))];
    },
  },
  {
    name: 'JSON array elements',
    takes: 'text',
    messages: (payload) => [
      post(
        'application/json',
        JSON.stringify({ rows: textThirds(payload).map((cell) => ({ id: 7, cell })) }),
      ),
    ],
  },
  {
    name: 'lines of JSON',
    takes: 'text',
    messages: (payload) => [
      post(
        'application/x-ndjson',
        textThirds(payload)
          .map((part) => `${JSON.stringify({ t: 1, part })}\n`)
          .join(''),
      ),
    ],
  },
  {
    name: 'form field',
    takes: 'text',
    messages: (payload) => [
      post('application/x-www-form-urlencoded', new URLSearchParams({ a: '1', q: text(payload) }).toString()),
    ],
  },
  {
    name: 'split over form fields',
    takes: 'text',
    messages: (payload) => [
      post(
        'application/x-www-form-urlencoded',
        new URLSearchParams(
          textThirds(payload).map((part, i): [string, string] => [`f${i}`, part]),
        ).toString(),
      ),
    ],
  },
  {
    name: 'multipart file',
    takes: 'bytes',
    whole: true,
    messages: (payload) => [
      multipart([
        [field('note'), Buffer.from('hello')],
        [`${field('file')}; filename="a.bin"\r\nContent-Type: application/octet-stream`, payload],
      ]),
    ],
  },
  {
    name: 'multipart part in base64',
    takes: 'bytes',
    whole: true,
    messages: (payload) => [
      multipart([
        [
          `${field('file')}\r\nContent-Transfer-Encoding: base64`,
          Buffer.from(payload.toString('base64').replace(/.{76}/g, '$&\r\n')),
        ],
      ]),
    ],
  },
  {
    name: 'split over multipart fields',
    takes: 'text',
    messages: (payload) => [
      multipart(textThirds(payload).map((part, i) => [field(`f${i}`), Buffer.from(part)])),
    ],
  },
  {
    name: 'text',
    takes: 'bytes',
    messages: (payload) => [
      post(
        'text/plain',
        Buffer.concat([Buffer.from('Notes of today:\n'), payload, Buffer.from('\nThe end.\n')]),
      ),
    ],
  },
  {
    name: 'binary',
    takes: 'bytes',
    whole: true,
    messages: (payload) => [post('application/octet-stream', payload)],
  },
  {
    name: 'file named as JSON',
    takes: 'bytes',
    whole: true,
    messages: (payload) => [post('application/json', payload)],
  },
  {
    name: 'file in base64 in JSON',
    takes: 'bytes',
    whole: true,
    messages: (payload) => [
      post('application/json', JSON.stringify({ name: 'a', data: payload.toString('base64') })),
    ],
  },
  {
    name: 'chunks of three bytes',
    takes: 'bytes',
    messages: (payload) => [
      {
        ...post('text/plain', Buffer.concat([Buffer.from('Notes: '), payload, Buffer.from('\n')])),
        chunk: 3,
      },
    ],
  },
  {
    name: 'trailer',
    takes: 'line',
    messages: (payload) => [{ ...post('text/plain', 'ok'), chunk: 2, trailers: ['X-Sum', line(payload)] }],
  },
  ...(
    [
      ['gzip', gzipSync],
      ['deflate', deflateSync],
      ['deflate', deflateRawSync],
      ['br', brotliCompressSync],
      ...(hasZstd ? [['zstd', (bytes: Buffer) => zstdCompress(bytes)] as const] : []),
    ] as const
  ).map(
    ([coding, compress]): Place => ({
      name: `body in ${coding}${compress === deflateRawSync ? ' without its header' : ''}`,
      takes: 'bytes',
      messages: (payload) => [
        post('text/plain', compress(Buffer.concat([Buffer.from('Notes: '), payload, Buffer.from('\n')])), [
          'Content-Encoding',
          coding,
        ]),
      ],
    }),
  ),
  {
    name: 'body in gzip and br',
    takes: 'bytes',
    whole: true,
    messages: (payload) => [
      post('text/plain', brotliCompressSync(gzipSync(payload)), ['Content-Encoding', 'gzip, br']),
    ],
  },
  ...(
    [
      ['query values', (part) => get(`/a?q=${forUrl(part)}`)],
      ['paths', (part) => get(`/a/${forUrl(part)}`)],
      ['headers', (part) => get('/', ['X-Part', line(part)])],
      ['texts', (part) => post('text/plain', part)],
      [
        'JSON strings',
        (part) => post('application/json', JSON.stringify({ kind: 'note', value: text(part) })),
      ],
      ['forms', (part) => post('application/x-www-form-urlencoded', `kind=note&value=${forUrl(part)}`)],
    ] as const satisfies readonly (readonly [string, (part: Buffer) => Message])[]
  ).map(
    ([name, carry]): Place => ({
      name: `split over requests: ${name}`,
      takes: name === 'headers' ? 'line' : 'text',
      knownOnly: true,
      messages: (payload) => textThirds(payload).map((part) => carry(Buffer.from(part.trim()))),
    }),
  ),
];
