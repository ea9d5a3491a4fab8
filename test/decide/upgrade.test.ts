import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import {
  created,
  backedUp,
  backingUp,
  backup,
  jobPod,
  jobStatus,
  migrating,
  pgoStatus,
  podPhase,
  ready,
  usable,
} from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  A,
  annotated,
  armedBy,
  B,
  image,
  imageOf,
  jobReports,
  migrates,
  newlyMigrated,
  onTrial,
  reporting,
  settled,
  desiredImage,
  up,
  upgradeOf,
} from '../support/upgrades.ts';
import {
  carriedOut,
  childOf,
  edited,
  type Loose,
  manifestOf,
  patched,
  said,
  syncOf,
  without,
  withPods,
  world,
  type World,
} from '../support/world.ts';

interface Step {
  phase: string | undefined;
  /** The image that the Deployment is to run. */
  image: string;
  /** A backup is armed; a Job of the new image exists or is requested. */
  armed: boolean;
  migrates: boolean;
  /** The version that status calls rolled out. */
  appversion: string;
}

const asked = edited(ready(), { version: '1.4' });
const job = childOf({ ...backedUp(), children: backedUp().children.filter((child) => imageOf(child) === B) }, 'Job').metadata.name;

/** An upgrade in the order in which it happens. */
const steps = {
  Settled: ready(),
  Asked: asked,
  BackupRequest: backingUp(),
  Accepted: backup(backingUp(), 'accepted'),
  BackupRuns: backup(backingUp(), 'running'),
  BackedUp: backup(backingUp(), 'succeeded'),
  JobPending: backedUp(),
  JobActive: withPods(jobReports(backedUp(), B, jobStatus.active), jobPod(job, podPhase.running)),
  JobComplete: newlyMigrated(),
  Unobserved: carriedOut(newlyMigrated()),
  OnTrial: onTrial(),
  Up: up(onTrial()),
  Done: settled(up(onTrial())),
} satisfies Record<string, World>;

const step = (phase: string | undefined, runs: string, armed = false, isMigrating = false): Step => ({
  phase,
  image: runs,
  armed,
  migrates: isMigrating,
  appversion: phase === 'Succeeded' ? '1.4' : '1.3',
});

