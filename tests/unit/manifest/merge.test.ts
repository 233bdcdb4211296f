import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Place } from '../../../src/manifest/diagnostic.js';
import {
  type BottleLayer,
  emptyLayer,
  mergeLayers,
  type RouteLayer,
  type Written,
} from '../../../src/manifest/layer.js';

const place: Place = {
  file: { kind: 'bottle', origin: 'home', name: 'a', path: '/a.md', shown: 'a.md', text: '' },
  offset: 0,
};
const written = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Written<Value>> =>
  fc.option(value, { nil: null }).map((chosen) => ({ value: chosen, place }));
const key = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__');
const mapOf = <Value>(value: fc.Arbitrary<Value>) =>
  fc.array(fc.tuple(key, value), { maxLength: 4 }).map((entries) => new Map(entries));
const bottles = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 2 });
const openRoute: fc.Arbitrary<RouteLayer> = fc.record({
  reset: fc.boolean(),
  removed: fc.constant(false),
  values: fc.record({ doh: written(fc.boolean()), private: written(fc.boolean()) }, { requiredKeys: [] }),
  place: fc.constant(place),
  bottles,
});
const removedRoute = bottles.map(
  (names): RouteLayer => ({ reset: true, removed: true, values: {}, place, bottles: names }),
);
const layer: fc.Arbitrary<BottleLayer> = fc.record({
  values: fc.record({ provider: written(fc.constantFrom('p', 'q')) }, { requiredKeys: [] }),
  env: mapOf(written(fc.constantFrom('1', '2'))),
  routes: mapOf(fc.oneof({ weight: 3, arbitrary: openRoute }, { weight: 1, arbitrary: removedRoute })),
});

describe('merging layers', () => {
  it('does not depend on how the merges are grouped', () => {
    fc.assert(
      fc.property(layer, layer, layer, (a, b, c) => {
        const left = mergeLayers(mergeLayers(a, b), c);
        const right = mergeLayers(a, mergeLayers(b, c));
        expect(withoutBottles(left)).toEqual(withoutBottles(right));
      }),
    );
  });

  it('has the empty layer as its unit', () => {
    fc.assert(
      fc.property(layer, (a) => {
        expect(mergeLayers(emptyLayer, a)).toEqual(a);
        expect(mergeLayers(a, emptyLayer)).toEqual(a);
      }),
    );
  });

  it('says the same when the child is merged twice', () => {
    fc.assert(
      fc.property(layer, layer, (a, b) => {
        const once = mergeLayers(a, b);
        expect(mergeLayers(once, b)).toEqual(once);
      }),
    );
  });

  it('lets the last word on each variable win, null too', () => {
    fc.assert(
      fc.property(layer, layer, (a, b) => {
        const merged = mergeLayers(a, b);
        for (const name of new Set([...a.env.keys(), ...b.env.keys()])) {
          expect(merged.env.get(name)).toBe(b.env.get(name) ?? a.env.get(name));
        }
      }),
    );
  });

  it('changes neither layer', () => {
    fc.assert(
      fc.property(layer, layer, (a, b) => {
        const before = structuredClone([a, b]);
        mergeLayers(a, b);
        expect([a, b]).toEqual(before);
      }),
    );
  });
});

/** The order in which bottles are named follows the grouping where one name stands in both; only their set counts. */
function withoutBottles({ values, env, routes }: BottleLayer) {
  return {
    values,
    env,
    routes: [...routes].map(([host, route]) => [host, { ...route, bottles: new Set(route.bottles) }]),
  };
}
