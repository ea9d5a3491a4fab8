import { strict as assert } from 'node:assert';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { decide } from '../../src/decide/index.ts';
import { operationsOf } from '../../src/observed/operations.ts';
import { ailing, backedUp, backingUp, backup, jobStatus, migrating, ready, rolling, waits } from '../support/stages.ts';
import {
  armed,
  asked,
  back,
  backedUp as backedUpForRestore,
  backingUp as backingUpForRestore,
  failed,
  requestedId,
  requestOf,
  restore,
  stopped,
  takenBack,
  wanting,
} from '../support/restores.ts';
import { each } from '../support/table.ts';
import { annotated, B, deleted, gaveUp, jobReports, later, rolledBack, settled, up } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  eventsOf,
  finalizeOf,
  manifestOf,
  observe,
  overlays,
  patched,
  said,
  syncOf,
  withPods,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const paused = (w: World, value = 'true'): World => annotated(w, { 'pets.bestie.com/paused': value });
const resumed = (w: World): World => annotated(w, { 'pets.bestie.com/paused': undefined });
const HOUR = 3600;
const RESUME = 'kubectl -n pets annotate bestie bestie pets.bestie.com/paused-';

const operations = (w: World): unknown[] => operationsOf(syncOf(w).children, observe(w));
const messageOf = (w: World, type: string): string => conditionOf(syncOf(w), type)?.message ?? '';
const summary = (w: World): (string | undefined)[] => ['Ready', 'Reconciling', 'Stalled', 'Paused'].map((type) => said(syncOf(w), type));
const edit = {
  size: 3,
  version: '1.4',
  maxReplicas: 5,
  serviceType: 'NodePort',
  exposure: { enabled: false },
  networkPolicy: { enabled: true },
};

