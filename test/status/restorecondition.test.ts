import { strict as assert } from 'node:assert';
import {
  armed,
  asked,
  backedUp,
  backingUp,
  byHand,
  failed,
  migratedAgain,
  pgoRestore,
  requestOf,
  restore,
  serving,
  succeeded,
  takenAway,
  takenBack,
  TUESDAY,
  wanting,
} from '../support/restores.ts';
import { backup, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later, reporting, settled } from '../support/upgrades.ts';
import { carriedOut, conditionOf, edited, patched, said, syncOf, world, type World } from '../support/world.ts';

const messageOf = (w: World): string => conditionOf(syncOf(w), 'Restored')?.message ?? '';
const said3 = (w: World): (string | undefined)[] => ['Ready', 'Stalled', 'Restored'].map((type) => said(syncOf(w), type));
/** The phase has lasted for so many seconds, with answers in between. */
const lasting = (w: World, seconds: number): World => later(carriedOut(w), seconds);
/** Others have switched off what the operator requests of PGO. */
const overwritten = (w: World): World =>
  patched(w, 'PostgresCluster', { spec: { backups: { pgbackrest: { restore: { enabled: false } } } } });
const HALF_AN_HOUR = 1800;
const running = restore(armed(), 'running');
const latest = restore(armed(ready(), { id: 'tuesday', target: { latest: true } }), 'running');

