import { compacted } from './variants.js';

/** What of a value is a secret and what is not, where its form tells. */
export interface ValueParts {
  /** What is a secret by itself; empty: the value as a whole is. */
  readonly secrets: readonly string[];
  /** What many know or may know, so that it gives nothing away. Letters and digits of each stretch, in lower case. */
  readonly open: readonly string[];
}

/** Three parts (RFC 7515, 3.1): others of the same issuer begin alike, or have the first two in common. */
const signedToken = /^(eyJ[\w-]+\.)eyJ[\w-]+\.([\w-]{20,})$/;
/** A URI with a password (RFC 3986, 3.2.1): where it leads to is no secret, but for a query. */
const withPassword = /^([a-z][\w+.-]*:\/\/)[^/?#@:\s]*:([^/?#@\s]*)@([^?#\s]*)/i;
/** The lines around a key (RFC 7468, 3). */
const armour = /-----(?:BEGIN|END) [A-Z\d ]{1,60}-----/g;
/** A string of a JSON text, and whether it is a member's name. */
const jsonString = /"((?:[^"\\]|\\.)*)"(\s*:)?/g;
/** Members of a JSON text whose value is a secret: those of service accounts, OAuth clients, registries. */
const secretName = /key|secret|token|pass|credential|^auth$/i;
/** Others of that name are public: `token_uri`. */
const publicName = /^public|ur[il]$|type$/i;
/** Of another name a value is one where it could be a token and its name doesn't say what it is. */
const tokenLike = /^(?=\D*\d)(?=.*[a-z])[\w+/=-]{20,}$/i;
const identifierName = /(?:^|_)(?:id|name|e?mail|user|account|project|region|version)$/i;
/** A shorter part is chance. Letters and digits. */
const shortestSecret = 12;

/** @param value a secret of the bottle's */
export function valueParts(value: string): ValueParts {
  const [, header, signature] = signedToken.exec(value) ?? [];
  if (header && signature) return { secrets: [signature], open: lettersOf([header]) };
  const [, scheme = '', password = '', place = ''] = withPassword.exec(value) ?? [];
  if (letterCount(password) >= shortestSecret)
    return { secrets: [...new Set([password, decoded(password)])], open: lettersOf([scheme, place]) };
  if (value.startsWith('{')) return jsonParts(value);
  return { secrets: [], open: lettersOf(value.match(armour) ?? []) };
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}

const letterCount = (text: string): number => compacted(text).length;

const lettersOf = (texts: readonly string[]): string[] =>
  texts.map((text) => compacted(text).toString('latin1')).filter((letters) => letters !== '');

/** The members that are named as secrets; what stands around them is open. */
function jsonParts(value: string): ValueParts {
  const secrets: string[] = [];
  const open: string[] = [];
  let name = '';
  let from = 0;
  for (const { 0: whole, 1: text = '', 2: colon, index } of value.matchAll(jsonString)) {
    if (colon) {
      name = text;
      continue;
    }
    if (!isSecretMember(name, text)) continue;
    secrets.push(unescaped(text));
    open.push(value.slice(from, index));
    from = index + whole.length;
  }
  return secrets.length === 0
    ? { secrets, open: [] }
    : { secrets, open: lettersOf([...open, value.slice(from)]) };
}

function isSecretMember(name: string, text: string): boolean {
  if (publicName.test(name)) return false;
  if (secretName.test(name)) return letterCount(text) >= shortestSecret;
  return tokenLike.test(text) && !identifierName.test(name);
}

function unescaped(text: string): string {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return text;
  }
}

/** How many letters of a piece are no part of what is open. @param piece letters and digits of a value, in lower case */
export function closedLetters(piece: string, open: readonly string[]): number {
  return open.reduce(
    (least, letters) => Math.min(least, piece.length - shared(piece, letters)),
    piece.length,
  );
}

/** Letters that a piece of a value has in common with a stretch of the same value. */
function shared(piece: string, stretch: string): number {
  if (stretch.includes(piece)) return piece.length;
  if (piece.includes(stretch)) return stretch.length;
  for (let length = Math.min(piece.length, stretch.length) - 1; length > 0; length -= 1) {
    if (piece.startsWith(stretch.slice(-length)) || piece.endsWith(stretch.slice(0, length))) return length;
  }
  return 0;
}
