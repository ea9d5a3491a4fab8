/** What people do about a clone, a second Bestie whose database is made from a backup of the first one, and what becomes of it. */
import fc from 'fast-check';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { omit, type Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf } from './data.ts';
import { bestieOf, sample } from './sandbox.ts';
import { labelOf } from './timelines.ts';
import { TWIN } from './whose.ts';

export const TWIN_DATABASE = `${TWIN}-pgo`;

const sources = ['bestie', 'missing', 'older', 'bucket'] as const;
const moments = ['latest', 'ago', 'label', 'future'] as const;
const acts = ['remove', 'wipe', 'strip', 'unsource', 'resource', 'stop', 'grow'] as const;
type Act = (typeof acts)[number];

export type CloneEvent =
  | { do: 'clone'; from: (typeof sources)[number]; to: (typeof moments)[number]; seconds: number; repository: string }
  | { do: 'discard' }
  | { do: 'bucket' }
  | { do: 'fills'; fate: string }
  | { do: 'twin'; version: string }
  | { do: 'meddle'; act: Act };

/** A clone is by far the most frequent. */
export const cloneEvent: fc.Arbitrary<CloneEvent> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc
      .record({
        from: fc.constantFrom<(typeof sources)[number]>('bestie', 'bestie', 'bestie', 'bestie', 'bucket', ...sources),
        to: fc.constantFrom<(typeof moments)[number]>('latest', 'latest', ...moments),
        seconds: fc.integer({ min: 1, max: 60 }),
        repository: fc.constantFrom('', '', 'repo1', 'repo2'),
      })
      .map((how) => ({ do: 'clone' as const, ...how })),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'discard' as const }) },
  { weight: 3, arbitrary: fc.constant({ do: 'bucket' as const }) },
  { weight: 2, arbitrary: fc.constantFrom('fail', 'hang', '').map((fate) => ({ do: 'fills' as const, fate })) },
  { weight: 1, arbitrary: fc.constantFrom('1.4', '1.5').map((version) => ({ do: 'twin' as const, version })) },
  { weight: 4, arbitrary: fc.constantFrom(...acts).map((act) => ({ do: 'meddle' as const, act })) },
);

export const S3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const VOLUME = { name: 'repo1', volume: {} };
const REPOSITORIES = [VOLUME, { name: 'repo2', s3: S3 }];
/** The same, with a backup in the bucket within a minute. */
function soonInBucket(now: string): object[] {
  return [VOLUME, { name: 'repo2', s3: S3, schedules: { full: `${(new Date(now).getUTCMinutes() + 1) % 60} * * * *` } }];
}

/** Where the first Bestie archives, or has archived last. */
const paths = new WeakMap<Cluster, string>();
function pathOf(cluster: Cluster): string {
  const database = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo');
  const { global = {}, repos = [] } = fieldsOf(fieldsOf(database?.spec?.backups).pgbackrest) as {
    global?: Record<string, string>;
    repos?: { name: string; s3?: object }[];
  };
  const inBucket = repos.find(({ s3 }) => s3 !== undefined);
  const path = (inBucket && global[`${inBucket.name}-path`]) ?? paths.get(cluster) ?? '/nosuch/repo1';
  paths.set(cluster, path);
  return path;
}

function targetOf({ to, seconds }: Extract<CloneEvent, { do: 'clone' }>, cluster: Cluster): object {
  const at = (moment: number): object => ({ target: { time: new Date(moment).toISOString().replace('.000Z', 'Z') } });
  const now = Date.parse(cluster.now());
  const backup = dataOf(cluster)
    .backups()
    .at(-1 - (seconds % 2));
  const targets: Record<typeof to, () => object> = {
    latest: () => ({}),
    ago: () => at(now - seconds * 1000),
    future: () => at(now + seconds * 1000),
    label: () => (backup === undefined ? {} : { target: { backup: labelOf(backup) } }),
  };
  return targets[to]();
}