describe('plan/paused', () => {
  /** Each a world in which a running Bestie would continue, at once or when a deadline is over. */
  const stages: Record<string, { reason: string; given: World; want: undefined }> = {
    New: { reason: 'nothing is there', given: world(), want: undefined },
    Migrating: { reason: 'a first install', given: migrating(), want: undefined },
    Ready: { reason: 'all is well', given: ready(), want: undefined },
    Edited: {
      reason: 'children of each kind would change',
      given: edited(ready(world({ monitoring: { enabled: false } })), edit),
      want: undefined,
    },
    Lost: { reason: 'a child would be created again', given: without(without(ready(), 'Service'), 'Deployment'), want: undefined },
    BackingUp: { reason: 'an upgrade', given: backingUp(), want: undefined },
    BackedUp: { reason: 'the migration would begin', given: backup(backingUp(), 'succeeded'), want: undefined },
    BackupFailed: { reason: 'another attempt would begin', given: backup(backingUp(), 'failed'), want: undefined },
    MigratedForUpgrade: {
      reason: 'the rollout would begin',
      given: patched(backedUp(), 'Job', { status: jobStatus.complete }),
      want: undefined,
    },
    MigrationFailed: { reason: 'the target would be given up', given: jobReports(backedUp(), B, jobStatus.failed), want: undefined },
    RollingOut: { reason: 'a new version is on trial', given: rolling(), want: undefined },
    Upgraded: { reason: 'it would be noted as good', given: up(rolling()), want: undefined },
    RollingBack: { reason: 'what ran before comes back', given: gaveUp(), want: undefined },
    RolledBack: { reason: 'it is back', given: rolledBack(), want: undefined },
    OnDemand: { reason: 'a backup would begin', given: edited(ready(), { database: { backups: { onDemand: 'now' } } }), want: undefined },
    RestoreAsked: { reason: 'a backup would be requested', given: asked(), want: undefined },
    RestoreBackedUp: { reason: 'the application would be stopped', given: backup(backingUpForRestore(), 'succeeded'), want: undefined },
    RestoreStopped: { reason: 'the restore would be requested', given: stopped(backedUpForRestore()), want: undefined },
    RestoreReplaced: {
      reason: 'another one would take its place',
      given: wanting(armed(), { id: 'wednesday', target: { time: ago(1200) } }),
      want: undefined,
    },
    RestoreAbandoned: {
      reason: 'Postgres would be started on what is there',
      given: annotated(failed(), { 'pets.bestie.com/abandon-restore': 'tuesday' }),
      want: undefined,
    },
    RestoreBack: { reason: 'the request would be taken back', given: restore(armed(), 'up'), want: undefined },
    RestoreTakenBack: { reason: 'the migrations would begin', given: takenBack(), want: undefined },
    RestoreServing: { reason: 'the first backup would be requested', given: back(), want: undefined },
    Lower: { reason: 'a version that is refused', given: edited(ready(), { version: '1.2' }), want: undefined },
  };

  describe('asks for nothing, now and an hour later', () => {
    each(stages, (given) => {
      const now = carriedOut(paused(given), syncOf(paused(given)));
      for (const w of [paused(given), now, later(now, HOUR), later(settled(later(now, HOUR)), HOUR)]) assert.deepEqual(operations(w), []);
    });
  });

  describe('comes to rest', () => {
    each(stages, (given) => {
      const soon = later(settled(paused(given), 2), HOUR);
      assert.deepEqual(eventsOf(soon), []);
      // What waits may become more once: the next attempt of a backup is due.
      const once = settled(soon, 1);
      const next = later(once, HOUR);
      assert.deepEqual(settled(next, 1).parent.status, once.parent.status);
      assert.deepEqual(eventsOf(next), []);
      assert.equal(syncOf(next).resyncAfterSeconds, undefined);
    });
  });

  describe('continues where it was', () => {
    each(stages, (given) => {
      const after = resumed(settled(paused(given), 2));
      assert.deepEqual(
        syncOf(after).children.map(({ kind, metadata }) => [kind, metadata.name]),
        syncOf(given).children.map(({ kind, metadata }) => [kind, metadata.name]),
      );
      assert.deepEqual(decide(observe(after)).upgrade.phase, decide(observe(given)).upgrade.phase);
      assert.equal(said(syncOf(after), 'Paused'), 'False Resumed');
    });
  });

  it('keeps a restore requested, and says of it what was said before', () => {
    for (const w of [restore(armed(), 'running'), restore(armed(), 'up'), failed()]) {
      const before = carriedOut(w);
      assert.equal(requestedId(syncOf(paused(w))), requestOf('tuesday'));
      assert.deepEqual(syncOf(paused(before)).status.restore, (before.parent.status as Loose).restore);
    }
  });

  it('is requested by one value alone', () => {
    for (const value of ['True', 'yes', '1', '', 'false'])
      assert.deepEqual(syncOf(paused(edited(ready(), edit), value)), syncOf(edited(ready(), edit)), value);
  });

  it('says so, and is ready as long as nothing else is wanted', () => {
    assert.deepEqual(summary(paused(ready())), ['True AllReady', 'False Paused', 'False NotStalled', 'True Paused']);
    assert.equal(messageOf(paused(ready()), 'Paused'), `nothing but status is changed; to resume: ${RESUME}`);
  });

  it('is not ready where something waits: that is named, a few at a time', () => {
    const w = paused(edited(ready(), edit));
    assert.deepEqual(summary(w), ['False Paused', 'False Paused', 'False NotStalled', 'True Paused']);
    const waiting = 'deletion of Ingress bestie-ingress, update of Deployment bestie-app';
    assert.equal(
      messageOf(paused(edited(ready(), { size: 2, exposure: { enabled: false } })), 'Ready'),
      `the Bestie is paused; waiting: ${waiting}; to resume: ${RESUME}`,
    );
    assert.match(messageOf(paused(world()), 'Ready'), /waiting: creation of PostgresCluster bestie-pgo; to resume/);
    assert.match(
      messageOf(paused(without(without(without(w, 'Service'), 'PodDisruptionBudget'), 'Job')), 'Ready'),
      /^([^,]*,){4}[^,]* and \d more; to resume/,
    );
  });

  it('knows nothing bad of what was never there, and says of what is gone that it is not made', () => {
    assert.equal(said(syncOf(paused(world())), 'DatabaseReady'), 'Unknown Paused');
    const lost = paused(without(ready(), 'Service'));
    assert.equal(said(syncOf(lost), 'ServiceCreated'), 'False Paused');
    assert.equal(messageOf(lost, 'ServiceCreated'), 'the Bestie is paused; waiting: creation of Service bestie-service');
    assert.deepEqual(
      settled(lost)
        .children.map(({ kind }) => kind)
        .includes('Service'),
      false,
    );
  });

  it('reports what becomes of pods, database and Deployment', () => {
    const w = paused(withPods(patched(edited(ready(), edit), 'Deployment', { status: { conditions: [] } }), ailing(waits('ErrImagePull'))));
    assert.equal(said(syncOf(w), 'ImagePulled'), 'False ImagePullFailed');
    assert.equal(said(syncOf(w), 'Available'), 'False TooFewReplicas');
    assert.equal(said(syncOf(paused(edited(ready(), edit))), 'DeploymentReady'), 'True RolledOut');
    assert.equal(
      said(syncOf(patched(paused(ready()), 'PostgresCluster', { status: { instances: [] } })), 'DatabaseReady'),
      'False NoInstanceReady',
    );
  });

  it('reports that a migration has ended, and begins no rollout', () => {
    const w = paused(patched(backedUp(), 'Job', { status: jobStatus.complete }));
    assert.equal(said(syncOf(w), 'DatabaseSeeded'), 'True MigrationCompleted');
    assert.match(messageOf(w, 'Ready'), /update of Deployment bestie-app, update of PostgresCluster bestie-pgo/);
    assert.equal(syncOf(w).status.upgrade?.phase, 'Migrating');
  });

  it('says nothing of an upgrade that a running plan would not have done yet', () => {
    for (const { given } of Object.values(stages)) {
      const before = (given.parent.status as Loose | undefined)?.upgrade;
      assert.deepEqual(syncOf(paused(given)).status.upgrade, before);
    }
    assert.equal(said(syncOf(paused(jobReports(backedUp(), B, jobStatus.failed))), 'UpgradeFailed'), 'False NoFailure');
    assert.equal(said(syncOf(paused(jobReports(backedUp(), B, jobStatus.failed))), 'Stalled'), 'False NotStalled');
    assert.equal(said(syncOf(paused(edited(ready(), { version: '1.2' }))), 'UpgradeFailed'), 'True DowngradeRefused');
  });

  it('calls nothing late', () => {
    const missing = carriedOut(without(ready(), 'Service'), syncOf(without(ready(), 'Service')));
    const w = later(settled(paused(without(missing, 'Service'))), HOUR);
    assert.equal(said(syncOf(w), 'ServiceCreated'), 'False Paused');
    const hanging = later(settled(paused(backingUp())), 2 * HOUR);
    assert.deepEqual(
      ['UpgradeFailed', 'BackupReady', 'Stalled'].map((type) => said(syncOf(hanging), type)),
      ['False NoFailure', 'True RepositoryReady', 'False NotStalled'],
    );
  });

  it('lets the migrations wait again for a database that is not prepared, once it is resumed', () => {
    const unprepared = edited(patched(ready(), 'PostgresCluster', { status: { pgbackrest: { repos: [] } } }), { version: '1.4' });
    const waiting = carriedOut(unprepared);
    const after = resumed(later(settled(paused(waiting)), 2 * HOUR));
    assert.notEqual(said(syncOf(after), 'BackupReady'), 'False BackupTimeout');
    assert.equal(said(syncOf(later(waiting, 2 * HOUR)), 'BackupReady'), 'False BackupTimeout');
    assert.equal(said(syncOf(later(carriedOut(after), 2 * HOUR)), 'BackupReady'), 'False BackupTimeout');
  });

  it('keeps the pods that an autoscaler, or a person, has chosen, and takes them for what is there', () => {
    const scaled = patched(paused(ready(world({ size: 2 }))), 'Deployment', { spec: { replicas: 0 } });
    const replicas = (w: World): unknown => (manifestOf(syncOf(w), 'Deployment')?.spec as { replicas: number }).replicas;
    assert.equal(replicas(scaled), 0);
    assert.match(messageOf(settled(scaled), 'Ready'), /waiting: update of Deployment/);
    assert.equal(replicas(resumed(scaled)), 2);
  });

  it('keeps the address until what leads there is changed', () => {
    const exposed = ready(world({ exposure: { host: 'a.example.com' } }));
    assert.equal(syncOf(paused(edited(exposed, { exposure: { host: 'b.example.com' } }))).status.url, 'http://a.example.com');
    const gateway = { name: 'public' };
    const routed = ready(world({ exposure: { host: 'a.example.com', gateway } }, { declared: overlays.gateway }));
    assert.equal(syncOf(paused(edited(routed, { exposure: { host: 'b.example.com' } }))).status.url, 'http://a.example.com');
  });

  it('returns each child as it was last applied, also where it differs by now', () => {
    const w = paused(edited(ready(), edit));
    for (const child of syncOf(w).children.filter(({ spec }) => spec !== undefined)) {
      const record = JSON.parse(childOf(w, child.kind).metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? '{}') as Loose;
      assert.deepEqual(child.spec, record.spec);
    }
  });

  it('is of no account to a deletion, nor to an unacceptable spec', () => {
    assert.deepEqual(finalizeOf(deleted(paused(ready()))), finalizeOf(deleted(ready())));
    const broken = paused(edited(ready(), { size: 0 }));
    assert.deepEqual(summary(broken), ['False InvalidSpec', 'False Settled', 'True InvalidSpec', 'True Paused']);
    assert.equal(said(syncOf(resumed(carriedOut(broken))), 'Paused'), 'False Resumed');
  });

  it('keeps a running migration', () => {
    assert.ok(manifestOf(syncOf(paused(edited(migrating(), { version: '1.4' }))), 'Job'));
    assert.equal(said(syncOf(paused(migrating())), 'DatabaseSeeded'), 'False Migrating');
  });

  it('makes an Event when it begins and when it ends, each time another', () => {
    const reasons = (w: World): unknown[] => eventsOf(w).map(({ reason }) => reason);
    const first = paused(ready());
    assert.deepEqual(reasons(first), ['Paused']);
    const after = resumed(carriedOut(first));
    assert.deepEqual(reasons(after), ['Resumed']);
    const again = paused(later(carriedOut(later(after, 60)), 60));
    assert.deepEqual(reasons(again), ['Paused']);
    assert.notEqual(eventsOf(again)[0]?.metadata.name, eventsOf(first)[0]?.metadata.name);
  });
});
