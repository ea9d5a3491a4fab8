import { strict as assert } from 'node:assert';
import type { Creation } from '../../src/api/kubernetes.ts';
import { containerStatus, created, jobPod, jobStatus, migrating, pgoStatus, ready, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  NOW,
  overlaid,
  overlays,
  patched,
  said,
  syncOf,
  UID,
  without,
  withPods,
  world,
  type World,
} from '../support/world.ts';

const PLURALS: Record<string, string> = { Service: 'services', Deployment: 'deployments', Job: 'jobs' };

/** The world in which the condition has had this reason for so many seconds, and status keeps that of creations. */
function standing(w: World, type: string, reason: string, seconds: number, ...creations: readonly Creation[]): World {
  const { conditions = [] } = w.parent.status as { conditions?: { type: string }[] };
  const changed = conditions.map((condition) =>
    condition.type === type ? { ...condition, status: 'False', reason, lastTransitionTime: ago(seconds) } : condition,
  );
  return { ...w, parent: overlaid(w.parent, { status: { conditions: changed, creations } }) };
}

const lost = without(ready(), 'Service');
const service = (rest: Partial<Creation> = {}): Creation => ({ kind: 'Service', name: 'bestie-service', since: NOW, ...rest });
/** The creation was requested so many seconds ago, on the minute. */
const requested = (seconds: number): World => later(standing(lost, 'ServiceCreated', 'Creating', 0, service()), seconds);

