import type { ManifestKind } from '../source.js';
import agent from './agent.schema.json' with { type: 'json' };
import bottle from './bottle.schema.json' with { type: 'json' };
import route from './route.schema.json' with { type: 'json' };
import { validateAgent, validateBottle } from './validators.generated.js';

/** As much of JSON Schema as the manifests' schemas use. */
export interface SchemaNode {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly enum?: readonly unknown[];
  readonly $ref?: string;
}

/** One error of an ajv validator. */
export interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

interface Validator {
  (data: unknown): boolean;
  errors?: readonly SchemaError[] | null;
}

const schemas: Readonly<Record<ManifestKind, SchemaNode>> = { bottle, agent };
const validators: Readonly<Record<ManifestKind, Validator>> = {
  bottle: validateBottle as Validator,
  agent: validateAgent as Validator,
};

/** What ajv finds wrong with the data of a manifest. */
export function schemaErrors(kind: ManifestKind, data: unknown): readonly SchemaError[] {
  const validate = validators[kind];
  return validate(data) ? [] : (validate.errors ?? []);
}

/** The keys at the top of a manifest. */
export function keysOf(kind: ManifestKind): readonly string[] {
  return Object.keys(schemas[kind].properties ?? {});
}

/** The schema of the value at a JSON pointer, or null where nothing may stand. */
export function schemaAt(kind: ManifestKind, pointer: string): SchemaNode | null {
  let node: SchemaNode | null = schemas[kind];
  for (const step of pointer.split('/').slice(1)) {
    node = node === null ? null : below(node, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  }
  return node;
}

function below(node: SchemaNode, step: string): SchemaNode | null {
  const { properties, additionalProperties, items } = node;
  if (properties && Object.hasOwn(properties, step)) return followed(properties[step]);
  if (typeof additionalProperties === 'object') return followed(additionalProperties);
  return /^\d+$/.test(step) ? followed(items) : null;
}

function followed(node: SchemaNode | undefined): SchemaNode | null {
  return node?.$ref === 'route' ? (route as SchemaNode) : (node ?? null);
}