describe('decide/upgrade', () => {
  describe('goes one step after the other', () => {
    each<World, Step>(
      {
        Settled: { reason: 'nothing is wanted', given: steps.Settled, want: step(undefined, A) },
        Asked: { reason: 'the backup comes first', given: steps.Asked, want: step('BackingUp', A, true) },
        BackupRequest: { reason: 'the old result may still be shown', given: steps.BackupRequest, want: step('BackingUp', A, true) },
        Accepted: { reason: 'the database operator has read it', given: steps.Accepted, want: step('BackingUp', A, true) },
        BackupRuns: { reason: 'it has not ended', given: steps.BackupRuns, want: step('BackingUp', A, true) },
        BackedUp: { reason: 'then the migrations', given: steps.BackedUp, want: step('Migrating', A, true, true) },
        JobPending: { reason: 'the application stays', given: steps.JobPending, want: step('Migrating', A, false, true) },
        JobActive: { reason: 'it has not ended', given: steps.JobActive, want: step('Migrating', A, false, true) },
        JobComplete: { reason: 'then the application', given: steps.JobComplete, want: step('RollingOut', B, false, true) },
        Unobserved: {
          reason: 'what the Deployment says of itself is about the former image',
          given: steps.Unobserved,
          want: step('RollingOut', B, false, true),
        },
        OnTrial: { reason: 'a pod is not ready', given: steps.OnTrial, want: step('RollingOut', B, false, true) },
        Up: { reason: 'rolled out and available', given: steps.Up, want: step('Succeeded', B, false, true) },
        Done: { reason: 'it stays so', given: steps.Done, want: step('Succeeded', B, false, true) },
      },
      (given, want) => {
        const { upgrade, appversion } = syncOf(given).status;
        const armed = armedBy(given) !== undefined;
        assert.deepEqual({ phase: upgrade?.phase, image: desiredImage(given), armed, migrates: migrates(given, B), appversion }, want);
      },
    );

    it('is an upgrade from and to image references, with the backup that was taken', () => {
      const id = armedBy(steps.BackupRequest);
      for (const w of Object.values(steps).slice(1)) {
        const { from, to, backupID } = upgradeOf(w) ?? {};
        assert.deepEqual([from, to, backupID], [A, B, id]);
      }
    });

    it('notes on the Job which backup was taken before it', () => {
      const manifest = syncOf(steps.BackedUp).children.find((child) => imageOf(child) === B);
      assert.equal(manifest?.metadata.annotations?.[annotations.backup], armedBy(steps.BackedUp));
    });

    it('is Ready only at the end, and available all the way', () => {
      const readiness = Object.values(steps).map((w) => said(syncOf(w), 'Ready')?.split(' ')[0]);
      assert.deepEqual(readiness, ['True', ...Array.from({ length: 10 }, () => 'False'), 'True', 'True']);
      for (const w of Object.values(steps)) assert.equal(said(syncOf(w), 'Available'), 'True EnoughReplicas');
    });

    it('notes what ran well when it is replaced, and what runs well once it does', () => {
      const good = (w: World) => manifestOf(syncOf(w), 'Deployment')?.metadata.annotations?.[annotations.lastGood];
      assert.deepEqual(Object.values(steps).map(good), [...Array.from({ length: 8 }, () => undefined), A, A, A, B, B]);
    });
  });

  it('notes what ran well also while it has fewer pods than are wanted by now', () => {
    const w = onTrial(undefined, { version: '1.4', size: 3 });
    assert.equal(manifestOf(syncOf(w), 'Deployment')?.metadata.annotations?.[annotations.lastGood], A);
  });

  describe('whatever else is changed', () => {
    const beforeMigration = ['Asked', 'BackupRequest', 'Accepted', 'BackupRuns', 'BackedUp', 'JobPending', 'JobActive'] as const;
    const unsaved = beforeMigration.slice(0, 4);
    const edits: Record<string, Loose> = {
      Size: { size: 3 },
      MaxReplicas: { size: 2, maxReplicas: 5 },
      Env: { env: [{ name: 'A', value: 'x' }] },
      Deadlines: { upgrade: { progressDeadlineSeconds: 60, migrationDeadlineSeconds: 60, backupTimeoutSeconds: 60 } },
      Halt: { upgrade: { onFailure: 'Halt' } },
      Required: { upgrade: { backup: 'Required' } },
      OnDemand: { database: { backups: { onDemand: 'now' } } },
    };
    for (const [name, edit] of Object.entries(edits)) {
      it(`${name}: the new image waits for its migrations, and they for the backup`, () => {
        for (const at of beforeMigration) assert.equal(desiredImage(edited(steps[at], edit)), A, at);
        for (const at of unsaved) assert.equal(migrates(edited(steps[at], edit), B), false, at);
      });
    }

    it('the backup that is being taken is not replaced', () => {
      for (const [name, edit] of Object.entries(edits)) {
        for (const at of ['Accepted', 'BackupRuns', 'BackedUp'] as const)
          assert.equal(armedBy(edited(steps[at], edit)), armedBy(steps.BackupRequest), name);
      }
    });

    it('flows on: size, bounds and environment reach the Deployment at each step, on the image of that step', () => {
      const edit = { size: 2, maxReplicas: 4, env: [{ name: 'COLOUR', value: 'red' }] };
      for (const w of Object.values(steps)) {
        const spec = manifestOf(syncOf(edited(w, edit)), 'Deployment')?.spec as { replicas: number; template: object };
        assert.equal(spec.replicas, 2);
        assert.match(JSON.stringify(spec.template), /"COLOUR","value":"red"/);
        assert.equal(desiredImage(edited(w, edit)), desiredImage(w));
        assert.ok(manifestOf(syncOf(edited(w, edit)), 'HorizontalPodAutoscaler'));
      }
    });

    it('in the same edit, too', () => {
      const both = edited(ready(), { version: '1.4', size: 2, maxReplicas: 4 });
      assert.equal((manifestOf(syncOf(both), 'Deployment')?.spec as { replicas: number }).replicas, 2);
      assert.deepEqual([upgradeOf(both)?.phase, desiredImage(both)], ['BackingUp', A]);
    });
  });

  describe('image and version', () => {
    const digest = `sha256:${'ab12'.repeat(16)}`;
    each<Loose, string>(
      {
        Version: { reason: 'a tag', given: { version: '1.4' }, want: B },
        Image: { reason: 'another repository', given: { image: 'quay.io/opdev/fork' }, want: 'quay.io/opdev/fork:1.3' },
        Both: { reason: 'a registry with a port', given: { image: 'r.example:5000/b', version: '2.0' }, want: 'r.example:5000/b:2.0' },
        Digest: { reason: 'exactly this one', given: { version: digest }, want: `quay.io/opdev/bestie@${digest}` },
      },
      (given, want) => {
        assert.deepEqual([upgradeOf(edited(ready(), given))?.to, desiredImage(edited(ready(), given))], [want, A]);
        const done = settled(up(onTrial(undefined, given)));
        assert.deepEqual([upgradeOf(done)?.phase, desiredImage(done), said(syncOf(done), 'Ready')], ['Succeeded', want, 'True AllReady']);
      },
    );
  });

  describe('a new database', () => {
    it('needs no backup, and knows no upgrade', () => {
      for (const w of [world(), created(), usable(), migrating(), ready()]) {
        assert.equal(upgradeOf(w), undefined);
        assert.equal(armedBy(w), undefined);
        assert.equal(said(syncOf(w), 'UpgradeFailed'), undefined);
      }
    });

    it('is migrated to the image that is wanted meanwhile, without a backup, while it has no migration', () => {
      const other = edited(without(usable(), 'Job'), { version: '1.4' });
      assert.deepEqual([migrates(other, B), armedBy(other), upgradeOf(other)], [true, undefined, undefined]);
    });

    it('returns to nothing: its first image never ran', () => {
      const first = reporting(carriedOut(patched(migrating(), 'Job', { status: jobStatus.complete })), 'Deployment', undefined);
      const manifest = manifestOf(syncOf(onTrial(first)), 'Deployment');
      assert.deepEqual([imageOf(manifest), manifest?.metadata.annotations?.[annotations.lastGood]], [B, undefined]);
    });
  });

  it('backs a database up that was attached before another version migrates it, and runs nothing before', () => {
    const attached = without(patched(without(ready(), 'Job'), 'PostgresCluster', { status: pgoStatus.usable }), 'Deployment');
    const w = edited({ ...attached, parent: { ...attached.parent, status: undefined } }, { version: '1.4' });
    assert.deepEqual([said(syncOf(w), 'DatabaseSeeded'), desiredImage(w), migrates(w, B)], ['False BackingUp', undefined, false]);
    assert.match(armedBy(w) ?? '', /^pre-upgrade\./);
  });

  describe('the way back', () => {
    const done = settled(up(onTrial()));
    each<World, [phase: string | undefined, runs: string]>(
      {
        Lower: { reason: 'its schema is another one', given: edited(done, { version: '1.3' }), want: ['Refused', B] },
        Allowed: {
          reason: 'a person knows better, and no migration runs',
          given: annotated(edited(done, { version: '1.3' }), { [requests.allowDowngrade]: '1.3' }),
          want: ['RollingOut', A],
        },
        AllowedAnother: {
          reason: 'that holds for one version',
          given: annotated(edited(done, { version: '1.3' }), { [requests.allowDowngrade]: '1.2' }),
          want: ['Refused', B],
        },
        OnTrial: {
          reason: 'what ran before is never refused while the new one is on trial',
          given: edited(onTrial(), { version: '1.3' }),
          want: ['Aborted', A],
        },
        NoVersion: { reason: 'nothing is known of it', given: edited(done, { version: 'nightly' }), want: ['BackingUp', B] },
      },
      (given, [phase, runs]) => {
        assert.deepEqual([upgradeOf(given)?.phase, desiredImage(given)], [phase, runs]);
        assert.equal(migrates(given, image('nightly')), false);
      },
    );
  });
});
