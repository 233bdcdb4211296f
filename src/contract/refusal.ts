/** Why a request was refused: a stable code, told to the agent and written to the event. */
export const refusalStatus = {
  // The request itself is unfit to be decided on.
  'malformed-request': 400,
  'malformed-authority': 400,
  'ambiguous-framing': 400,
  'duplicate-header': 400,
  'path-not-canonical': 400,
  'target-not-origin-form': 400,
  'headers-too-large': 431,
  'tls-expected': 400,
  // The three names of one connection disagree (RFC 9110, 15.5.20).
  'host-mismatch': 421,
  'sni-mismatch': 421,
  // Default deny.
  'host-not-allowed': 403,
  'ip-literal': 403,
  'port-not-allowed': 403,
  'plain-http-not-allowed': 403,
  'https-not-allowed': 403,
  'request-to-proxy': 403,
  'method-not-allowed': 403,
  'path-not-allowed': 403,
  'request-not-allowed': 403,
  'git-fetch-not-allowed': 403,
  'git-push-not-allowed': 403,
  'doh-not-allowed': 403,
  // Held for the operator, and not let go.
  'held-denied': 403,
  'held-timeout': 403,
  'held-too-many': 503,
  'held-unavailable': 503,
  // Never sent: there is nobody to read it. Nothing of the request had left.
  'held-client-left': 499,
  'client-left': 499,
  // What leaves was scanned.
  'secret-found': 403,
  'line-break-found': 403,
  'not-redactable': 403,
  'scan-over-budget': 403,
  'encoding-not-scannable': 403,
  'scan-failed': 503,
  // The upstream could not be reached as the route demands.
  'address-not-allowed': 403,
  'name-not-resolved': 502,
  'upstream-unreachable': 502,
  'upstream-certificate': 502,
  'upstream-protocol': 502,
  'upstream-timeout': 504,
  // A WebSocket that was cut because a side broke its protocol; told by a close frame.
  'malformed-frame': 400,
  // What came back was scanned.
  'response-injection': 403,
  'response-not-scannable': 502,
  'too-many-connections': 503,
  'internal-error': 500,
} as const;

export type RefusalCode = keyof typeof refusalStatus;

/** What a scan found, as it may be told to anyone: never the value. */
export interface RefusedFinding {
  readonly detector: string;
  readonly rule: string;
  /** `body`, `path`, `header authorization`, ... */
  readonly place: string;
}

export interface Refusal {
  readonly code: RefusalCode;
  /** What was refused and why, one line, without secrets. */
  readonly message: string;
  /** The rule that refused, as the manifest would name it: `egress.routes`, `egress.routes[api.example.com].matches`. */
  readonly rule: string;
  /** What the operator could write to allow it (YAML); null where nothing may allow it. */
  readonly allow: string | null;
  /** What the operator wrote to the agent when denying a held request. */
  readonly note?: string | undefined;
  /** Where a scan is why. */
  readonly finding?: RefusedFinding | undefined;
}

/** The header that every answer of the proxy's own carries; taken off upstream answers so that it can't be forged. */
export const verdictHeader = 'x-bot-bottle-verdict';

/** `refused; code=host-not-allowed` */
export function verdictValue(code: RefusalCode): string {
  return `refused; code=${code}`;
}

/** The JSON body of a refusal: `{"error":{"code","message","rule","allow"}}`, with `note` and `finding` where there is one, and a newline. */
export function refusalBody(refusal: Refusal): string {
  const { code, message, rule, allow, note, finding } = refusal;
  return `${JSON.stringify({ error: { code, message, rule, allow, note, finding } })}\n`;
}
