/** Each law of drills and clones is seen to be broken, by writes that no operator should make, and is kept by those that one makes. */
import assert from 'node:assert/strict';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { cloneLaws } from './clonelaws.ts';
import { RESTORE_ANNOTATION } from './data.ts';
import { drillLaws } from './drilllaws.ts';
import { operated, sample } from './sandbox.ts';
import { sourceLaws } from './sourcelaws.ts';
import { each } from './table.ts';

const BOUND = '2026-01-01T02:05:00Z';
const S3 = { bucket: 'ours', endpoint: 's3', region: 'eu' };
const from = (clusterName: string): object => ({ dataSource: { postgresCluster: { clusterName, repoName: 'repo1' } } });
const archiving = (path: string): object => ({
  backups: { pgbackrest: { global: { 'repo1-path': path }, repos: [{ name: 'repo1', s3: S3 }] } },
});

/** A cluster in which nothing happens but what the test writes; the operator and Metacontroller do nothing. */
function play() {
  const cluster = operated();
  cluster.down.add('metacontroller').add('job-controller').add('kubelet');
  const laws = [drillLaws(cluster), cloneLaws(cluster), sourceLaws(cluster)] as const;
  const bestie = cluster.apply(sample());
  const owner = (uid: string) => ({
    ownerReferences: [{ apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'bestie', uid, controller: true }],
  });

  /** A PostgresCluster as the operator applies it. */
  function database(name: string, spec: object = {}, notes: Record<string, string> = {}): void {
    const kind = { apiVersion: 'postgres-operator.crunchydata.com/v1beta1', kind: 'PostgresCluster' };
    const repos = { pgbackrest: { repos: [{ name: 'repo1', volume: { volumeClaimSpec: {} } }] } };
    const applied = { ...kind, metadata: { name, annotations: notes }, spec: { instances: [{ name: 'pg' }], backups: repos, ...spec } };
    const live = cluster.user.get(POSTGRES_CLUSTER, 'shop', name);
    const annotations = { ...live?.metadata.annotations, ...notes, [LAST_APPLIED_ANNOTATION]: JSON.stringify(applied) };
    cluster.apply({ ...applied, metadata: { ...live?.metadata, ...owner(bestie.metadata.uid), name, namespace: 'shop', annotations } });
  }
  const job = (name: string, container: string, component: string, status?: object): void => {
    const labels = { 'app.kubernetes.io/component': component, 'app.kubernetes.io/instance': name.split('-')[0] ?? '' };
    const template = { metadata: { labels }, spec: { containers: [{ name: container, image: 'bestie:1' }], restartPolicy: 'Never' } };
    const made = cluster.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace: 'shop', labels }, spec: { template } });
    if (status) cluster.user.updateStatus({ ...made, status: { ...status } });
  };
  const policy = (): void => {
    const spec = { podSelector: {}, policyTypes: ['Ingress'] };
    cluster.apply({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'bestie-drill', namespace: 'shop' },
      spec,
    });
  };
  const say = (status: object, name = 'bestie'): void => {
    const live = cluster.user.get(BESTIE, 'shop', name);
    if (live) cluster.user.updateStatus({ ...live, status: { ...status } });
  };
  const drill = JSON.stringify({ id: 'on-demand.one', repo: 'repo1', since: '2026-01-01T02:00:00Z', until: BOUND });
  return {
    cluster,
    database,
    job,
    policy,
    say,
    /** The copy of a drill, shielded. */
    copy: (spec: object = {}): void => {
      policy();
      database('bestie-drill', { ...from('bestie-pgo'), ...spec }, { 'pets.bestie.com/drill': drill });
    },
    made: async (seconds = 20): Promise<void> => cluster.tick(seconds),
    broken: (): string[] => {
      for (const { check } of laws) check();
      return [...new Set(laws.flatMap(({ broken }) => broken))];
    },
    end: (): string[] => {
      laws[0].end();
      laws[1].end();
      return [...new Set(laws.flatMap(({ broken }) => broken))];
    },
  };
}
type Play = ReturnType<typeof play>;

const pass = (cluster: Cluster, seconds: number): Promise<void> => cluster.tick(seconds);
const twin = ({ cluster }: Play): void => {
  cluster.apply(sample({ database: { dataSource: { bestie: { name: 'bestie' } } } }, { name: 'twin' }));
};

