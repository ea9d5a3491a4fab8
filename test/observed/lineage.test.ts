import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { dataChanges, lineage, lineageChange } from '../../src/observed/lineage.ts';
import { databaseId, historyIsUnknown, isUntouched, recorded, seeds } from '../../src/observed/migrations.ts';
import { pgoStatus, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { recorded as rerecorded } from '../support/upgrades.ts';
import { ago, carriedOut, manifestOf, observe, patched, said, syncOf, type Loose, type World } from '../support/world.ts';

const SYSTEM = '7400000000000000001';
const USERS = pgoStatus.usable.usersRevision;
const database = (w: World, status: Loose): World => patched(w, 'PostgresCluster', { status });
const restored = (id: string, rest: Loose = {}): Loose => ({ pgbackrest: { restore: { id, finished: true, succeeded: 1, ...rest } } });
const system = (systemIdentifier: string | undefined): Loose => ({ patroni: { systemIdentifier } });
const progress = { conditions: [{ type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore' }] };
/** On record: that system, and no restore. */
const known = (note: Loose = { system: SYSTEM }): World =>
  rerecorded(ready(), 'PostgresCluster', { metadata: { annotations: { [annotations.lineage]: JSON.stringify(note) } } });
/** Made by a release that records no lineage. */
const former = (): World => {
  const none = { metadata: { annotations: { [annotations.lineage]: undefined } } };
  return patched(rerecorded(ready(), 'PostgresCluster', none), 'PostgresCluster', none);
};
/** The database has been ready for that many seconds, by the last status. */
const readySince = (w: World, seconds: number, status = 'True', ...more: Loose[]): World => {
  const ready = { type: 'DatabaseReady', status, reason: 'Usable', message: '', lastTransitionTime: ago(seconds) };
  return { ...w, parent: { ...w.parent, status: { conditions: [ready, ...more] } } };
};
const pausedSince = (seconds: number, status = 'True'): Loose => ({
  type: 'Paused',
  status,
  reason: 'Paused',
  message: '',
  lastTransitionTime: ago(seconds),
});
const NAMESPACE_OWNER = { apiVersion: 'v1', kind: 'Namespace', name: 'pets', uid: 'n' };

describe('observed/lineage', () => {
  describe('whether the data was replaced', () => {
    each<World, string | undefined>(
      {
        Same: { reason: 'nothing happened', given: known(), want: undefined },
        Restored: { reason: 'another restore has ended', given: database(known(), restored('one')), want: 'restored' },
        Known: { reason: 'that restore is on record', given: database(known({ restore: 'one' }), restored('one')), want: undefined },
        Next: { reason: 'and this is another', given: database(known({ restore: 'one' }), restored('two')), want: 'restored' },
        Failed: {
          reason: 'a restore that failed leaves unknown data',
          given: database(known(), restored('one', { succeeded: undefined, failed: 7 })),
          want: 'restored',
        },
        BrokenOff: {
          reason: 'one that was called off while it ran, as well',
          given: database(known(), restored('one', { finished: false, succeeded: undefined, active: 1 })),
          want: 'restored',
        },
        Running: {
          reason: 'one that runs has its turn when it has ended',
          given: database(known(), { ...restored('one', { finished: false, active: 1 }), ...progress, patroni: undefined }),
          want: undefined,
        },
        OtherSystem: {
          reason: 'another database under that name',
          given: database(known(), system('7400000000000000099')),
          want: 'replaced',
        },
        NoSystem: { reason: 'the moment in which none is known says nothing', given: database(known(), system('')), want: undefined },
        NoPatroni: { reason: 'the same', given: database(known(), { patroni: null }), want: undefined },
        SystemNotRecorded: { reason: 'there is nothing to compare with', given: known({}), want: undefined },
        Failover: {
          reason: 'another instance leads, on another timeline: the system and the last restore are the same',
          given: database(known(), { instances: [{ name: 'pg', replicas: 2, readyReplicas: 1, updatedReplicas: 2 }] }),
          want: undefined,
        },
        Disowned: {
          reason: 'a person says so',
          given: patched(known(), 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: 'unknown' } } }),
          want: 'disowned',
        },
        Unreadable: {
          reason: 'no record',
          given: rerecorded(ready(), 'PostgresCluster', { metadata: { annotations: { [annotations.lineage]: 'null' } } }),
          want: undefined,
        },
        FormerAndQuiet: { reason: 'a database of a former release', given: former(), want: undefined },
        FormerAndSeen: {
          reason: 'a restore that the former release saw made the database unready meanwhile',
          given: readySince(database(former(), restored('one', { completionTime: ago(600) })), 500),
          want: undefined,
        },
        FormerAndUnseen: {
          reason: 'no release was looking when it ended',
          given: readySince(database(former(), restored('one', { completionTime: ago(600) })), 3000),
          want: 'restored',
        },
        FormerAndUnready: {
          reason: 'the former release saw it begin, and not the database come up again',
          given: readySince(database(former(), restored('one', { completionTime: ago(60) })), 300, 'False'),
          want: 'restored',
        },
        FormerAndPaused: {
          reason: 'the Bestie was paused before, and is resumed now: nothing was done about it',
          given: readySince(database(former(), restored('one', { completionTime: ago(600) })), 500, 'True', pausedSince(900)),
          want: 'restored',
        },
        FormerAndResumed: {
          reason: 'it was paused later, or is not any more',
          given: readySince(
            database(former(), restored('one', { completionTime: ago(600) })),
            500,
            'True',
            pausedSince(900, 'False'),
            pausedSince(300),
          ),
          want: undefined,
        },
        FormerWithoutOwners: {
          reason: 'a record that names no owner does not say that it was another one',
          given: rerecorded(readySince(database(former(), restored('one', { completionTime: ago(600) })), 500), 'PostgresCluster', {
            metadata: { ownerReferences: null },
          }),
          want: undefined,
        },
        FormerAndOthers: {
          reason: 'it was restored while it had no Bestie, before it was attached',
          given: rerecorded(database(former(), restored('one')), 'PostgresCluster', { metadata: { ownerReferences: [NAMESPACE_OWNER] } }),
          want: 'restored',
        },
      },
      (given, want) => {
        const o = observe(given);
        assert.equal(lineageChange(o), want);
        assert.equal(dataChanges(o), want === undefined ? 0 : 1);
        assert.equal(historyIsUnknown(o), want !== undefined);
        if (want === undefined) return;
        assert.deepEqual(recorded(o), []);
        assert.equal(seeds(o), false);
        assert.equal(isUntouched(o), false);
        assert.match(databaseId(o) ?? '', /\/1$/);
        assert.equal((manifestOf(syncOf(given), 'Deployment')?.spec as { replicas: number }).replicas, 0);
        assert.match(said(syncOf(given), 'DeploymentReady') ?? '', /^False MigrationHistoryUnknown/);
      },
    );
  });

  describe('what is recorded', () => {
    it('comes with the list of migrations, and stays as it is', () => {
      const lists = [usable(), ready()].map((w) => lineage(false, observe(w)));
      assert.deepEqual(lists, [undefined, { system: SYSTEM, changes: 0, writes: 0, givenUp: [] }]);
    });

    it('is nothing for a Bestie of a former release that is left alone', () => {
      assert.equal(lineage(false, observe(former())), undefined);
    });

    it('is something to compare with, once a restore runs', () => {
      const running = database(former(), { ...restored('one', { finished: false, active: 1 }), ...progress, patroni: undefined });
      assert.deepEqual(lineage(false, observe(running)), { changes: 0, writes: 0, givenUp: [] });
      const after = database(carriedOut(running), { ...restored('one'), patroni: undefined, conditions: [] });
      assert.deepEqual(lineage(false, observe(after)), { restore: 'one', users: USERS, changes: 1, writes: 1, givenUp: [] });
    });

    it('is nothing of a restore that failed before it was first seen: what it left is started once it is taken back', () => {
      const failed = { ...restored('one', { finished: true, succeeded: undefined, failed: 7 }), ...progress, patroni: undefined };
      const asked = {
        metadata: { annotations: { 'postgres-operator.crunchydata.com/pgbackrest-restore': 'one' } },
        spec: { backups: { pgbackrest: { restore: { enabled: true } } } },
      };
      const seen = carriedOut(patched(database(former(), failed), 'PostgresCluster', asked));
      assert.match(said(syncOf(patched(seen, 'PostgresCluster', asked)), 'DeploymentReady') ?? '', /^False Restoring/);
      const takenBack = database(seen, system(SYSTEM));
      assert.equal(lineageChange(observe(takenBack)), 'restored');
    });

    it('keeps what was known while the database does not say it', () => {
      const comingUp = lineage(false, observe(database(known(), { ...restored('one'), patroni: null })));
      assert.deepEqual([comingUp?.system, comingUp?.restore, comingUp?.changes], [SYSTEM, 'one', 1]);
      const written = lineage(true, observe(known({ system: SYSTEM, restore: 'one' })));
      assert.deepEqual([written?.system, written?.restore, written?.changes], [SYSTEM, 'one', 0]);
    });

    it('counts every change once', () => {
      const once = carriedOut(database(known(), restored('one')));
      const twice = carriedOut(database(once, restored('two')));
      assert.deepEqual(
        [once, twice].map((w) => [dataChanges(observe(w)), dataChanges(observe(carriedOut(w)))]),
        [
          [1, 1],
          [2, 2],
        ],
      );
    });
  });

  it('stays unknown where a person writes an empty list over it: the application must not run meanwhile', () => {
    const unknown = carriedOut(database(known(), restored('one')));
    const emptied = patched(unknown, 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: '[]' } } });
    assert.deepEqual(
      [unknown, emptied].map((w) => historyIsUnknown(observe(w))),
      [true, true],
    );
  });

  it('makes a database that nothing was migrated on, and whose data was replaced, one that is neither seeded nor emptied', () => {
    const note = { metadata: { annotations: { [annotations.lineage]: JSON.stringify({ system: SYSTEM }) } } };
    const fresh = patched(rerecorded(usable(), 'PostgresCluster', note), 'PostgresCluster', note);
    const replaced = database(fresh, system('7400000000000000099'));
    assert.deepEqual(
      [fresh, replaced].map((w) => [seeds(observe(w)), isUntouched(observe(w))]),
      [
        [true, true],
        [false, false],
      ],
    );
  });

  describe('makes PGO write the role again after each change, by options that the role has anyway', () => {
    const options = (w: World): unknown =>
      (manifestOf(syncOf(w), 'PostgresCluster')?.spec as { users: { options?: string }[] }).users[0]?.options;
    const once = carriedOut(database(known(), restored('one')));
    const again = (w: World, id: string, usersRevision: string): World => carriedOut(database(w, { ...restored(id), usersRevision }));

    it('in turn, once it has done so', () => {
      const twice = again(once, 'two', 'second');
      assert.deepEqual([options(known()), options(once), options(twice)], [undefined, 'INHERIT', 'NOBYPASSRLS']);
    });

    it('and by the same while it has not: what it wrote before, it would not write again', () => {
      const twice = again(once, 'two', 'second');
      const thrice = again(twice, 'three', 'second');
      assert.deepEqual([options(thrice), dataChanges(observe(thrice))], ['NOBYPASSRLS', 3]);
      assert.equal(options(again(thrice, 'four', 'third')), 'INHERIT');
    });
  });
});
