import { decodeFully } from './path.js';
import { type RawHeaders, valuesOf } from './request-head.js';

/** What a request is to git's smart HTTP (gitprotocol-http): a push, a part of a fetch, something like one, or none. */
export type GitRequest =
  | { readonly kind: 'push' | 'fetch-like' }
  /** `paths`: the names by which a manifest may mean what is fetched, the request's own path first. */
  | { readonly kind: 'fetch'; readonly paths: readonly string[] }
  | null;

const discovery = '/info/refs';
const upload = '/git-upload-pack';
const uploadType = 'application/x-git-upload-pack-request';

/**
 * A fetch is only what git itself sends, to the letter: where it is allowed, it passes without its method being asked
 * for. A name of git's protocol anywhere else, however encoded, is never taken for nothing.
 *
 * @param path canonical
 */
export function gitRequest(method: string, path: string, query: string, headers: RawHeaders): GitRequest {
  const types = valuesOf(headers, 'content-type');
  const text = `${decodeFully(`${path}?${query}`)} ${types.join(' ')}`.toLowerCase();
  if (text.includes('git-receive-pack')) return { kind: 'push' };
  if (!text.includes('git-upload-pack')) return null;
  if (method === 'GET' && path.endsWith(discovery) && query === 'service=git-upload-pack') {
    return { kind: 'fetch', paths: pathsOf(path, discovery) };
  }
  const [type] = types;
  if (method === 'POST' && path.endsWith(upload) && query === '' && type === uploadType) {
    return { kind: 'fetch', paths: pathsOf(path, upload) };
  }
  return { kind: 'fetch-like' };
}

/** The path itself, and the repository's with and without `.git`. */
function pathsOf(path: string, end: string): readonly string[] {
  const repository = path.slice(0, -end.length);
  if (repository === '') return [path, '/'];
  const other = repository.endsWith('.git') ? repository.slice(0, -'.git'.length) : `${repository}.git`;
  return other.endsWith('/') ? [path, repository] : [path, repository, other];
}
