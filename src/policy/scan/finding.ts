/** How far a finding can be trusted, and what a policy may want to tell apart. */
type FindingClass =
  /** The value alone says what it is: a provider's prefix, a private key's armour. */
  | 'structured'
  /** A value of the right shape beside words that make it a credential. */
  | 'contextual'
  /** A value that the bottle itself holds. */
  | 'known'
  /** Bytes that break out of the place they stand in. */
  | 'structure'
  /** Text that speaks to an agent instead of to its reader. */
  | 'injection';

export interface Finding {
  /** Name of the detector, as a route's `dlp` lists it. */
  readonly detector: string;
  readonly rule: string;
  /** What was undone to see it, outermost first: `text`, `base64`, `percent.percent`. */
  readonly view: string;
  /** Byte offsets into the scanned bytes, `end` exclusive; an encoded value's whole encoded form. */
  readonly start: number;
  readonly end: number;
  /** 0 to 1. */
  readonly score: number;
  readonly class: FindingClass;
}

/** What a detector reports about one view; offsets are the view's own. */
export interface Sighting {
  readonly rule: string;
  readonly start: number;
  readonly end: number;
  readonly score: number;
  readonly class: FindingClass;
}

export interface ScanResult {
  /** In order of `start`; overlapping ones of one detector are merged. */
  readonly findings: readonly Finding[];
  /** `over-budget`: not everything was looked at; the caller refuses the request. */
  readonly outcome: 'complete' | 'over-budget';
}