describe('support: the laws of copies', () => {
  each<(p: Play) => void | Promise<void>, string[]>(
    {
      Lawful: {
        reason: 'a drill as it should be, to its end',
        given: async (p) => {
          p.database('bestie-pgo');
          await p.made();
          p.copy();
          await p.made();
          p.database('bestie-drill');
          p.job('bestie-drill-check', 'check', 'drill', {
            conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: '2026-01-01T02:01:00Z' }],
          });
          p.say({ backup: { verified: { at: '2026-01-01T02:01:00Z' } } });
          await pass(p.cluster, 60);
        },
        want: [],
      },
      Unshielded: {
        reason: 'made without its policy',
        given: (p) => {
          p.database('bestie-drill', from('bestie-pgo'), { 'pets.bestie.com/drill': JSON.stringify({ until: BOUND }) });
        },
        want: ['a copy is made without its policy', 'a copy is not shielded'],
      },
      Unbounded: {
        reason: 'made without a bound',
        given: (p) => {
          p.policy();
          p.database('bestie-drill', from('bestie-pgo'));
        },
        want: ['a copy is made without a bound'],
      },
      Exposed: {
        reason: 'the policy goes first',
        given: (p) => {
          p.copy();
          p.cluster.remove('NetworkPolicy.networking.k8s.io/v1', 'shop', 'bestie-drill');
        },
        want: ['the policy goes before the copy', 'a copy is not shielded'],
      },
      Outliving: {
        reason: 'it is left beyond its bound',
        given: async (p) => {
          p.copy();
          await pass(p.cluster, 5 * 60 + 90);
        },
        want: ['a drill outlives its bound'],
      },
      Backup: {
        reason: 'a backup is requested beside it',
        given: async (p) => {
          p.database('bestie-pgo');
          p.copy();
          await pass(p.cluster, 30);
          p.database('bestie-pgo', {}, { [BACKUP_ANNOTATION]: 'on-demand.a' });
        },
        want: ['backup on-demand.a is requested beside a drill'],
      },
      Restore: {
        reason: 'a restore is armed beside it',
        given: async (p) => {
          p.database('bestie-pgo');
          p.copy();
          await pass(p.cluster, 30);
          p.database('bestie-pgo', {}, { [RESTORE_ANNOTATION]: 'restore.x.y' });
        },
        want: ['restore restore.x.y is armed beside a drill'],
      },
      Migration: {
        reason: 'a migration begins beside it',
        given: async (p) => {
          p.copy();
          await pass(p.cluster, 30);
          p.job('bestie-1', 'migrate', 'migration');
        },
        want: ['a migration begins beside a drill'],
      },
      BesideMigration: {
        reason: 'it begins beside a migration',
        given: (p) => {
          p.job('bestie-1', 'migrate', 'migration', { active: 1 });
          p.copy();
        },
        want: ['a drill begins beside a migration'],
      },
      BesideRestore: {
        reason: 'it begins beside a restore',
        given: (p) => {
          p.database('bestie-pgo', {}, { [RESTORE_ANNOTATION]: 'restore.x.y' });
          p.copy();
        },
        want: ['a drill begins beside a restore'],
      },
      BesideBackup: {
        reason: 'it begins beside a backup',
        given: (p) => {
          p.database('bestie-pgo');
          const live = p.cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
          const manualBackup = { id: 'on-demand.a', finished: false, startTime: p.cluster.now() };
          if (live) p.cluster.user.updateStatus({ ...live, status: { pgbackrest: { manualBackup } } });
          p.copy();
        },
        want: ['a drill begins beside a backup'],
      },
      Untrue: {
        reason: 'a success that no check has had',
        given: (p) => {
          p.say({ backup: { verified: { at: '2026-01-01T02:01:00Z' } } });
        },
        want: ['a drill is said to have succeeded at 2026-01-01T02:01:00Z'],
      },
      SourceOfTheLiving: {
        reason: 'a source on a database that was made without one is a request to make it anew',
        given: async (p) => {
          p.database('other-pgo');
          p.database('bestie-pgo');
          await p.made();
          p.database('bestie-pgo', from('other-pgo'));
          await p.made();
        },
        want: ['a source is sent to bestie-pgo, which lives', 'the data of bestie-pgo is lost: it was filled anew'],
      },
      SourceAgain: {
        reason: 'it is sent again after the copy was there',
        given: async (p) => {
          p.database('bestie-pgo');
          await p.made();
          p.copy();
          await p.made();
          p.database('bestie-drill');
          p.database('bestie-drill', from('bestie-pgo'));
        },
        want: ['a source is sent to bestie-drill, which lives'],
      },
      SourceKept: {
        reason: 'it is still sent long after the copy was there',
        given: async (p) => {
          p.database('bestie-pgo');
          await p.made();
          p.database('twin-pgo', from('bestie-pgo'));
          await p.made(60);
        },
        want: ['the source of twin-pgo is still sent'],
      },
      OnePath: {
        reason: 'a copy archives where its source does',
        given: (p) => {
          p.database('bestie-pgo', archiving('/a'));
          p.database('twin-pgo', { ...from('bestie-pgo'), ...archiving('/a') });
        },
        want: [`bestie-pgo and twin-pgo archive into ${JSON.stringify(S3)} /a`],
      },
      OtherPath: {
        reason: 'each has its own',
        given: (p) => {
          p.database('bestie-pgo', archiving('/a'));
          p.database('twin-pgo', { ...from('bestie-pgo'), ...archiving('/b') });
        },
        want: [],
      },
      Seeded: {
        reason: 'sample data is loaded into a clone, and before the copy is there',
        given: (p) => {
          p.job('twin-1', 'seed', 'migration');
        },
        want: ['a clone is seeded', 'bestie:1 is migrated before the copy is there'],
      },
      Claimed: {
        reason: 'it is said to be a copy, and none was made',
        given: (p) => {
          twin(p);
          p.say({ conditions: [{ type: 'Copied', status: 'True', reason: 'Copied', message: '-', lastTransitionTime: BOUND }] }, 'twin');
        },
        want: ['a clone is said to be a copy, and is none'],
      },
    },
    async (act, want) => {
      const p = play();
      await act(p);
      assert.deepEqual(p.broken(), want);
    },
  );

  each<(p: Play) => void, string[]>(
    {
      Left: {
        reason: 'an object of a drill is left in the end',
        given: (p) => {
          p.policy();
        },
        want: ['of a drill is left: NetworkPolicy bestie-drill'],
      },
      Unsaid: { reason: 'no condition says what became of a clone', given: twin, want: ['nothing says what became of a clone'] },
      NoWord: {
        reason: 'a clone that is none, without a message',
        given: (p) => {
          twin(p);
          const condition = { type: 'Copied', status: 'False', reason: 'SourceMissing', message: '', lastTransitionTime: BOUND };
          p.say({ conditions: [condition] }, 'twin');
        },
        want: ['a clone that is none, without a word'],
      },
    },
    (act, want) => {
      const p = play();
      act(p);
      assert.deepEqual(p.end(), want);
    },
  );
});
