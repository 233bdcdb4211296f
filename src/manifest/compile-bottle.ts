import type { UnknownHost } from '../contract/route.js';
import { accepted, placeAt, refuse, type Scope } from './check/scope.js';
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
  readonly agent_provider?: { readonly template?: string | null } | null;
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
        unknownHost: plain(scope, '/egress/unknown_host', bottle.egress?.unknown_host),
      }),
      env: compileEnvironment(scope, bottle.env ?? {}),
      routes: compileRoutes(scope, bottle.egress?.routes ?? [], userHome),
    },
  };
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
