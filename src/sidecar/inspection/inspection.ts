import type { SidecarConfiguration } from '../../contract/sidecar.js';
import type { BodySource } from '../../policy/message/body.js';
import { type Examination, examineBody } from '../../policy/outbound/examination.js';
import { redactBody } from '../../policy/outbound/redaction.js';
import type { CompiledRoute } from '../../policy/routes.js';
import { type Prepared, prepareScanners } from './scanners.js';

/** What the proxy asks about a request's contents. */
export interface RequestInspection {
  /** null: the route has its requests go unscanned. */
  readonly of: (route: CompiledRoute) => Prepared | null;
  readonly examine: (prepared: Prepared, source: BodySource) => Examination | Promise<Examination>;
  /** null: not all that was found can be covered. */
  readonly redact: (prepared: Prepared, source: BodySource) => Promise<Buffer | null>;
  /** A target as it may be shown, with what any detector finds in it covered. */
  readonly shown: (target: string) => string;
}

/** @throws ConfigurationError for a detector that there is not */
export async function createRequestInspection(
  configuration: SidecarConfiguration,
): Promise<RequestInspection> {
  const scanners = await prepareScanners(configuration);
  return {
    of: scanners.of,
    examine: ({ scanner }, source) => examineBody(scanner, source),
    redact: async ({ scanner }, source) => redactBody(scanner, source),
    shown: (target) => {
      const { findings, outcome } = scanners.all.scan(Buffer.from(target, 'latin1'), 'path');
      if (outcome !== 'complete') return '*';
      if (findings.length === 0) return target;
      const covered = Buffer.from(target, 'latin1');
      for (const { start, end } of findings) covered.fill(0x2a, start, end);
      return covered.toString('latin1');
    },
  };
}
