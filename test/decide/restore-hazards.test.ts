/** What comes in the way of a restore between its request and the database operator. */
import { strict as assert } from 'node:assert';
import {
  armed,
  asked,
  blockOf,
  recording,
  recordOf,
  requestedId,
  requestOf,
  restore,
  restoreOf,
  stopped,
  takenBack,
  TUESDAY,
} from '../support/restores.ts';
import { backup, jobStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { armedBy, B, jobReports, later, settled } from '../support/upgrades.ts';
import { ago, carriedOut, conditionOf, edited, manifestOf, patched, syncOf, UID, type Loose, type World } from '../support/world.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { outcomeOf } from '../../src/observed/restorerecord.ts';
import { hash8 } from '../../src/lib/hash.ts';

const outcome = (id: string, w: World): string | undefined => outcomeOf(id, recordOf(syncOf(w)) ?? { ended: [] });
const cloned = (w: World): World => patched(w, 'PostgresCluster', { spec: { dataSource: { postgresCluster: { clusterName: 'other' } } } });

/** An upgrade whose migrations have failed, with the backup before them to be restored. */
const quiet = stopped(carriedOut(edited(ready(), { version: '1.4', upgrade: { onFailure: 'Restore' } })));
const ID = armedBy(quiet) ?? '';
const broken = jobReports(carriedOut(backup(carriedOut(quiet), 'succeeded', ago(60))), B, jobStatus.failed);
const shut = (w: World, shutdown: boolean): World => patched(w, 'PostgresCluster', { spec: { shutdown } });
/** Its restore is on record, and waits for a database that a user has shut down. */
const waiting = shut(carriedOut(shut(broken, true)), false);
const scheduled = (run: Loose): World =>
  patched(waiting, 'PostgresCluster', {
    status: { pgbackrest: { scheduledBackups: [{ cronJobName: 'c', repo: 'repo1', type: 'incr', startTime: ago(40), ...run }] } },
  });

const bucket = { name: 'repo2', s3: { bucket: 'b', endpoint: 's3.example.com', region: 'eu' }, credentialsSecret: 'bucket' };
const inBucket = asked(edited(ready(), { database: { backups: { repos: [{ name: 'repo1', volume: {} }, bucket] } } }), {
  id: 'tuesday',
  repository: 'repo2',
  target: { backup: '20990101-000000F' },
});

describe('decide/restore: what comes in the way of a request', () => {
  describe('of the backup before a failed migration', () => {
    each<World, { requested: boolean; outcome?: string }>(
      {
        Nothing: { reason: 'it is restored', given: waiting, want: { requested: true } },
        LaterBackup: {
          reason: 'the newest backup holds by now what the migrations have done',
          given: scheduled({ completionTime: ago(20), succeeded: 1 }),
          want: { requested: false, outcome: 'CalledOff' },
        },
        LaterBackupRuns: {
          reason: 'it would be the newest one',
          given: scheduled({ active: 1 }),
          want: { requested: false, outcome: 'CalledOff' },
        },
        LaterBackupFailed: {
          reason: 'it holds nothing',
          given: scheduled({ failed: 7 }),
          want: { requested: true },
        },
        Source: {
          reason: 'PGO would make the database anew from it, once the restore has ended',
          given: cloned(broken),
          want: { requested: false, outcome: 'Refused' },
        },
      },
      (given, want) => {
        const ended = outcome(ID, given);
        const requested = requestedId(syncOf(given)) !== undefined;
        assert.deepEqual({ requested, ...(ended !== undefined && { outcome: ended }) }, want);
      },
    );

    it('which is said', () => {
      const after = settled(cloned(broken));
      assert.match(
        conditionOf(syncOf(after), 'UpgradeFailed')?.message ?? '',
        /; the backup before it is not restored, as with onFailure Halt/,
      );
      assert.match(restoreOf(after)?.message ?? '', /has a dataSource, .* remove it first: kubectl/);
    });
  });

  describe('of a user', () => {
    const requested = carriedOut(inBucket);
    each<World, string | undefined>(
      {
        Nothing: { reason: 'it goes on', given: requested, want: undefined },
        Repository: {
          reason: 'PGO would stop the database first, and then find no repository',
          given: edited(requested, { database: { backups: { repos: [{ name: 'repo1', volume: {} }] } } }),
          want: 'Refused',
        },
        Source: { reason: 'PGO would make the database anew', given: cloned(requested), want: 'Refused' },
      },
      (given, want) => {
        assert.equal(outcome('tuesday', given), want);
      },
    );
  });

  describe('is sent again however often others', () => {
    const pgbackrest = (restore: Loose | undefined): Loose => ({ spec: { backups: { pgbackrest: { restore } } } });
    const annotated = (id: string | undefined): Loose => ({ metadata: { annotations: { [RESTORE_ANNOTATION]: id } } });
    each<Loose, undefined>(
      {
        Annotation: { reason: 'take it away', given: annotated(undefined), want: undefined },
        Other: { reason: 'request one by hand: a new id in the spec is the way', given: annotated('by-hand'), want: undefined },
        Off: { reason: 'switch it off', given: pgbackrest({ enabled: false }), want: undefined },
        Block: { reason: 'take its options away', given: pgbackrest(undefined), want: undefined },
        Options: { reason: 'change its target', given: pgbackrest({ options: ['--type=default'] }), want: undefined },
        Ancestor: { reason: 'take everything about backups away', given: { spec: { backups: undefined } }, want: undefined },
      },
      (given) => {
        const begun = restore(armed(), 'running');
        const asBefore = syncOf(begun);
        const fought = Array.from({ length: 5 }).reduce<World>((w) => patched(carriedOut(w), 'PostgresCluster', given), begun);
        for (const w of [fought, later(fought, 10_800)]) {
          const answer = syncOf(w);
          assert.deepEqual([requestedId(answer), blockOf(answer)], [requestOf('tuesday'), blockOf(asBefore)]);
          assert.equal(answer.status.contestedFields, undefined);
          assert.equal(answer.status.restore?.phase, 'Restoring');
          assert.match(restoreOf(w)?.message ?? '', /others have changed its request/);
        }
      },
    );

    it('but no longer than it stands', () => {
      const after = patched(settled(takenBack(), 2), 'PostgresCluster', annotated('by-hand'));
      assert.equal(requestedId(syncOf(after)), undefined);
    });
  });

  it('is never that 128 others have ended since, while the id is in the spec', () => {
    const others = [...Array(127).keys()].map((id) => [hash8(id), 'CalledOff']);
    const ended = [[hash8('tuesday'), 'Succeeded'], ...others];
    const done = recording(asked(ready(), TUESDAY), { by: UID.slice(0, 8), ended });
    // One more: an upgrade that needed no restore, and then one after the other.
    const after = [...Array(3).keys()].reduce<World>((w, round) => {
      const record = recordOf(syncOf(w));
      assert.ok(record && record.ended.length <= 128);
      const more = { ...record, ended: [...record.ended, [hash8(`more ${round}`), 'CalledOff']] };
      return carriedOut(recording(w, more));
    }, done);
    assert.equal(outcome('tuesday', after), 'Succeeded');
    assert.notEqual(requestedId(syncOf(after)), requestOf('tuesday'));
    assert.equal(recordOf(syncOf(after))?.current, undefined);
  });

  it('is of the version, which is refused only on the data that comes back', () => {
    const lower = (w: World): World => edited(w, { version: '1.2' });
    const shown = (w: World): unknown[] => [conditionOf(syncOf(w), 'UpgradeFailed')?.status, syncOf(w).status.upgrade?.phase];
    assert.deepEqual(shown(lower(ready())), ['True', 'Refused']);
    for (const w of [asked(lower(ready())), carriedOut(asked(lower(ready())))]) assert.deepEqual(shown(w), ['False', undefined]);
    const image = (w: World): string => JSON.stringify(manifestOf(syncOf(w), 'Deployment')?.spec);
    assert.match(image(asked(lower(ready()))), /bestie:1\.3"/, 'what runs stays until then');
  });

  it('keeps why a request is refused while the record of that is not seen yet', () => {
    const late = asked(ready(), { id: 'late', target: { time: '2030-01-01T00:00:00Z' } });
    const first = syncOf(late).status;
    const message = (w: World): string => conditionOf(syncOf(w), 'Restored')?.message ?? '';
    const again: World = { ...late, parent: { ...late.parent, status: first } };
    assert.match(message(late), /that moment has not come yet/);
    assert.equal(message(again), message(late));
  });
});
