import { strict as assert } from 'node:assert';
import { armed, asked, phaseOf, recording, recordOf, requestedId, requestOf, restore } from '../support/restores.ts';
import { pgoStatus, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { armedBy, later, recorded, reporting, settled, statusLost } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  conditionOf,
  manifestOf,
  overlaid,
  patched,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../support/world.ts';
import { annotations } from '../../src/api/names.ts';
import { beginOf } from '../../src/database/backuplabel.ts';
import { utc } from '../../src/lib/time.ts';
import { hash8 } from '../../src/lib/hash.ts';

const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const twoRepositories = (): World =>
  ready(
    world({
      database: {
        backups: {
          repos: [
            { name: 'repo1', volume: {} },
            { name: 'repo2', s3 },
          ],
        },
      },
    }),
  );
/** The world whose status has these ends of backups on record, by repository, in seconds before now. */
const recordedIn = (w: World, ends: Readonly<Record<string, readonly number[]>>): World => ({
  ...w,
  parent: overlaid(w.parent, {
    status: {
      backup: {
        repositories: Object.entries(ends).map(([name, all]) => ({
          name,
          backups: all.map((seconds) => ({ completedAt: ago(seconds) })),
        })),
      },
    },
  }),
});
const two = (...ends: number[]): World => recordedIn(twoRepositories(), { repo2: ends });
const of = (w: World, target: Loose, more: Loose = {}): World => asked(w, { id: 'tuesday', target, ...more });
const at = (seconds: number): Loose => ({ time: ago(seconds) });
const second = { repository: 'repo2' };
/** A restore ended so many seconds ago. */
const restoredAgo = (w: World, seconds: number): World =>
  recording(w, { by: '6f1c0de5', ended: [], restoredAt: ago(seconds), givenUp: [] });
const sourced = (dataSource: Loose): World => patched(ready(), 'PostgresCluster', { spec: { dataSource } });
const postgres = { postgresCluster: { clusterName: 'other', repoName: 'repo1' } };
const tenEnds = [1500, 1400, 1300, 1200, 1100, 1000, 900, 800, 700, 600];

/** The sentence between what is refused and what can be done, undefined where it is not refused. */
function whyNot(w: World): string | undefined {
  const { status, reason, message = '' } = conditionOf(syncOf(w), 'Restored') ?? {};
  if (reason !== 'RestoreRefused') return undefined;
  assert.equal(status, 'False');
  const [, why] =
    /^restore tuesday to .* is refused, and nothing was changed: (.*); request what is possible under a new id$/.exec(message) ?? [];
  assert.ok(why, message);
  return why;
}

describe('decide/restore: what is known to be impossible', () => {
  describe('is refused, and its nearest neighbour is tried', () => {
    each<World, string | RegExp | undefined>(
      {
        RepositoryMissing: {
          reason: 'PGO would tear down first and stand still then',
          given: of(ready(), at(600), second),
          want: 'database.backups.repos has no repo2',
        },
        RepositoryThere: { reason: 'it is in the spec', given: of(two(900), at(600), second), want: undefined },
        RepositoryNamed: { reason: 'the first by its name', given: of(ready(), at(600), { repository: 'repo1' }), want: undefined },
        Future: {
          reason: 'Postgres would end before it',
          given: of(ready(), at(-1)),
          want: 'that moment has not come yet; it is 2026-01-01T12:00:00Z by the clock of the operator',
        },
        Now: { reason: 'it has come', given: of(ready(), at(0)), want: undefined },
        FutureElsewhere: {
          reason: 'a moment is the same in each zone',
          given: of(ready(), { time: '2026-01-01T12:30:00+01:00' }),
          want: undefined,
        },
        FutureByZone: {
          reason: 'the same',
          given: of(ready(), { time: '2026-01-01T11:30:00-01:00' }),
          want: /^that moment has not come yet/,
        },
        NoDay: {
          reason: 'V8 would take it for another one',
          given: of(ready(), { time: '2025-02-30T11:00:00Z' }),
          want: '2025-02-30T11:00:00Z is a day that no calendar has',
        },
        NoLeapDay: {
          reason: 'there is none in 2025',
          given: of(ready(), { time: '2025-02-29T23:00:00-05:00' }),
          want: '2025-02-29T23:00:00-05:00 is a day that no calendar has',
        },
        BeforeCreation: {
          reason: 'there was no database',
          given: of(ready(), at(1801)),
          want: 'that is before the database was created, at 2026-01-01T11:30:00Z',
        },
        Adopted: {
          reason: 'another Bestie has made the database, perhaps anew around older data',
          given: of(
            recorded(ready(), 'PostgresCluster', { metadata: { annotations: { [annotations.incarnation]: 'deadbeef' } } }),
            at(1801),
          ),
          want: undefined,
        },
        Bootstrapped: {
          reason: 'its data came from elsewhere, and may be older',
          given: of(
            patched(ready(), 'PostgresCluster', {
              status: { pgbackrest: { restore: { id: '~pgo-bootstrap-bestie-pgo', finished: true, succeeded: 1 } } },
            }),
            at(1801),
          ),
          want: undefined,
        },
        AtCreation: { reason: 'what is not known is tried', given: of(ready(), at(1800)), want: undefined },
        BackupBeforeCreation: {
          reason: 'a label that is none of this database',
          given: of(ready(), { backup: '20251231-112959F' }),
          want: 'that is before the database was created, at 2026-01-01T11:30:00Z',
        },
        BackupOfAnyZone: {
          reason: 'a label has the time of its host, in whatever zone',
          given: of(ready(), { backup: '20251231-113000F' }),
          want: undefined,
        },
        BackupOfLater: {
          reason: 'its full one may be old, itself it is not',
          given: of(ready(), { backup: '20251231-112959F_20260101-110000I' }),
          want: undefined,
        },
        BackupOfNoDay: { reason: 'no time, so pgBackRest is asked', given: of(ready(), { backup: '20251331-112959F' }), want: undefined },
        NoData: {
          reason: 'the first backup is not known to be there',
          given: asked(usable()),
          want: /^no backup into repo1 is known to have succeeded; if there is an earlier one, restore it by its label, as target\.backup; this shows them: kubectl -n pets exec bestie-pgo-repo-host-0 -c pgbackrest -- pgbackrest info$/,
        },
        FirstBackup: { reason: 'the first repository has one from the creation', given: of(ready(), at(600)), want: undefined },
        NoBackupInSecond: {
          reason: 'no other repository has one of its own accord',
          given: of(two(), at(600), second),
          want: /^no backup into repo2 is known to have succeeded/,
        },
        LatestOfNoBackup: {
          reason: 'the same',
          given: of(two(), { latest: true }, second),
          want: /^no backup into repo2 is known to have succeeded/,
        },
        BackupInSecond: { reason: 'one is on record', given: of(two(900), { latest: true }, second), want: undefined },
        BeforeRecord: {
          reason: 'nothing older is kept, as far as is on record',
          given: of(two(900, 300), at(901), second),
          want: /^that is before the oldest backup into repo2 that status\.backup shows; if there is an earlier one, /,
        },
        AtRecord: { reason: 'it may just do', given: of(two(900, 300), at(900), second), want: undefined },
        LabelBeforeRecord: {
          reason: 'who names a label has seen it',
          given: of(two(900), { backup: '20260101-113100F' }, second),
          want: undefined,
        },
        RecordCut: {
          reason: 'the record is cut, so older ones may be there',
          given: of(two(...tenEnds), at(1600), second),
          want: undefined,
        },
        BeforeRecordOfFirst: {
          reason: 'its backup from the creation is on no record',
          given: of(recordedIn(ready(), { repo1: [300] }), at(600)),
          want: undefined,
        },
        DataSource: {
          reason: 'PGO would make the database anew from it afterwards',
          given: asked(sourced(postgres)),
          want: /^PostgresCluster bestie-pgo has a dataSource, .*; remove it first: kubectl -n pets patch postgrescluster bestie-pgo --type json -p /,
        },
        DataSourceOfBucket: { reason: 'the same', given: asked(sourced({ pgbackrest: { stanza: 'db' } })), want: /has a dataSource/ },
        DataSourceOfVolume: { reason: 'PGO reads that once', given: asked(sourced({ volumes: {} })), want: undefined },
        DataSourceEmpty: { reason: 'nothing is named', given: asked(sourced({})), want: undefined },
      },
      (given, want) => {
        const why = whyNot(given);
        if (want instanceof RegExp) assert.match(why ?? '', want);
        else assert.equal(why, want);
      },
    );
  });

  describe('after a restore, without a backup of the new history to begin from', () => {
    const restored = (...ends: number[]): World => restoredAgo(recordedIn(ready(), { repo1: ends }), 600);
    const restoredTwo = (...ends: number[]): World => restoredAgo(two(...ends), 600);
    const refusal =
      /^the data was replaced at 2026-01-01T11:50:00Z, and no backup into repo[12] has succeeded since, .*; choose a moment before that restore, or another backup$/;
    const downNow = (w: World): World => reporting(w, 'PostgresCluster', { ...pgoStatus.usable, instances: [{ name: 'pg', replicas: 1 }] });
    each<World, RegExp | undefined>(
      {
        Latest: { reason: 'the backup before this restore will do', given: of(restored(900), { latest: true }), want: undefined },
        LatestWithout: { reason: 'there will be none', given: of(restored(900), { latest: true }, { backup: 'Skip' }), want: refusal },
        LatestDown: { reason: 'none can be taken', given: of(downNow(restored(900)), { latest: true }), want: refusal },
        LatestOfSecond: { reason: 'it is taken into the first one', given: of(restoredTwo(900), { latest: true }, second), want: refusal },
        LatestSince: { reason: 'there is one', given: of(restored(900, 500), { latest: true }, { backup: 'Skip' }), want: undefined },
        LatestAtTheSameTime: {
          reason: 'one that ended with the restore is of no history for sure',
          given: of(restored(600), { latest: true }, { backup: 'Skip' }),
          want: refusal,
        },
        MomentSince: { reason: 'the backup before this restore is later', given: of(restored(900), at(300)), want: refusal },
        MomentBeforeBackup: { reason: 'it is between the two', given: of(restored(900, 200), at(300)), want: refusal },
        MomentAfterBackup: { reason: 'one is between', given: of(restored(900, 400), at(300)), want: undefined },
        MomentOfRestore: { reason: 'on the former history', given: of(restored(900), at(600)), want: undefined },
        MomentBefore: { reason: 'the same', given: of(restored(900), at(700)), want: undefined },
        Backup: { reason: 'pgBackRest knows its history', given: of(restored(900), { backup: '20260101-114000F' }), want: undefined },
        ByHand: {
          reason: 'a restore of a person gives up a history, too',
          given: of(restore(recordedIn(ready(), { repo1: [900] }), 'up', 'by-hand'), at(20)),
          want: /^the data was replaced at 2026-01-01T11:59:30Z/,
        },
        ByHandBefore: {
          reason: 'what was before it is there',
          given: of(restore(recordedIn(ready(), { repo1: [900] }), 'up', 'by-hand'), at(40)),
          want: undefined,
        },
      },
      (given, want) => {
        const why = whyNot(given);
        if (want === undefined) assert.equal(why, undefined);
        else assert.match(why ?? '', want);
      },
    );
  });

  it('changes nothing: the application runs on, and no backup is taken', () => {
    const answer = syncOf(of(ready(), at(-1)));
    assert.equal(requestedId(answer), undefined);
    assert.equal(armedBy(of(ready(), at(-1))), undefined);
    assert.equal((manifestOf(answer, 'Deployment')?.spec as { replicas: number }).replicas, 1);
    assert.deepEqual(
      ['Ready', 'Stalled'].map((type) => said(answer, type)),
      ['True AllReady', 'True RestoreRefused'],
    );
    assert.deepEqual(recordOf(answer)?.ended, [[hash8('tuesday'), 'Refused']]);
  });

  it('uses the id up: it is not carried out once the moment has come', () => {
    const w = later(carriedOut(of(ready(), at(-60))), 120);
    for (const seen of [w, settled(w), statusLost(w)]) {
      assert.equal(phaseOf(seen), 'Refused');
      assert.equal(armedBy(seen), undefined);
    }
    assert.equal(phaseOf(asked(w, { id: 'wednesday', target: at(-60) })), 'BackingUp');
  });

  it('says why, in the words of that time, although status is lost', () => {
    const w = later(carriedOut(of(ready(), at(-60))), 3600);
    for (const seen of [w, statusLost(w)])
      assert.match(
        conditionOf(syncOf(seen), 'Restored')?.message ?? '',
        /that moment has not come yet; it is 2026-01-01T12:00:00Z by the clock/,
      );
  });

  it('does not end the restore that is carried out', () => {
    const w = asked(armed(), { id: 'wednesday', target: at(-60) });
    const answer = syncOf(w);
    assert.equal(requestedId(answer), requestOf('tuesday'));
    assert.deepEqual([answer.status.restore?.id, answer.status.restore?.phase], ['tuesday', 'Restoring']);
    assert.deepEqual(
      answer.status.restore?.history?.map(({ id, result }) => [id, result]),
      [['wednesday', 'Refused']],
    );
  });

  describe('a day that a label is of', () => {
    each<string, string | undefined>(
      {
        Full: { reason: 'its beginning', given: '20260101-113000F', want: '2026-01-01T11:30:00Z' },
        Differential: {
          reason: 'its own, not that of its full one',
          given: '20251201-010203F_20260101-113000D',
          want: '2026-01-01T11:30:00Z',
        },
        NoDay: { reason: 'none', given: '20260230-113000F', want: undefined },
        NoHour: { reason: 'none', given: '20260101-253000F', want: undefined },
        NoLabel: { reason: 'none', given: 'latest', want: undefined },
      },
      (given, want) => {
        assert.equal(beginOf(given), want);
      },
    );
  });

  describe('a moment in UTC', () => {
    each<string, string | undefined>(
      {
        Same: { reason: 'as it is', given: '2026-01-01T11:30:00Z', want: '2026-01-01T11:30:00Z' },
        Zone: { reason: 'another day', given: '2026-01-01T01:30:00+05:45', want: '2025-12-31T19:45:00Z' },
        Milliseconds: { reason: 'they count', given: '2026-01-01T11:30:00.5Z', want: '2026-01-01T11:30:00.500Z' },
        NoMilliseconds: { reason: 'left out', given: '2026-01-01T11:30:00.000Z', want: '2026-01-01T11:30:00Z' },
        LeapDay: { reason: 'there is one', given: '2028-02-29T00:00:00Z', want: '2028-02-29T00:00:00Z' },
        NoLeapDay: { reason: 'there is none', given: '2026-02-29T00:00:00Z', want: undefined },
        NoDay: { reason: 'there is none', given: '2026-04-31T00:00:00Z', want: undefined },
        NoTime: { reason: 'no form of a time', given: 'soon', want: undefined },
      },
      (given, want) => {
        assert.equal(utc(given), want);
      },
    );
  });
});
