import { strict as assert } from 'node:assert';
import {
  armed,
  asked,
  backedUp,
  backingUp,
  blockOf,
  failed,
  recordOf,
  requestedId,
  requestOf,
  byHand,
  restore,
  restoreOf,
  serving,
  stopped,
  succeeded,
  takenBack,
  TUESDAY,
  wanting,
  type RestoreStep,
} from '../support/restores.ts';
import { backup, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { armedBy, later, reporting } from '../support/upgrades.ts';
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

/** No instance is ready, and PGO says nothing else. */
const down = (w: World): World =>
  reporting(w, 'PostgresCluster', { ...pgoStatus.usable, instances: [{ name: 'pg', replicas: 1 }], patroni: undefined });
const up = (w: World): World => reporting(w, 'PostgresCluster', pgoStatus.usable);
const wants = (policy: string | undefined): Loose => ({ ...TUESDAY, ...(policy !== undefined && { backup: policy }) });
/** A restore that has been wanted for so long while the database was down. */
const waited = (policy: string | undefined, seconds: number): World => later(carriedOut(asked(down(ready()), wants(policy))), seconds);
const switched = (w: World, change: Loose | undefined): World => patched(w, 'PostgresCluster', { spec: change });
/** A restore that was wanted an hour ago, while one by hand ran. */
const waitedForHand = (at: RestoreStep): World => byHand(later(carriedOut(asked(byHand(ready(), 'running'))), 3600), at);
/** The same while a user had stopped the database. */
const waitedForUser = (change: Loose): World => switched(later(carriedOut(asked(switched(down(ready()), change))), 3600), change);

interface Want {
  phase: string;
  /** The backup is requested. */
  takes: boolean;
  /** It is on record that there is none, because the database was down. */
  lacks?: true;
}

const seen = (w: World): Want => {
  const answer = syncOf(w);
  return {
    phase: answer.status.restore?.phase ?? '',
    takes: armedBy(w) !== undefined,
    ...(recordOf(answer)?.current?.isUnbacked === true && { lacks: true as const }),
  };
};

describe('decide/restore: the backup of what is there', () => {
  describe('is taken, waited for, or left out', () => {
    each<World, Want>(
      {
        Auto: { reason: 'the default', given: asked(), want: { phase: 'BackingUp', takes: true } },
        Required: { reason: 'the database is up', given: asked(ready(), wants('Required')), want: { phase: 'BackingUp', takes: true } },
        Skip: { reason: 'a user wants none', given: asked(ready(), wants('Skip')), want: { phase: 'Stopping', takes: false } },
        DownShortly: { reason: 'it may come back', given: waited(undefined, 299), want: { phase: 'BackingUp', takes: false } },
        DownForLong: {
          reason: 'a restore may be what it needs',
          given: waited(undefined, 300),
          want: { phase: 'Stopping', takes: false, lacks: true },
        },
        RequiredShortly: { reason: 'not without', given: waited('Required', 299), want: { phase: 'BackingUp', takes: false } },
        RequiredForLong: { reason: 'not without', given: waited('Required', 7200), want: { phase: 'BackingUp', takes: false } },
        SkipDown: { reason: 'at once', given: waited('Skip', 0), want: { phase: 'Stopping', takes: false } },
        BackInTime: { reason: 'it is up again', given: up(waited(undefined, 299)), want: { phase: 'BackingUp', takes: true } },
        BackTooLate: {
          reason: 'whatever replica answers goes by what is on record',
          given: up(carriedOut(waited(undefined, 300))),
          want: { phase: 'Stopping', takes: false, lacks: true },
        },
        BackAfterLong: {
          reason: 'the answer that sees it up takes one',
          given: up(waited(undefined, 3000)),
          want: { phase: 'BackingUp', takes: true },
        },
        Standby: {
          reason: 'a user has made it one, and can make it a primary again',
          given: waitedForUser({ standby: { enabled: true, repoName: 'repo1' } }),
          want: { phase: 'Waiting', takes: false },
        },
        Shutdown: {
          reason: 'a user has stopped it, and can start it again',
          given: waitedForUser({ shutdown: true }),
          want: { phase: 'Waiting', takes: false },
        },
        StartedAgain: {
          reason: 'it needs a while',
          given: switched(waitedForUser({ shutdown: true }), { shutdown: undefined }),
          want: { phase: 'BackingUp', takes: false },
        },
        ByHandRuns: { reason: 'that one is waited for', given: waitedForHand('running'), want: { phase: 'Waiting', takes: false } },
        ByHandDone: {
          reason: 'the instances of that one are coming up',
          given: waitedForHand('finished'),
          want: { phase: 'BackingUp', takes: false },
        },
        ByHandUp: {
          reason: 'what that one has brought is backed up',
          given: waitedForHand('up'),
          want: { phase: 'BackingUp', takes: true },
        },
        ByHandFailed: {
          reason: 'no instance is started on what that one has left',
          given: asked(byHand(ready(), 'failed')),
          want: { phase: 'Stopping', takes: false, lacks: true },
        },
        ByHandFailedRequired: {
          reason: 'not without',
          given: asked(byHand(ready(), 'failed'), wants('Required')),
          want: { phase: 'BackingUp', takes: false },
        },
        SkipLater: {
          reason: 'a user changes that under the same id',
          given: wanting(backup(backingUp(), 'failed'), wants('Skip')),
          want: { phase: 'Stopping', takes: false },
        },
        RequiredLater: {
          reason: 'a user changes that in time',
          given: later(wanting(waited(undefined, 299), wants('Required')), 600),
          want: { phase: 'BackingUp', takes: false },
        },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
      },
    );
  });

  it('is a differential one into the first repository, although the restore is from another one', () => {
    const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
    const repos = [
      { name: 'repo1', volume: {} },
      { name: 'repo2', s3 },
    ];
    const two = ready(world({ database: { backups: { repos } } }));
    const repositories = [{ name: 'repo2', backups: [{ completedAt: ago(900) }] }];
    const kept = { ...two, parent: overlaid(two.parent, { status: { backup: { repositories } } }) };
    const w = asked(kept, { ...TUESDAY, repository: 'repo2' });
    assert.match(armedBy(w) ?? '', /^pre-restore\.6f1c0de5\.[0-9a-f]{8}\.g2\.a1$/);
    const { manual } = (manifestOf(syncOf(w), 'PostgresCluster')?.spec as { backups: { pgbackrest: { manual: Loose } } }).backups
      .pgbackrest;
    assert.deepEqual(manual, { repoName: 'repo1', options: ['--type=diff', `--annotation=bestie=${armedBy(w) ?? ''}`] });
    assert.equal(blockOf(syncOf(stopped(carriedOut(backup(carriedOut(w), 'succeeded', ago(120))))))?.repoName, 'repo2');
  });

  it('that was taken is named in status until the end', () => {
    const id = armedBy(asked());
    assert.notEqual(id, undefined);
    for (const w of [backingUp(), backedUp(), armed(), failed(), takenBack(), serving(), succeeded()])
      assert.equal(restoreOf(w)?.backupID, id);
  });

  it('that does not end is late, with the command that goes without it', () => {
    const late = syncOf(later(backup(backingUp(), 'running'), 3600));
    assert.equal(said(late, 'Restored'), 'False BackupTimeout');
    assert.match(
      conditionOf(late, 'Restored')?.message ?? '',
      /; to restore without it: kubectl -n pets patch bestie bestie --type merge -p '\{"spec":\{"restore":\{"backup":"Skip"\}\}\}'$/,
    );
  });

  it('that is missing because the database was down is said from then on, in every phase', () => {
    const w = carriedOut(waited(undefined, 300));
    const messages = [w, carriedOut(stopped(w)), restore(carriedOut(stopped(w)), 'failed'), restore(carriedOut(stopped(w)), 'up')].map(
      (at) => conditionOf(syncOf(at), 'Restored')?.message ?? '',
    );
    for (const message of messages)
      assert.match(message, /; there is no backup of what was there before it, because the database was down$/);
    assert.equal(requestedId(syncOf(stopped(w))), requestOf('tuesday'));
  });
});
