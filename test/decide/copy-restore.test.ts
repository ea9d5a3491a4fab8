/** Restores of a database that is a copy. */
import { strict as assert } from 'node:assert';
import { at, made, sentSource } from '../support/copies.ts';
import { recordOf, requestedId } from '../support/restores.ts';
import { each } from '../support/table.ts';
import { ago, carriedOut, conditionOf, edited, patched, syncOf, type Loose, type World } from '../support/world.ts';

const asked = (w: World, target: Loose, rest: Loose = {}): World => edited(w, { restore: { id: 'tuesday', target, ...rest } });
const running = (): World => carriedOut(at('running'));

describe('decide/restore of a copy', () => {
  each<World, readonly [reason: string, message: RegExp]>(
    {
      WhileCopying: {
        reason: 'it waits',
        given: asked(running(), { latest: true }),
        want: ['RestorePending', /waiting for the copy that the database is made from to end$/],
      },
      ToAMomentWhileCopying: {
        reason: 'the copy has no past',
        given: asked(running(), { time: ago(30) }),
        want: ['RestoreRefused', /that is before the database was created, at 2026-01-01T12:00:00Z/],
      },
      ToBeforeTheCopy: {
        reason: 'that is in the backups of its source',
        given: asked(made(), { time: ago(21) }),
        want: ['RestoreRefused', /that is before the database was created, at 2026-01-01T11:59:40Z/],
      },
      ToAfterTheCopy: { reason: 'its own history', given: asked(made(), { time: ago(19) }, { backup: 'Skip' }), want: ['Restoring', /.*/] },
      WithASourceOfOthers: {
        reason: 'PGO would make it anew afterwards',
        given: asked(
          patched(made(), 'PostgresCluster', { spec: { dataSource: { postgresCluster: { clusterName: 'a', repoName: 'repo1' } } } }),
          {
            latest: true,
          },
        ),
        want: ['RestoreRefused', /has a dataSource, from which PGO would make it anew after the restore; remove it first/],
      },
    },
    (given, [reason, message]) => {
      const found = conditionOf(syncOf(given), 'Restored');
      assert.equal(found?.reason, reason, found?.message);
      assert.match(found.message, message);
    },
  );

  it('requests nothing while the copy is made, and does not take the database for one that is down', () => {
    const answer = syncOf(asked(running(), { latest: true }));
    assert.notEqual(sentSource(answer), undefined);
    assert.equal(requestedId(answer), undefined);
    assert.deepEqual([recordOf(answer)?.current?.stage, recordOf(answer)?.current?.isUnbacked], ['Requested', undefined]);
  });
});
