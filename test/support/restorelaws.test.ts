/** Each law of restores is seen to be broken, by writes that no operator should make, and is kept by those that one makes. */
import assert from 'node:assert/strict';
import { hash8 } from '../../src/lib/hash.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Fields } from '../../src/sandbox/apiserver/object.ts';
import { RESTORE_ANNOTATION } from './data.ts';
import { restoreLaws } from './restorelaws.ts';
import { annotate, operated, sample } from './sandbox.ts';
import { each } from './table.ts';

const QUIET = 'quiet-upgrade.06d771ba.297072fa.g2.a1';
const idOf = (id: string): string => `restore.06d771ba.${hash8(id)}`;
const meta = <M extends object>(name: string, more: M) => ({ name, namespace: 'shop', ...more });

/** A cluster in which nothing happens but what the test writes. */
function play() {
  const cluster = operated();
  const laws = restoreLaws(cluster);
  cluster.apply(sample());
  const kind = { apiVersion: 'postgres-operator.crunchydata.com/v1beta1', kind: 'PostgresCluster' };
  const spec = (options?: readonly string[]) => ({
    postgresVersion: 17,
    instances: [{ name: 'pg', dataVolumeClaimSpec: {} }],
    backups: { pgbackrest: { repos: [{ name: 'repo1' }], ...(options && { restore: { enabled: true, repoName: 'repo1', options } }) } },
  });
  const write = (id?: string, options: readonly string[] = [], notes: Record<string, string> = {}) => {
    const named = {
      ...kind,
      metadata: meta('bestie-pgo', { annotations: id === undefined ? notes : { ...notes, [RESTORE_ANNOTATION]: id } }),
    };
    const applied = { ...named, spec: spec(id === undefined ? undefined : options) };
    const annotations = { ...named.metadata.annotations, [LAST_APPLIED_ANNOTATION]: JSON.stringify(applied) };
    const live = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
    const next = { ...applied, metadata: { ...live?.metadata, ...applied.metadata, annotations } };
    if (live) cluster.user.update(next);
    else cluster.user.create(next);
  };
  write();
  const report = (pgbackrest: Fields): void => {
    const live = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
    if (live) cluster.user.updateStatus({ ...live, status: { ...live.status, pgbackrest } });
  };
  const workload = (component: string) => ({ labels: { 'app.kubernetes.io/component': component } });
  return {
    cluster,
    laws,
    report,
    want: (id: string, target: object = { latest: true }) =>
      cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, restore: { id, target } } })),
    arm: (id: string, ...options: string[]) => {
      write(idOf(id), options);
    },
    takeBack: () => {
      write();
    },
    accept: (id: string) => {
      report({ restore: { id: idOf(id), finished: false } });
    },
    succeed: (id: string) => {
      report({ restore: { id: idOf(id), finished: true, succeeded: 1 } });
    },
    run: (component: string) => {
      const pod = cluster.user.create({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: meta(component, workload(component)),
        spec: { containers: [{ name: 'bestie', image: 'bestie:1' }] },
      });
      cluster.user.updateStatus({ ...pod, status: { phase: 'Running' } });
    },
    job: (status?: object) => {
      const template = { spec: { containers: [{ name: 'migrate', image: 'bestie:1' }], restartPolicy: 'Never' } };
      const notes = { annotations: { 'pets.bestie.com/backup': QUIET } };
      const job = cluster.user.create({ apiVersion: 'batch/v1', kind: 'Job', metadata: meta('job', notes), spec: { template } });
      if (status) cluster.user.updateStatus({ ...job, status: { ...status } });
    },
    say: (restore: object) => {
      const live = cluster.user.get(BESTIE, 'shop', 'bestie');
      if (live) cluster.user.updateStatus({ ...live, status: { restore } });
    },
    onFailure: () =>
      cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, upgrade: { onFailure: 'Restore' } } })),
  };
}
type Played = ReturnType<typeof play>;

/** A restore that is requested, armed and accepted. */
const begun = (p: Played, id = 'mon'): void => {
  p.want(id);
  p.arm(id);
  p.accept(id);
};
const backup = (p: Played): void => {
  p.report({ manualBackup: { id: QUIET, finished: false, active: 1, startTime: p.cluster.now() } });
};
const backedUp = (p: Played): void => {
  p.report({ manualBackup: { id: QUIET, finished: true, succeeded: 1, startTime: p.cluster.now(), completionTime: p.cluster.now() } });
};
const failed = { conditions: [{ type: 'Failed', status: 'True' }] };
const NEWEST = '--type=immediate';