describe('status/restored', () => {
  describe('names what is waited for, and what a user can do', () => {
    each<World, RegExp>(
      {
        BackingUp: {
          reason: 'first',
          given: asked(),
          want: /^restore tuesday to 2026-01-01T11:50:00Z waits for the backup of what is there now: backup pre-restore\.\S+ has not ended yet$/,
        },
        Stopping: {
          reason: 'what may still write',
          given: backedUp(),
          want: /: the application is being stopped: waiting for pod bestie-app-5d9c7b8f6-0 to end$/,
        },
        Waiting: { reason: 'of PGO', given: armed(), want: /: Crunchy PGO has not accepted it yet$/ },
        Preparing: { reason: 'of PGO', given: restore(armed(), 'tornDown'), want: /: Crunchy PGO stops the instances before it begins$/ },
        Running: {
          reason: 'of PGO',
          given: running,
          want: /: Crunchy PGO replaces the data and starts Postgres on it, since 2026-01-01T11:58:30Z$/,
        },
        Retrying: {
          reason: 'PGO tries for minutes',
          given: restore(armed(), 'retrying'),
          want: /; an attempt has failed and is tried again, its log says why: kubectl -n pets logs job\/bestie-pgo-pgbackrest-restore$/,
        },
        Overwritten: {
          reason: 'others take the request away',
          given: overwritten(running),
          want: /, since 2026-01-01T11:58:30Z; others have changed its request, without which Crunchy PGO starts Postgres on what it has left so far: it is requested again$/,
        },
        OverwrittenFailed: {
          reason: 'the database may be up again',
          given: overwritten(failed()),
          want: /the database is down; others have changed its request, .*: it is requested again; its log says why: /,
        },
        NotOverwritten: {
          reason: 'what is taken away has done its work',
          given: takenAway(restore(armed(), 'up')),
          want: /: the data is back, and its request is being taken back$/,
        },
        AnotherOverwritten: {
          reason: 'it was another one that was taken away',
          given: wanting(takenAway(running), { id: 'wednesday', target: { latest: true } }),
          want: /^restore wednesday to latest: Crunchy PGO has not accepted it yet$/,
        },
        FailedButUp: {
          reason: 'Postgres was started by others',
          given: reporting(takenAway(failed()), 'PostgresCluster', {
            ...pgoStatus.usable,
            pgbackrest: pgoRestore.failed(requestOf('tuesday')).pgbackrest,
          }),
          want: /^restore tuesday to \S+ has failed; others have changed its request/,
        },
        Replaced: {
          reason: 'by one that others have requested',
          given: restore(serving(), 'up', 'by-hand'),
          want: /^the data is as of .*; but it was replaced since, by the restore by-hand$/,
        },
        BeingReplaced: {
          reason: 'by one that others have requested',
          given: byHand(serving(), 'running'),
          want: /; but it is being replaced, by the restore by-hand$/,
        },
        Failed: {
          reason: 'both ways on',
          given: failed(),
          want: /has failed, and the database is down; its log says why: kubectl .*; to request another moment, or a backup by its label: kubectl -n pets patch bestie bestie .*"id":"<a new id>".*; to start Postgres and the application on what .*: kubectl -n pets annotate --overwrite bestie bestie pets\.bestie\.com\/abandon-restore=tuesday$/,
        },
        BrokenOff: {
          reason: 'the same',
          given: restore(armed(), 'brokenOff'),
          want: /was broken off: the instances were started before it had ended, so Crunchy PGO never ends it, .*abandon-restore=tuesday$/,
        },
        Back: { reason: 'one write more', given: restore(armed(), 'up'), want: /: the data is back, and its request is being taken back$/ },
        Migrating: {
          reason: 'the schema',
          given: takenBack(),
          want: /^the data is as of 2026-01-01T11:50:00Z; the migrations of quay\.io\/opdev\/bestie:1\.3 run on it$/,
        },
        Starting: {
          reason: 'the application',
          given: migratedAgain(),
          want: /^the data is as of 2026-01-01T11:50:00Z, and migrated; the application is being started$/,
        },
        Finishing: {
          reason: 'a later restore',
          given: serving(),
          want: /, and the application runs on it; until a new backup has succeeded, a later restore cannot reach what is written now$/,
        },
        Succeeded: { reason: 'that is all', given: succeeded(), want: /^the data is as of 2026-01-01T11:50:00Z, by restore tuesday$/ },
      },
      (given, want) => {
        assert.match(messageOf(given), want);
      },
    );
  });

  describe('is summed up', () => {
    each<World, (string | undefined)[]>(
      {
        BackingUp: {
          reason: 'the application serves the former data',
          given: asked(),
          want: ['False RestorePending', 'False NotStalled', 'False RestorePending'],
        },
        Running: { reason: 'it moves', given: running, want: ['False Restoring', 'False NotStalled', 'False Restoring'] },
        Failed: {
          reason: 'a user has to act',
          given: failed(),
          want: ['False RestoreFailed', 'True RestoreFailed', 'False RestoreFailed'],
        },
        BrokenOff: {
          reason: 'the same',
          given: restore(armed(), 'brokenOff'),
          want: ['False Restoring', 'True RestoreFailed', 'False RestoreFailed'],
        },
        Finishing: { reason: 'the application runs', given: serving(), want: ['True AllReady', 'False NotStalled', 'True Restored'] },
        Succeeded: { reason: 'the same', given: succeeded(), want: ['True AllReady', 'False NotStalled', 'True Restored'] },
        CalledOff: {
          reason: 'nothing was changed',
          given: wanting(backingUp(), undefined),
          want: ['True AllReady', 'False NotStalled', 'False RestoreCalledOff'],
        },
        PassedOver: {
          reason: 'nothing has to be done',
          given: ready(world({ restore: TUESDAY })),
          want: ['True AllReady', 'False NotStalled', 'False RestorePassedOver'],
        },
      },
      (given, want) => {
        const answer = syncOf(given);
        assert.deepEqual(said3(given), want);
        assert.ok(said(answer, 'Reconciling') !== 'True Progressing' || said(answer, 'Stalled') === 'False NotStalled');
      },
    );
  });

  describe('is late after half an hour without another phase', () => {
    each<World, RegExp>(
      {
        Waiting: {
          reason: 'PGO may be down',
          given: armed(),
          want: /; that has lasted since 2026-01-01T12:00:00Z; the events say what it waits for: kubectl -n pets describe postgrescluster bestie-pgo; a new id starts over$/,
        },
        Stopping: {
          reason: 'a pod may hang',
          given: backedUp(),
          want: /; that has lasted since 2026-01-01T12:00:00Z; see what keeps it: kubectl -n pets get pods -o wide$/,
        },
        BackingUp: {
          reason: 'a backup may hang',
          given: backup(backingUp(), 'running'),
          want: /; that has lasted since 2026-01-01T12:00:00Z; see what is waited for: /,
        },
        Starting: {
          reason: 'a pod may crash',
          given: migratedAgain(),
          want: /; that has lasted since 2026-01-01T12:00:00Z; see its pods: kubectl -n pets get pods$/,
        },
      },
      (given, want) => {
        const young = syncOf(lasting(given, HALF_AN_HOUR - 1));
        assert.notEqual(conditionOf(young, 'Restored')?.reason, 'RestoreStuck');
        const old = lasting(given, HALF_AN_HOUR);
        assert.equal(said(syncOf(old), 'Restored'), 'False RestoreStuck');
        assert.match(messageOf(old), want);
      },
    );

    it('which is looked for in time', () => {
      assert.ok((syncOf(lasting(armed(), HALF_AN_HOUR - 20)).resyncAfterSeconds ?? Infinity) <= 20);
    });

    it('and stays so, although the clock of the next replica is a minute behind', () => {
      const late = carriedOut(lasting(armed(), HALF_AN_HOUR));
      assert.equal(said(syncOf(later(late, -60)), 'Restored'), 'False RestoreStuck');
      assert.deepEqual(syncOf(later(late, -60)).status.restore, syncOf(late).status.restore);
      assert.equal(conditionOf(syncOf(later(late, 7200)), 'Restored')?.message, conditionOf(syncOf(late), 'Restored')?.message);
    });

    it('and not once it goes on', () => {
      const late = carriedOut(lasting(armed(), HALF_AN_HOUR));
      assert.equal(said(syncOf(restore(late, 'failed')), 'Restored'), 'False RestoreFailed');
      assert.equal(said(syncOf(restore(late, 'up')), 'Restored'), 'False Restoring');
      const justBegun = patched(restore(late, 'running'), 'PostgresCluster', {
        status: { pgbackrest: { restore: { startTime: late.now } } },
      });
      assert.match(messageOf(justBegun), /: Crunchy PGO replaces the data and starts Postgres on it, since 2026-01-01T12:30:00Z$/);
      assert.match(messageOf(lasting(justBegun, 600)), /, since 2026-01-01T12:30:00Z; a large database may need longer; /);
    });

    it('but for one that replaces the data, which may need that long: its log is named', () => {
      const old = syncOf(lasting(latest, HALF_AN_HOUR));
      assert.deepEqual([said(old, 'Restored'), said(old, 'Stalled')], ['False Restoring', 'False NotStalled']);
      assert.match(
        conditionOf(old, 'Restored')?.message ?? '',
        /; that has lasted since 2026-01-01T12:00:00Z; a large database may need longer; its log shows how far it is: kubectl -n pets logs job\/bestie-pgo-pgbackrest-restore$/,
      );
    });

    it('and one to a moment says after ten minutes how one shows that never ends', () => {
      const endless =
        /where its log repeats that recovery ended before the target, nothing so late is archived of the history that it follows and it never ends, so request an earlier moment: kubectl /;
      assert.doesNotMatch(messageOf(lasting(running, 599)), endless);
      assert.match(messageOf(lasting(running, 600)), endless);
      assert.doesNotMatch(messageOf(lasting(latest, 86_400)), endless);
    });
  });

  it('costs no write while nothing happens', () => {
    for (const w of [running, armed(), failed(), succeeded(), wanting(backingUp(), undefined)]) {
      const once = settled(w, 3);
      for (const seconds of [60, 110]) assert.deepEqual(carriedOut(later(once, seconds)).parent.status, once.parent.status);
    }
  });

  it('names the repository in the way on, where that is not the first one', () => {
    const bucket = { name: 'repo2', s3: { bucket: 'b', endpoint: 's3.example.com', region: 'eu' } };
    const two = edited(ready(), { database: { backups: { repos: [{ name: 'repo1', volume: {} }, bucket] } } });
    const request = { id: 'tuesday', repository: 'repo2', target: { backup: '20990101-000000F' } };
    const message = messageOf(carriedOut(restore(armed(two, request), 'failed')));
    assert.match(message, /"value":\{"id":"<a new id>","target":\{"time":"<another moment>"\},"repository":"repo2"\}/);
    assert.doesNotMatch(messageOf(failed()), /"repository"/);
  });
});
