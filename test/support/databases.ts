/** All databases of a sandbox, those that are gone, too: a copy may be made from what they left in a bucket. */
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { JOB, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { imageOf } from './jobs.ts';
import { followOne, type Copied, type Named, type OneDatabase } from './onedatabase.ts';
import { targetIn } from './restoretarget.ts';

/** What follows the databases of one name, one after the other. */
interface Line {
  named: Named;
  all: { uid: string | undefined; one: OneDatabase }[];
}

export interface Registry {
  named: (name: string) => Named;
  /** The newest database of that name. */
  latest: (name: string) => OneDatabase;
  /** Paths in buckets into which more than one database has archived. */
  shared: () => readonly string[];
}

interface Repository {
  name: string;
  s3?: { bucket: string };
  gcs?: { bucket: string };
  azure?: { container: string };
}

const isComplete = (job: Resource): boolean => conditionsOf(job).some(({ type, status }) => type === 'Complete' && status === 'True');
const isDrill = ({ metadata }: Resource): boolean => metadata.labels?.['app.kubernetes.io/component'] === 'drill';
const databaseOf = ({ metadata }: Resource): string => `${metadata.labels?.['app.kubernetes.io/instance'] ?? 'bestie'}-pgo`;

/** Where that repository is; undefined where it is a volume, which nothing else reaches. */
function placeOf({ name, s3, gcs, azure }: Repository, global: unknown): string | undefined {
  const bucket = s3?.bucket ?? gcs?.bucket ?? azure?.container;
  return bucket === undefined ? undefined : `${bucket} ${String(fieldsOf(global)[`${name}-path`])}`;
}

/** The places into which that database archives. */
function placesOf({ spec, status }: Resource): { place: string; repo: string }[] {
  const { global, repos = [] } = fieldsOf(fieldsOf(spec?.backups).pgbackrest) as { global?: unknown; repos?: Repository[] };
  const shown = (fieldsOf(status?.pgbackrest).repos ?? []) as { name: string; stanzaCreated?: boolean }[];
  const isPrepared = (name: string): boolean => shown.some((each) => each.name === name && each.stanzaCreated === true);
  return repos.flatMap((repository) => {
    const place = placeOf(repository, global);
    return place === undefined || !isPrepared(repository.name) ? [] : [{ place, repo: repository.name }];
  });
}

export function createRegistry(cluster: Cluster): Registry {
  const lines = new Map<string, Line>();
  const archives = new Map<string, { one: OneDatabase; repo: string }[]>();
  const migrated = new Set<string>();
  let systems = 0;
  const time = (): number => Date.parse(cluster.now());

  function copied({ spec }: Resource): Copied {
    const { postgresCluster, pgbackrest } = fieldsOf(spec?.dataSource) as {
      postgresCluster?: { clusterName: string; repoName: string; options?: string[] };
      pgbackrest?: { global?: unknown; repo: Repository; options?: string[] };
    };
    const found = archives.get((pgbackrest && placeOf(pgbackrest.repo, pgbackrest.global)) ?? '')?.at(-1);
    const source = postgresCluster === undefined ? found?.one : latest(postgresCluster.clusterName);
    const request = postgresCluster ?? { ...pgbackrest, ...(found && { repoName: found.repo }) };
    if (source === undefined) return { outcome: 'fails', system: '' };
    return { outcome: source.timelines().outcomeOf(targetIn(request), time()), system: source.system() };
  }

  function add(line: Line, uid: string | undefined): OneDatabase {
    systems += 1;
    const one = followOne(cluster, line.named, `system-${systems}`, copied);
    line.all.push({ uid, one });
    return one;
  }
  function lineOf(name: string): Line {
    const line = lines.get(name) ?? { named: { name, meddled: '' }, all: [] };
    lines.set(name, line);
    if (line.all.length === 0) add(line, undefined);
    return line;
  }
  function latest(name: string): OneDatabase {
    const line = lineOf(name);
    return line.all.at(-1)?.one ?? add(line, undefined);
  }

  /** The one with that uid: the first that is seen is the one that was waited for. */
  function find({ metadata }: Resource): OneDatabase {
    const line = lineOf(metadata.name);
    const last = line.all.at(-1);
    if (last?.uid === undefined && last !== undefined) last.uid = metadata.uid;
    return line.all.find(({ uid }) => uid === metadata.uid)?.one ?? add(line, metadata.uid);
  }

  function see(database: Resource): void {
    const one = find(database);
    for (const { place, repo } of placesOf(database)) {
      const known = archives.get(place) ?? [];
      if (!known.some((each) => each.one === one)) archives.set(place, [...known, { one, repo }]);
    }
    one.see(database);
  }

  cluster.server.watch(({ type, object }) => {
    const key = `${object.kind}.${object.apiVersion}`;
    if (type === 'DELETED') return;
    if (key === POSTGRES_CLUSTER) see(object);
    if (key !== JOB || !isComplete(object) || isDrill(object) || migrated.has(object.metadata.uid)) return;
    migrated.add(object.metadata.uid);
    const timelines = latest(databaseOf(object)).timelines();
    timelines.write(time(), [...new Set([...timelines.now(), imageOf(object)])]);
  });

  return {
    named: (name) => lineOf(name).named,
    latest,
    shared: () => [...archives].flatMap(([place, all]) => (all.length > 1 ? [place] : [])),
  };
}
