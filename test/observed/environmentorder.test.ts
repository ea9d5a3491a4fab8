import { strict as assert } from 'node:assert';
import { misordered, referencesOf } from '../../src/observed/environmentorder.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { carriedOut, childOf, conditionOf, edited, patched, said, syncOf, world, type Loose, type World } from '../support/world.ts';

const A = { name: 'A', value: 'x-$(B)' };
const B = { name: 'B', value: 'y' };

interface Spec {
  template: { spec: { containers: (Loose & { env: { name: string }[] })[] } };
}

/** The live Deployment has its variables in that order, the others before them. */
function live(w: World, ...names: string[]): World {
  const { template } = childOf(w, 'Deployment').spec as Spec;
  const containers = template.spec.containers.map((container) => {
    const named = names.flatMap((name) => container.env.filter((variable) => variable.name === name));
    return { ...container, env: [...container.env.filter(({ name }) => !names.includes(name)), ...named] };
  });
  return patched(w, 'Deployment', { spec: { template: { spec: { containers } } } });
}

describe('observed/environmentorder', () => {
  each<string, string[]>(
    {
      None: { reason: 'plain text', given: 'a $B ${B}', want: [] },
      One: { reason: 'a reference', given: 'a$(B)c', want: ['B'] },
      Two: { reason: 'two of them', given: '$(B)$(C)', want: ['B', 'C'] },
      Escaped: { reason: 'a doubled dollar sign is a dollar sign', given: '$$(B)', want: [] },
      EscapedTwice: { reason: 'and then a reference', given: '$$$(B)', want: ['B'] },
      Open: { reason: 'never closed', given: '$(B', want: [] },
    },
    (given, want) => {
      assert.deepEqual(referencesOf(given), want);
    },
  );

  each<[live: Loose[], wanted: Loose[]], boolean>(
    {
      Same: {
        reason: 'the reference is resolved in both',
        given: [
          [B, A],
          [B, A],
        ],
        want: false,
      },
      Later: {
        reason: 'it is not resolved there',
        given: [
          [A, B],
          [B, A],
        ],
        want: true,
      },
      Earlier: {
        reason: 'it is resolved there, and must not be',
        given: [
          [B, A],
          [A, B],
        ],
        want: true,
      },
      NotYet: { reason: 'an edit that is not applied yet', given: [[A], [B, A]], want: false },
      Unknown: { reason: 'a variable that is nowhere', given: [[A], [A]], want: false },
      Apart: {
        reason: 'no reference between them',
        given: [
          [B, { name: 'C', value: 'z' }],
          [{ name: 'C', value: 'z' }, B],
        ],
        want: false,
      },
    },
    ([there, wanted], want) => {
      assert.equal(misordered(there as never, wanted as never) !== undefined, want);
    },
  );

  describe('of a Deployment', () => {
    const w = ready(world({ env: [B, A] }));

    it('is as it should be where the lists agree', () => {
      assert.equal(said(syncOf(live(w, 'B', 'A')), 'DeploymentReady'), 'True RolledOut');
    });

    it('is reported where a variable means something else than in the spec, with the command that fixes it', () => {
      const answer = syncOf(live(w, 'A', 'B'));
      assert.equal(said(answer, 'DeploymentReady'), 'False EnvironmentOutOfOrder');
      assert.equal(said(answer, 'Stalled'), 'True EnvironmentOutOfOrder');
      assert.match(
        conditionOf(answer, 'DeploymentReady')?.message ?? '',
        /^variable A refers to B, .*: kubectl -n pets delete deployment bestie-app --cascade=orphan --wait=false$/,
      );
    });

    it('is over when the Deployment is created again', () => {
      const gone = { ...w, children: w.children.filter(({ kind }) => kind !== 'Deployment') };
      assert.notEqual(said(syncOf(carriedOut(gone)), 'DeploymentReady'), 'False EnvironmentOutOfOrder');
    });

    it('counts for the variables of the operator as well', () => {
      const dsn = { name: 'DSN', value: 'postgres://$(DB_ADDR)' };
      const given = ready(world({ env: [dsn] }));
      assert.equal(said(syncOf(live(given, 'DSN', 'DB_ADDR')), 'DeploymentReady'), 'False EnvironmentOutOfOrder');
      assert.equal(said(syncOf(edited(given, { size: 2 })), 'Stalled'), 'False NotStalled');
    });
  });
});
