import type { SidecarConfiguration } from '../../contract/sidecar.js';
import type { RequestInspection } from './request-inspection.js';

/** What is asked about a request's contents: prepared after the start, of which it would take half. */
export interface LazyInspection {
  /** @throws Error before {@link load} has ended */
  readonly ready: () => RequestInspection;
  /** null until it is prepared. */
  readonly peek: () => RequestInspection | null;
  /** Prepares it, once. */
  readonly load: () => Promise<RequestInspection>;
  /** Calls once it is prepared, without asking for it; at once where it is. */
  readonly whenLoaded: (call: (inspection: RequestInspection) => void) => void;
}

export function lazyInspection(configuration: SidecarConfiguration): LazyInspection {
  let loading: Promise<RequestInspection> | null = null;
  let loaded: RequestInspection | null = null;
  const waiting: ((inspection: RequestInspection) => void)[] = [];

  async function load(): Promise<RequestInspection> {
    const { createRequestInspection } = await import('./request-inspection.js');
    const inspection = await createRequestInspection(configuration);
    loaded = inspection;
    for (const call of waiting.splice(0)) call(inspection);
    return inspection;
  }

  return {
    peek: () => loaded,
    ready: () => {
      if (!loaded) throw new Error('the detectors are not prepared');
      return loaded;
    },
    load: () => {
      loading ??= load();
      return loading;
    },
    whenLoaded: (call) => {
      if (loaded) call(loaded);
      else waiting.push(call);
    },
  };
}
