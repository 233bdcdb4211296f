import { type OperatorDecision, readDecision } from '../contract/proposal.js';

/** Reads one line of the control channel; null for what is no decision: the default answer is No. */
export function parseControlLine(line: string): OperatorDecision | null {
  try {
    const value: unknown = JSON.parse(line);
    const isDecision =
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'decision';
    return isDecision ? readDecision(value) : null;
  } catch {
    return null;
  }
}
