import { strict as assert } from 'node:assert';
import { decodeSpec } from '../../src/spec/decodespec.ts';
import { deepFreeze } from '../support/freeze.ts';
import { ready } from '../support/stages.ts';
import { finalizeOf, syncOf, world } from '../support/world.ts';

describe('spec/decodespec', () => {
  it('gives the same answer to the same question, which no plan changes', () => {
    const w = ready(world({ size: 2, maxReplicas: 4, env: [{ name: 'A', value: 'b' }] }));
    deepFreeze(decodeSpec(w.parent, undefined));
    assert.equal(decodeSpec(structuredClone(w.parent), undefined), decodeSpec(w.parent, undefined));
    // A plan that wrote into a frozen spec would throw.
    assert.ok(syncOf(w).children.length > 0);
    assert.ok(finalizeOf(w).children.length > 0);
  });

  it('distinguishes requests by name, spec and database', () => {
    const { parent } = world({ size: 1 });
    const other = { ...parent, metadata: { ...parent.metadata, name: `${'a'.repeat(63)}b` } };
    assert.deepEqual(decodeSpec(parent, undefined).invalid, []);
    assert.equal(decodeSpec(other, undefined).invalid.length, 1);
    assert.equal(decodeSpec(parent, { postgresVersion: 12 }).invalid.length, 1);
  });

  it('refuses a spec by its schema first, and gives it back as it is', () => {
    const { spec, invalid } = decodeSpec(world().parent, undefined);
    assert.deepEqual([invalid, typeof spec.size], [[], 'number']);
    const wrong = decodeSpec({ ...world().parent, spec: { size: 'two' } }, undefined);
    assert.match(wrong.invalid.join(), /^spec\/size /);
  });
});