describe('status/missingchild', () => {
  describe('a wanted child that is not seen', () => {
    each<World, [said: string, recheck?: number]>(
      {
        New: { reason: 'requested in this answer', given: lost, want: ['False Creating', 180] },
        JustRequested: {
          reason: 'the last answer requested it',
          given: requested(10),
          want: ['False Creating', 170],
        },
        AfterOneResync: {
          reason: 'a cache may lag behind',
          given: requested(60),
          want: ['False Creating', 120],
        },
        AfterTwoResyncs: {
          reason: 'another object has the name; a minute more, since times are rounded',
          given: requested(180),
          want: ['False NotApplied'],
        },
        Still: {
          reason: 'it stays so',
          given: standing(lost, 'ServiceCreated', 'NotApplied', 1, service({ since: ago(1), refused: true })),
          want: ['False NotApplied'],
        },
        NotSaidYet: {
          reason: 'for long not True for another reason',
          given: standing(lost, 'ServiceCreated', 'Deleting', 9000),
          want: ['False Creating', 180],
        },
        AnotherObject: {
          reason: 'an object of another name was missing',
          given: standing(lost, 'ServiceCreated', 'NotApplied', 9000, service({ name: 'other', since: ago(9000), refused: true })),
          want: ['False Creating', 180],
        },
        RequestedLater: {
          reason: 'not True for long, but requested only just now',
          given: later(standing(lost, 'ServiceCreated', 'Creating', 9000, service()), 30),
          want: ['False Creating', 150],
        },
        Unreadable: {
          reason: 'no time',
          given: standing(lost, 'ServiceCreated', 'Creating', 9000, service({ since: 'noon' })),
          want: ['False Creating', 180],
        },
        FutureTime: {
          reason: 'clocks differ',
          given: standing(lost, 'ServiceCreated', 'Creating', -60, service({ since: ago(-60) })),
          want: ['False Creating', 180],
        },
      },
      (given, [wanted, recheck]) => {
        const answer = syncOf(given);
        assert.equal(said(answer, 'ServiceCreated'), wanted);
        assert.equal(answer.resyncAfterSeconds, recheck);
      },
    );
  });

  describe('a child that takes a while', () => {
    const job = childOf(migrating(), 'Job').metadata.name;
    const words = `migration Job ${job} has not ended yet`;
    const at = (seconds: number): string => `, requested at ${ago(seconds).slice(0, 16)}Z`;
    const born = (seconds: number): World => patched(migrating(), 'Job', { metadata: { creationTimestamp: ago(seconds) } });

    it('is reported alike before and after it is seen, and whatever the last status was', () => {
      for (const [before, type] of [
        [world(), 'DatabaseReady'],
        [patched(created(), 'PostgresCluster', { status: pgoStatus.usable }), 'DatabaseSeeded'],
        [patched(migrating(), 'Job', { status: jobStatus.complete }), 'DeploymentReady'],
      ] as const) {
        const answer = syncOf(before);
        const after = carriedOut(before, answer);
        const young = { ...after, children: after.children.map((child) => overlaid(child, { metadata: { creationTimestamp: NOW } })) };
        const late = { ...young, parent: before.parent };
        assert.deepEqual(conditionOf(syncOf(young), type), conditionOf(answer, type));
        assert.deepEqual(conditionOf(syncOf(late), type), conditionOf(answer, type));
      }
    });

    each<World, string>(
      {
        Young: { reason: 'to the minute', given: born(61), want: words + at(61) },
        Old: { reason: 'an update of an old object was not requested when that was created', given: born(180), want: words },
        NoTime: {
          reason: 'nulls are normal input',
          given: patched(born(0), 'Job', { metadata: { creationTimestamp: null } }),
          want: words,
        },
        Unreadable: { reason: 'the same', given: patched(born(0), 'Job', { metadata: { creationTimestamp: 'noon' } }), want: words },
      },
      (given, want) => {
        assert.equal(conditionOf(syncOf(given), 'DatabaseSeeded')?.message, want);
      },
    );

    it('has its trouble reported at once', () => {
      const containerStatuses = [containerStatus(waits('ErrImagePull'), 'migrate')];
      const ailing = withPods(born(1), jobPod(job, { status: { phase: 'Pending', containerStatuses } }));
      assert.equal(said(syncOf(ailing), 'DatabaseSeeded'), 'False ImagePullFailed');
    });

    each<[reason: string, seconds: number], [said: string, recheck?: number]>(
      {
        JustAsked: { reason: 'it will be seen', given: ['Migrating', 60], want: ['False Migrating', 60] },
        ForLong: {
          reason: 'it may have been seen, and be gone: it is requested again',
          given: ['Migrating', 180],
          want: ['False Creating', 60],
        },
        Again: {
          reason: 'that time counts, to the second',
          given: ['Creating', 20],
          want: ['False Creating', 40],
        },
        NeverSeen: {
          reason: 'it was never seen',
          given: ['Creating', 60],
          want: ['False NotApplied'],
        },
      },
      ([reason, seconds], [wanted, recheck]) => {
        const creation = { kind: 'Job', name: job, since: ago(seconds) };
        const answer = syncOf(standing(without(migrating(), 'Job'), 'DatabaseSeeded', reason, 9000, creation));
        assert.equal(said(answer, 'DatabaseSeeded'), wanted);
        assert.equal(answer.resyncAfterSeconds, recheck);
      },
    );
  });

  it('is reported with the command that fixes it, and stalls', () => {
    const answer = syncOf(requested(500));
    assert.deepEqual(answer.status.creations, [service({ refused: true })]);
    assert.ok(
      conditionOf(answer, 'ServiceCreated')?.message.endsWith(
        `kubectl -n pets label ${PLURALS.Service ?? ''} bestie-service --overwrite controller-uid=${UID}`,
      ),
    );
    assert.equal(said(answer, 'Stalled'), 'True NotApplied');
    assert.equal(said(answer, 'Ready'), 'False NotApplied');
    assert.ok(
      answer.children.some(({ kind }) => kind === 'Service'),
      'it is requested all the same',
    );
  });

  describe('a child whose gate opens after a long time', () => {
    it('is not called NotApplied in that answer, nor in the next', () => {
      // The first install waits an hour for the database; then the cache shows the Job one answer late.
      const waited = standing(created(), 'DatabaseSeeded', 'DependencyNotReady', 3600);
      const opened = patched(waited, 'PostgresCluster', { status: pgoStatus.usable });
      assert.equal(said(syncOf(opened), 'DatabaseSeeded'), 'False Migrating');
      const next = { ...without(carriedOut(opened), 'Job'), now: NOW };
      assert.equal(said(syncOf(next), 'DatabaseSeeded'), 'False Migrating');
    });

    it('nor is the Deployment, which has no gate left once the migration is on record', () => {
      const waited = standing(migrating(), 'DeploymentReady', 'DependencyNotReady', 3600);
      const opened = patched(waited, 'Job', { status: jobStatus.complete });
      assert.equal(said(syncOf(opened), 'DeploymentReady'), 'False RollingOut');
      const next = without(carriedOut(opened), 'Deployment');
      assert.equal(said(syncOf(next), 'DeploymentReady'), 'False RollingOut');
    });

    it('nor is the Job of another spec', () => {
      const other = { kind: 'Job', name: 'bestie-job-00000000', since: ago(3600), refused: true };
      const w = standing(without(ready(), 'Job'), 'DatabaseSeeded', 'NotApplied', 3600, other);
      assert.equal(said(syncOf(edited(w, { version: '1.4', upgrade: { backup: 'Skip' } })), 'DatabaseSeeded'), 'False Migrating');
    });
  });

  it('says of a child that is being deleted that it comes back', () => {
    const answer = syncOf(patched(ready(), 'Service', { metadata: { deletionTimestamp: NOW } }));
    assert.equal(
      conditionOf(answer, 'ServiceCreated')?.message,
      'Service bestie-service is being deleted; it is created again once it is gone',
    );
    assert.equal(said(answer, 'Reconciling'), 'True Progressing');
    assert.ok(answer.children.some(({ kind }) => kind === 'Service'));
  });

  it("stalls without the database's own kind, and makes nothing that needs it", () => {
    const answer = syncOf(world({}, { declared: overlays.minimal }));
    assert.equal(said(answer, 'DatabaseReady'), 'False APINotInstalled');
    assert.equal(said(answer, 'Stalled'), 'True APINotInstalled');
    assert.match(conditionOf(answer, 'DatabaseReady')?.message ?? '', /component crunchy/);
    assert.deepEqual(answer.children, []);
  });
});
