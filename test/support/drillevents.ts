/** What people do about drills, and to the objects of one, and what becomes of its copy. */
import fc from 'fast-check';
import { annotations } from '../../src/api/names.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { omit, type Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { NETWORK_POLICY } from './whose.ts';
import { dataOf } from './data.ts';
import { bestieOf } from './sandbox.ts';

const objects = {
  copy: [POSTGRES_CLUSTER, 'bestie-drill'],
  job: [JOB, 'bestie-drill-check'],
  policy: [NETWORK_POLICY, 'bestie-drill'],
} as const;
const acts = ['remove', 'wipe', 'forget', 'garble', 'prolong', 'strip', 'grow', 'stop', 'unsource', 'resource'] as const;
type Act = (typeof acts)[number];

export type DrillEvent =
  | { do: 'verify'; when: 'token' | 'soon' | 'often' | 'never'; token: string; repository: string; seconds: number }
  | { do: 'copies'; fate: string }
  | { do: 'unfit'; is: boolean }
  | { do: 'drill'; what: keyof typeof objects; act: Act }
  | { do: 'record'; value: string };

/** A request is by far the most frequent. */
export const drillEvent: fc.Arbitrary<DrillEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        when: fc.constantFrom('token' as const, 'token' as const, 'soon' as const, 'soon' as const, 'often' as const, 'never' as const),
        token: fc.constantFrom('one', 'two', 'three'),
        repository: fc.constantFrom('', '', 'repo2'),
        seconds: fc.constantFrom(300, 300, 1200),
      })
      .map((how) => ({ do: 'verify' as const, ...how })),
  },
  { weight: 2, arbitrary: fc.constantFrom('fail', 'hang', '').map((fate) => ({ do: 'copies' as const, fate })) },
  { weight: 1, arbitrary: fc.boolean().map((is) => ({ do: 'unfit' as const, is })) },
  {
    weight: 5,
    arbitrary: fc
      .record({ what: fc.constantFrom('copy' as const, 'copy' as const, 'job' as const, 'policy' as const), act: fc.constantFrom(...acts) })
      .map((how) => ({ do: 'drill' as const, ...how })),
  },
  { weight: 1, arbitrary: fc.constantFrom('', 'x', '{"last":1}').map((value) => ({ do: 'record' as const, value })) },
);

const noted = ({ metadata, ...rest }: Resource, change: Record<string, string>): Resource => ({
  ...rest,
  metadata: { ...metadata, annotations: { ...metadata.annotations, ...change } },
});
const without = ({ metadata, ...rest }: Resource, ...keys: string[]): Resource => ({
  ...rest,
  metadata: { ...metadata, annotations: omit(metadata.annotations ?? {}, ...keys) },
});
const respecified = ({ spec, ...rest }: Resource, change: Record<string, unknown>): Resource => ({ ...rest, spec: { ...spec, ...change } });

/** What decides how a restore ends is no annotation of a real cluster. */
const ofSandbox = (notes: Record<string, string> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(notes).filter(([key]) => key.startsWith('sandbox/')));

/** What is left once a person has done it; a Job cannot be changed in every way, and is not. */
const done: Readonly<Record<Exclude<Act, 'remove'>, (object: Resource, now: string) => Resource>> = {
  wipe: ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, annotations: ofSandbox(metadata.annotations) } }),
  forget: (object) => without(object, annotations.drill),
  garble: (object) => noted(object, { [annotations.drill]: 'garbled' }),
  prolong: (object) =>
    noted(object, {
      [annotations.drill]: JSON.stringify({ id: 'mine', repo: 'repo1', since: '2026-01-01T00:00:00Z', until: '2030-01-01T00:00:00Z' }),
    }),
  strip: ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, labels: { 'controller-uid': metadata.labels?.['controller-uid'] ?? '' } },
  }),
  grow: (object) =>
    object.kind === 'PostgresCluster'
      ? respecified(object, { instances: (object.spec?.instances as object[]).map((each) => ({ ...each, replicas: 3 })) })
      : noted(object, { grown: 'x' }),
  stop: (object) => (object.kind === 'PostgresCluster' ? respecified(object, { shutdown: true }) : noted(object, { stopped: 'x' })),
  unsource: (object) => (object.kind === 'PostgresCluster' ? { ...object, spec: omit(object.spec ?? {}, 'dataSource') } : object),
  resource: (object) =>
    object.kind === 'PostgresCluster' && object.spec?.dataSource !== undefined
      ? respecified(object, {
          dataSource: { postgresCluster: { clusterName: 'bestie-pgo', repoName: 'repo1', options: ['--type=immediate'] } },
        })
      : object,
};

const schedules: Readonly<Record<string, (now: string) => object>> = {
  soon: (now) => ({ schedule: `${(new Date(now).getUTCMinutes() + 1) % 60} * * * *` }),
  often: () => ({ schedule: '*/30 * * * *' }),
};

/** The spec of the drills; the second repository where there is one. */
function verifyOf({ when, token, repository, seconds }: Extract<DrillEvent, { do: 'verify' }>, backups: object, now: string): object {
  const { repos = [] } = backups as { repos?: { name: string }[] };
  const asked = schedules[when]?.(now) ?? { onDemand: token };
  return { ...asked, timeoutSeconds: seconds, ...(repos.some(({ name }) => name === repository) && { repository }) };
}

const meddledAt = new WeakMap<Cluster, number>();
/** When a person last touched an object of a drill, in milliseconds by the clock of the cluster. */
export const lastMeddled = (cluster: Cluster): number => meddledAt.get(cluster) ?? -Infinity;

/** Lets it happen. */
export function happenToDrills(what: DrillEvent, cluster: Cluster): void {
  const bestie = (change: (object: Resource) => Resource): void => {
    if (bestieOf(cluster)) cluster.edit(BESTIE, 'shop', 'bestie', change);
  };
  if (what.do === 'copies') dataOf(cluster, 'bestie-drill').meddle(what.fate);
  else if (what.do === 'unfit') bestie((object) => respecified(object, { terminationGracePeriodSeconds: what.is ? -1 : undefined }));
  else if (what.do === 'record') {
    if (cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo'))
      cluster.edit(POSTGRES_CLUSTER, 'shop', 'bestie-pgo', (object) =>
        what.value === '' ? without(object, annotations.drills) : noted(object, { [annotations.drills]: what.value }),
      );
  } else if (what.do === 'verify')
    bestie((object) => {
      const database = fieldsOf(object.spec?.database);
      const { verify: _, ...backups } = fieldsOf(database.backups);
      const verify = what.when === 'never' ? {} : { verify: verifyOf(what, backups, cluster.now()) };
      return respecified(object, { database: { ...database, backups: { ...backups, ...verify } } });
    });
  else meddle(what, cluster);
}

function meddle({ what, act }: Extract<DrillEvent, { do: 'drill' }>, cluster: Cluster): void {
  const [kind, name] = objects[what];
  if (cluster.user.get(kind, 'shop', name) === undefined) return;
  meddledAt.set(cluster, Date.parse(cluster.now()));
  if (act === 'remove') cluster.remove(kind, 'shop', name);
  else cluster.edit(kind, 'shop', name, (object) => done[act](object, cluster.now()));
}

/** The faults end: copies are made as the repository lets them, and the spec is acceptable. */
export function endDrillFaults(cluster: Cluster): void {
  happenToDrills({ do: 'copies', fate: '' }, cluster);
  if (bestieOf(cluster)?.spec?.terminationGracePeriodSeconds === -1) happenToDrills({ do: 'unfit', is: false }, cluster);
}
