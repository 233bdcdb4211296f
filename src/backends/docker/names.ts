import type { BottlePlan } from '../../plan/plan.js';

/** Every object of ours at the engine carries these; what carries the first is a bottle's and may be pruned by it. */
export const labels = {
  bottle: 'bot-bottle.bottle',
  role: 'bot-bottle.role',
  agent: 'bot-bottle.agent',
  workspace: 'bot-bottle.workspace',
  /** Machine and process of the command line that runs the bottle: where it is gone, the bottle is a leftover. */
  owner: 'bot-bottle.owner',
  barrier: 'bot-bottle.barrier',
  mode: 'bot-bottle.workspace-mode',
  user: 'bot-bottle.user',
  /** On images: what they were made from. */
  image: 'bot-bottle.image',
} as const;

export type Role = 'agent' | 'sidecar' | 'keeper' | 'internal' | 'egress' | 'files' | 'before' | 'after';

/** Names of one bottle's containers, networks and volumes. */
export function nameOf(bottle: string, role: Role): string {
  return `bot-bottle-${bottle}-${role}`;
}

export interface OwnLabels {
  readonly plan: BottlePlan;
  readonly owner: string;
}

export function labelsFor({ plan, owner }: OwnLabels, role: Role): Record<string, string> {
  return {
    [labels.bottle]: plan.id,
    [labels.role]: role,
    [labels.agent]: plan.agent,
    [labels.owner]: owner,
    [labels.workspace]: plan.workspace.source,
    [labels.mode]: plan.workspace.mode ?? 'mount',
  };
}