function sourceOf({ from, repository }: Extract<CloneEvent, { do: 'clone' }>, cluster: Cluster): object {
  if (from === 'bucket') return { repository: { s3: S3, path: pathOf(cluster), credentialsSecret: 's3' } };
  return { bestie: { name: from === 'missing' ? 'nosuch' : 'bestie', ...(repository !== '' && { repository }) } };
}

/** What is left of the object of the database once a person has done it. */
const done: Readonly<Record<Exclude<Act, 'remove'>, (object: Resource) => Resource>> = {
  wipe: ({ metadata, ...rest }) => {
    const sandbox = Object.entries(metadata.annotations ?? {}).filter(([key]) => key.startsWith('sandbox/'));
    return { ...rest, metadata: { ...metadata, annotations: Object.fromEntries(sandbox) } };
  },
  strip: ({ metadata, ...rest }) => ({
    ...rest,
    metadata: { ...metadata, labels: { 'controller-uid': metadata.labels?.['controller-uid'] ?? '' } },
  }),
  unsource: (object) => ({ ...object, spec: omit(object.spec ?? {}, 'dataSource') }),
  resource: ({ spec, ...rest }) => {
    const options = ['--type=immediate'];
    const { postgresCluster } = fieldsOf(spec?.dataSource);
    return postgresCluster === undefined
      ? { ...rest, spec: spec ?? {} }
      : { ...rest, spec: { ...spec, dataSource: { postgresCluster: { ...fieldsOf(postgresCluster), options } } } };
  },
  stop: ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, shutdown: true } }),
  grow: ({ spec, ...rest }) => ({
    ...rest,
    spec: { ...spec, instances: ((spec?.instances ?? []) as object[]).map((each) => ({ ...each, replicas: 3 })) },
  }),
};

const meddledAt = new WeakMap<Cluster, number>();
/** When a person last touched the database of the clone, in milliseconds by the clock of the cluster. */
export const lastTouched = (cluster: Cluster): number => meddledAt.get(cluster) ?? -Infinity;

function touch(act: Act, cluster: Cluster): void {
  if (cluster.user.get(POSTGRES_CLUSTER, 'shop', TWIN_DATABASE) === undefined) return;
  meddledAt.set(cluster, Date.parse(cluster.now()));
  if (act === 'remove') cluster.remove(POSTGRES_CLUSTER, 'shop', TWIN_DATABASE);
  else cluster.edit(POSTGRES_CLUSTER, 'shop', TWIN_DATABASE, done[act]);
}

/** The two Besties, as a person edits them. */
function edit(cluster: Cluster, name: string, change: (spec: Record<string, unknown>) => object): void {
  if (bestieOf(cluster, name))
    cluster.edit(BESTIE, 'shop', name, (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...change(bestie.spec ?? {}) } }));
}

/** Lets it happen. `spec`: what a clone has beside its database. */
export function happenToClones(what: CloneEvent, cluster: Cluster, spec: object): void {
  pathOf(cluster);
  if (what.do === 'fills') dataOf(cluster, TWIN_DATABASE).meddle(what.fate);
  else if (what.do === 'meddle') touch(what.act, cluster);
  else if (what.do === 'twin') edit(cluster, TWIN, () => ({ version: what.version }));
  else if (what.do === 'bucket')
    edit(cluster, 'bestie', ({ database }) => {
      const { backups } = fieldsOf(database);
      return { database: { ...fieldsOf(database), backups: { ...fieldsOf(backups), repos: soonInBucket(cluster.now()) } } };
    });
  else if (what.do === 'discard') {
    if (bestieOf(cluster, TWIN)) cluster.remove(BESTIE, 'shop', TWIN);
  } else if (bestieOf(cluster, TWIN) === undefined) {
    const dataSource = { ...sourceOf(what, cluster), ...targetOf(what, cluster) };
    const database = { dataSource, backups: { repos: REPOSITORIES }, ...(what.from === 'older' && { postgresVersion: 16 }) };
    cluster.apply(sample({ ...spec, size: 1, database }, { name: TWIN }));
  }
}
