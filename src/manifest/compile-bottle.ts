import type { UnknownHost } from '../contract/route.js';
import { checkFilePath } from './check/file-path.js';
import { checkCpus, checkMemory, checkPids, checkRuntime } from './check/resources.js';
import { accepted, type Checked, placeAt, refuse, type Scope } from './check/scope.js';
import { checkAgentVariable, checkVariableValue } from './check/variable.js';
import { quoted } from './code-frame.js';
import { compileRoutes, type WrittenRoute, withoutUndefined } from './compile-route.js';
import type { Place } from './diagnostic.js';
import { pointerTo } from './document.js';
import type { BottleLayer, Written } from './layer.js';
import { isName, nameRule } from './source.js';

/** A bottle as its schema leaves it; what isn't supported yet is left out. */
interface WrittenBottle {
  readonly extends?: string | readonly string[] | null;
  readonly agent_provider?: { readonly template?: string | null; readonly dockerfile?: string | null } | null;
  readonly docker?: { readonly runtime?: string | null } | null;
  readonly resources?: {
    readonly memory?: string | null;
    readonly cpus?: number | null;
    readonly pids?: number | null;
  } | null;
  readonly env?: Readonly<Record<string, string | null>> | null;
  readonly git?: {
    readonly user?: { readonly name?: string | null; readonly email?: string | null } | null;
  } | null;
  readonly egress?: {
    readonly routes?: readonly WrittenRoute[] | null;
    readonly unknown_host?: UnknownHost | null;
  } | null;
}

/** A name of another file, and where it is written. */
export interface Reference {
  readonly name: string;
  readonly place: Place;
}

export interface CompiledBottle {
  readonly parents: readonly Reference[];
  readonly layer: BottleLayer;
}

/** Turns the data of a bottle file, which fits its schema, into a layer; reports what its values have wrong. */
export function compileBottle(scope: Scope, userHome: string): CompiledBottle {
  const bottle = scope.document.data as unknown as WrittenBottle;
  return {
    parents: compileParents(scope, bottle.extends ?? []),
    layer: {
      values: withoutUndefined({
        provider: plain(scope, '/agent_provider/template', bottle.agent_provider?.template),
        ...compileGitUser(scope, bottle.git?.user),
        ...compilePlace(scope, bottle, userHome),
        unknownHost: plain(scope, '/egress/unknown_host', bottle.egress?.unknown_host),
      }),
      env: compileEnvironment(scope, bottle.env ?? {}),
      routes: compileRoutes(scope, bottle.egress?.routes ?? [], userHome),
    },
  };
}

/** What the agent runs in: its image, its runtime, its limits. */
function compilePlace(scope: Scope, bottle: WrittenBottle, userHome: string) {
  const { docker, resources } = bottle;
  const dockerfile = (text: string) => checkFilePath('invalid-dockerfile', text, scope.file, userHome);
  return {
    dockerfile: checked(scope, '/agent_provider/dockerfile', bottle.agent_provider?.dockerfile, dockerfile),
    runtime: inMap(docker, '/docker', 'runtime', checkRuntime),
    memory: inMap(resources, '/resources', 'memory', checkMemory),
    cpus: inMap(resources, '/resources', 'cpus', checkCpus),
    pids: inMap(resources, '/resources', 'pids', checkPids),
  };

  /** A map that is null takes away every key of it. */
  function inMap<Key extends string, Raw, Value>(
    map: { readonly [name in Key]?: Raw | null } | null | undefined,
    pointer: string,
    key: Key,
    check: (raw: Raw) => Checked<Value>,
  ): Written<Value> | undefined {
    if (map === null) return { value: null, place: placeAt(scope, pointer, 'key') };
    return checked(scope, `${pointer}/${key}`, map?.[key], check);
  }
}

function checked<Raw, Value>(
  scope: Scope,
  pointer: string,
  raw: Raw | null | undefined,
  check: (raw: Raw) => Checked<Value>,
): Written<Value> | undefined {
  if (raw === undefined) return undefined;
  const value = raw === null ? null : accepted(scope, pointer, check(raw));
  return { value, place: placeAt(scope, pointer) };
}

function plain<Value extends string>(
  scope: Scope,
  pointer: string,
  value: Value | null | undefined,
): Written<Value> | undefined {
  return value === undefined ? undefined : { value, place: placeAt(scope, pointer) };
}

function compileParents(scope: Scope, written: string | readonly string[]): Reference[] {
  const single = typeof written === 'string';
  const references: Reference[] = [];
  for (const [index, name] of (single ? [written] : written).entries()) {
    const pointer = single ? '/extends' : pointerTo('/extends', index);
    if (!isName(name)) {
      refuse(scope, pointer, {
        code: 'invalid-name',
        message: `${quoted(name)} is not the name of a bottle`,
        hint: nameRule,
      });
    } else if (references.some((reference) => reference.name === name)) {
      const message = `the bottle ${quoted(name)} stands here twice`;
      refuse(scope, pointer, { code: 'duplicate-parent', message, hint: 'keep one of them' });
    } else {
      references.push({ name, place: placeAt(scope, pointer) });
    }
  }
  return references;
}

function compileEnvironment(
  scope: Scope,
  env: Readonly<Record<string, string | null>>,
): ReadonlyMap<string, Written<string>> {
  const variables = new Map<string, Written<string>>();
  for (const [name, value] of Object.entries(env)) {
    const pointer = pointerTo('/env', name);
    const checked = checkAgentVariable(name);
    if (!checked.ok)
      scope.report(checked.code, placeAt(scope, pointer, 'key'), checked.message, checked.hint);
    if (value !== null) accepted(scope, pointer, checkVariableValue(value));
    variables.set(name, { value, place: placeAt(scope, pointer, 'key') });
  }
  return variables;
}

type GitUser = NonNullable<WrittenBottle['git']>['user'];

function compileGitUser(scope: Scope, user: GitUser) {
  const pointer = '/git/user';
  const part = (key: 'name' | 'email'): Written<string> | undefined => {
    if (user === undefined) return undefined;
    if (user === null) return { value: null, place: placeAt(scope, pointer, 'key') };
    const written = plain(scope, `${pointer}/${key}`, user[key]);
    const text = written?.value;
    // git itself drops or mangles these, and an e-mail address ends at its '>'.
    if (text !== undefined && text !== null && (/[\x00-\x1f\x7f<>]/.test(text) || text.trim() === '')) {
      const message = `${quoted(text)} is not what git takes for a user's ${key}`;
      refuse(scope, `${pointer}/${key}`, {
        code: 'invalid-git-user',
        message,
        hint: 'one line, without < and >',
      });
    }
    return written;
  };
  return { gitUserName: part('name'), gitUserEmail: part('email') };
}