describe('support/restorelaws', () => {
  each<(p: Played) => void, RegExp | undefined>(
    {
      AsItShouldBe: {
        reason: 'requested, armed, accepted, succeeded, taken back, said',
        given: (p) => {
          begun(p);
          p.succeed('mon');
          p.takeBack();
          p.run('web');
        },
        want: undefined,
      },
      NoRequest: {
        reason: 'no spec has it',
        given: ({ arm }) => {
          arm('mon');
        },
        want: /^restore .* is not what was requested$/,
      },
      AnotherTarget: {
        reason: 'another moment',
        given: (p) => {
          p.want('mon', { time: '2026-01-01T02:00:00Z' });
          p.arm('mon', '--type=time', "--target='2026-01-01 02:00:01+00'");
        },
        want: /is not what was requested$/,
      },
      Twice: {
        reason: 'an id that was carried out',
        given: (p) => {
          for (const id of ['mon', 'tue', 'mon']) {
            begun(p, id);
            p.succeed(id);
          }
        },
        want: /^restore .* is carried out twice$/,
      },
      Pods: {
        reason: 'the application still runs',
        given: (p) => {
          p.run('web');
          begun(p);
        },
        want: /^data is replaced while a pod may write$/,
      },
      Migration: {
        reason: 'a migration still runs',
        given: (p) => {
          p.run('migration');
          begun(p);
        },
        want: /^data is replaced while a pod may write$/,
      },
      Backup: {
        reason: 'one runs',
        given: (p) => {
          backup(p);
          begun(p);
        },
        want: /^data is replaced while a backup runs$/,
      },
      Changed: {
        reason: 'PGO would start over',
        given: (p) => {
          begun(p);
          p.arm('mon', '--delta');
        },
        want: /changes while it stands$/,
      },
      TakenBack: {
        reason: 'before it has succeeded',
        given: (p) => {
          begun(p);
          p.takeBack();
        },
        want: /^Postgres is started on half a restore$/,
      },
      Abandoned: {
        reason: 'a user wants that',
        given: (p) => {
          begun(p);
          annotate(p.cluster, 'abandon-restore', 'mon');
          p.takeBack();
        },
        want: undefined,
      },
      Migrated: {
        reason: 'a Job while the data is replaced',
        given: (p) => {
          begun(p);
          p.job();
        },
        want: /is migrated on half a restore$/,
      },
      Serving: {
        reason: 'a pod while the data is replaced',
        given: (p) => {
          begun(p);
          p.run('web');
        },
        want: /^the application serves from half a restore$/,
      },
      UndoneWithoutFailure: {
        reason: 'no migration has failed',
        given: (p) => {
          p.onFailure();
          backup(p);
          backedUp(p);
          p.arm(QUIET, NEWEST);
        },
        want: /is not what was requested$/,
      },
      Undone: {
        reason: 'the migration has failed',
        given: (p) => {
          p.onFailure();
          backup(p);
          backedUp(p);
          p.job(failed);
          p.arm(QUIET, NEWEST);
          p.accept(QUIET);
        },
        want: undefined,
      },
      UndoneAlthoughServed: {
        reason: 'users have written since the backup',
        given: (p) => {
          p.onFailure();
          backup(p);
          backedUp(p);
          p.run('web');
          p.cluster.remove('Pod.v1', 'shop', 'web');
          p.job(failed);
          p.arm(QUIET, NEWEST);
          p.accept(QUIET);
        },
        want: /^what users wrote since the backup is lost$/,
      },
      Unsaid: { reason: 'status forgets the request', given: (p) => void p.want('mon'), want: /^nothing says what became of mon$/ },
      SaidTooEarly: {
        reason: 'it has not even begun',
        given: (p) => {
          p.say({ id: 'mon', phase: 'Succeeded' });
        },
        want: /^mon is said to have succeeded$/,
      },
      NoCondition: {
        reason: 'kubectl describe shows nothing',
        given: (p) => {
          p.say({ id: 'mon', phase: 'Failed', message: 'it has failed' });
        },
        want: /^no condition says what became of a restore$/,
      },
      NoWord: {
        reason: 'a phase without a message',
        given: (p) => {
          p.say({ id: 'mon', phase: 'Failed' });
        },
        want: /^Failed without a word$/,
      },
    },
    (given, want) => {
      const p = play();
      given(p);
      p.laws.check();
      const ofWrites = [...p.laws.broken];
      p.laws.end();
      if (want === undefined) assert.deepEqual(ofWrites, []);
      else
        assert.ok(
          p.laws.broken.some((each) => want.test(each)),
          p.laws.broken.join('\n'),
        );
    },
  );
});
