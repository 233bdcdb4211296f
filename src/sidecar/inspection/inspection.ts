import type { SidecarConfiguration } from '../../contract/sidecar.js';
import type { Inspections } from '../inbound/inspection.js';
import type { RequestInspection } from './request-inspection.js';

/**
 * What is asked about a request's contents and an answer's, prepared after the start, of which it would take half. Before
 * it is prepared each question throws.
 */
export interface LazyInspection extends RequestInspection {
  /** What looks at the answers of a route. */
  readonly ofAnswers: Inspections;
  readonly isLoaded: () => boolean;
  /** Prepares it, once. */
  readonly load: () => Promise<void>;
  /** Calls once it is prepared, without asking for it; at once where it is. */
  readonly whenLoaded: (call: () => void) => void;
  /** Calls that wait for that. */
  readonly waiting: () => number;
}

export function lazyInspection(configuration: SidecarConfiguration): LazyInspection {
  let loading: Promise<void> | null = null;
  let loaded: (RequestInspection & Pick<LazyInspection, 'ofAnswers'>) | null = null;
  const waiting: (() => void)[] = [];

  function ready(): NonNullable<typeof loaded> {
    if (!loaded) throw new Error('the detectors are not prepared');
    return loaded;
  }

  async function load(): Promise<void> {
    const [{ createRequestInspection }, { createInspections }] = await Promise.all([
      import('./request-inspection.js'),
      import('../inbound/inspection.js'),
    ]);
    const ofRequests = await createRequestInspection(configuration);
    loaded = { ...ofRequests, ofAnswers: createInspections(configuration) };
    // What building them left behind would stay until the heap has grown by as much again.
    globalThis.gc?.();
    for (const call of waiting.splice(0)) call();
  }

  return {
    of: (route) => ready().of(route),
    examineHead: (prepared, head) => ready().examineHead(prepared, head),
    examineBody: (prepared, source, client) => ready().examineBody(prepared, source, client),
    redactBody: (prepared, source, client) => ready().redactBody(prepared, source, client),
    pieces: (prepared, bytes) => ready().pieces(prepared, bytes),
    across: (prepared, message) => ready().across(prepared, message),
    shown: (target) => ready().shown(target),
    ofAnswers: (route) => ready().ofAnswers(route),
    isLoaded: () => loaded !== null,
    load: () => {
      loading ??= load();
      return loading;
    },
    whenLoaded: (call) => {
      if (loaded) call();
      else waiting.push(call);
    },
    waiting: () => waiting.length,
  };
}
