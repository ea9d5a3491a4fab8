import { strict as assert } from 'node:assert';
import { pruned } from '../../src/lib/prune.ts';
import { bestieSchema, everySchema } from '../support/crd.ts';
import { deepFreeze } from '../support/freeze.ts';
import { each } from '../support/table.ts';

describe('lib/prune', () => {
  it('keeps what a map of strings of the spec has, whatever its keys and values are', () => {
    const maps = everySchema(bestieSchema.properties?.spec ?? {}).filter(
      ([, { additionalProperties }]) => additionalProperties !== undefined,
    );
    const names = new Set(maps.map(([path]) => path.replace(/^.*\./, '')));
    assert.ok(names.has('podLabels') && names.has('podAnnotations') && names.has('matchLabels'));
    for (const name of names) {
      const spec = { [name]: { a: '', annotations: '', b: 'x' } };
      assert.deepEqual(pruned(spec), spec);
    }
  });

  each<unknown, unknown>(
    {
      Empties: {
        reason: 'the API server drops them',
        given: { list: [], text: '', nested: { list: [], kept: 1 } },
        want: { nested: { kept: 1 } },
      },
      StringMaps: {
        reason: 'an empty map of strings is dropped',
        given: { labels: {}, nodeSelector: {}, requests: {}, kept: 0 },
        want: { kept: 0 },
      },
      StringMapValues: {
        reason: 'an empty value in a map of strings is not',
        given: { matchLabels: { a: '' } },
        want: { matchLabels: { a: '' } },
      },
      EmptyObjects: { reason: 'an empty selector selects everything', given: { labelSelector: {} }, want: { labelSelector: {} } },
      Falsy: { reason: 'false and 0 say something', given: { a: false, b: 0 }, want: { a: false, b: 0 } },
      Lists: {
        reason: 'elements keep their places',
        given: { values: ['', 'a'], items: [{ text: '' }, { a: 1 }] },
        want: { values: ['', 'a'], items: [{}, { a: 1 }] },
      },
      Scalars: { reason: 'nothing to prune', given: 'x', want: 'x' },
      Null: { reason: 'nulls are another matter', given: { a: null }, want: { a: null } },
    },
    (given, want) => {
      assert.deepEqual(pruned(deepFreeze(given)), want);
    },
  );
});
