/** The repositories of a managed database, in Crunchy PGO's terms. */
import type { BestieSpec } from '../../api/bestie.ts';
import type { DatabaseDecisions } from '../../api/decisions.ts';
import type { Observed } from '../../api/observed.ts';
import type { Live } from '../../api/kubernetes.ts';
import { hash8 } from '../../lib/hash.ts';
import { copyRecordOf } from '../../observed/copyrecord.ts';
import { incarnation } from '../incarnation.ts';
import type { PostgresClusterSpec, Repository, VolumeClaim } from './types.ts';
import { postgresCluster } from './cluster.ts';

type Wanted = BestieSpec['database']['backups']['repos'][number];

/** What was observed, and what is decided about a copy. */
type World = Observed & { decisions?: Pick<DatabaseDecisions, 'copiedFrom'> };

export const claim = (storage: string, storageClassName?: string): VolumeClaim => ({
  accessModes: ['ReadWriteOnce'],
  ...(storageClassName !== undefined && { storageClassName }),
  resources: { requests: { storage } },
});

/**
 * The path of the backups in a repository. An observed path is never changed: the database operator would not find the old backups.
 * A volume is mounted at /pgbackrest/<repository>, so the path is below that. The incarnation separates two databases, one after the
 * other on a volume or side by side in a bucket: one history of backups belongs to one database. Postgres gives every copy of a
 * database the same identifier, and may give two of them the same timeline, so when a copy was requested is part of its path.
 */
function path({ name, volume }: Wanted, o: World): string {
  const live = postgresCluster(o);
  const observed = (spec: unknown) => (spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.global?.[`${name}-path`];
  const { name: bestie, namespace } = o.bestie.metadata;
  const { since } = copyRecordOf(o.decisions?.copiedFrom ?? '');
  const own = `${incarnation(o)}${since === undefined ? '' : `-${hash8(since)}`}`;
  const fresh = volume ? `/pgbackrest/${name}/${own}` : `/pgbackrest/${namespace}/${bestie}-${own}/${name}`;
  return observed(live && o.applied(live)?.spec) ?? observed(live?.spec) ?? fresh;
}

/** By time and not by count: with a count each backup on demand would remove one of the schedule. */
const options = (repository: Wanted, o: World): Record<string, string> => ({
  [`${repository.name}-path`]: path(repository, o),
  [`${repository.name}-retention-full`]: String(repository.retentionFullDays),
  [`${repository.name}-retention-full-type`]: 'time',
});

function toRepository({ name, volume, s3, gcs, azure, schedules }: Wanted, className: string | undefined): Repository {
  return {
    name,
    ...(schedules && { schedules }),
    ...(volume && { volume: { volumeClaimSpec: claim(volume.size, className) } }),
    ...(s3 && { s3 }),
    ...(gcs && { gcs }),
    ...(azure && { azure }),
  };
}

/** The part of a PostgresCluster's spec about backups, without a requested backup. */
export function repositories(o: World): PostgresClusterSpec['backups']['pgbackrest'] {
  const { backups, storage } = o.bestie.spec.database;
  const secrets = [...new Set(backups.repos.flatMap(({ credentialsSecret }) => credentialsSecret ?? []))];
  return {
    ...(secrets.length > 0 && { configuration: secrets.map((name) => ({ secret: { name } })) }),
    global: Object.assign({}, ...backups.repos.map((repository) => options(repository, o))) as Record<string, string>,
    repos: backups.repos.map((repository) => toRepository(repository, storage.className)),
  };
}
