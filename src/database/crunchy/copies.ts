/** Copies of a PostgresCluster: of a new Bestie, and of a drill. */
import type { CopyProvider, DrillCopy, Unfit } from '../../api/copyprovider.ts';
import { bounded } from '../../api/names.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import type { Observed } from '../../api/observed.ts';
import type { RestoreState } from '../../api/restore.ts';
import { storedResources } from '../../lib/resources.ts';
import { kubectl } from '../../observed/commands.ts';
import { bootstrapId, databaseStatus, isRestoring, switchesOf, systemOf } from './cluster.ts';
import { appliedSource, dataSource, sourcePaths, sourceWords } from './datasource.ts';
import { instanceSet } from './instances.ts';
import { claim } from './repositories.ts';
import { DATABASE_USER, LIMIT, userSecretOf } from './names.ts';
import { mayBeOlder, restoreState } from './restore.ts';
import { INSTANCE_SET, type InstanceSet, type PostgresClusterSpec, type Repository } from './types.ts';

const repositoriesOf = ({ spec }: KubeObject): Live<Repository>[] =>
  ((spec as Live<PostgresClusterSpec> | undefined)?.backups?.pgbackrest?.repos ?? []).filter((each) => each != null);

const first = (source: KubeObject): string | undefined => repositoriesOf(source)[0]?.name ?? undefined;

const hasBackup = (source: KubeObject, repository: string): boolean => {
  const { repos } = databaseStatus(source)?.pgbackrest ?? {};
  const isCreated = (repos ?? []).some((each) => each?.name === repository && each.stanzaCreated === true);
  const known = databaseStatus(source)?.conditions?.find((each) => each?.type === 'PGBackRestReplicaCreate');
  // The first backup of the database is in its first repository; of the others nothing more is known than that they are prepared.
  return isCreated && (repository !== first(source) || known?.status === 'True');
};

interface Row {
  when: (source: KubeObject, repository: string, o: Observed) => boolean;
  reason: Unfit['reason'];
  words: (source: KubeObject, repository: string, o: Observed) => string;
}

const versionOf = ({ spec }: KubeObject): number | undefined =>
  (spec as Live<PostgresClusterSpec> | undefined)?.postgresVersion ?? undefined;

/** Why a repository of a database cannot be copied, the first that fits. A backup is of the files of one major version of Postgres. */
const unfit: readonly Row[] = [
  {
    when: (source) => source.metadata.deletionTimestamp != null,
    reason: 'SourceMissing',
    words: () => 'it is being deleted; what it has in a bucket can be copied with dataSource.repository',
  },
  {
    when: (source, repository) => !repositoriesOf(source).some(({ name }) => name === repository),
    reason: 'SourceMissing',
    words: (source, repository) =>
      `it has no repository ${repository}, but ${repositoriesOf(source)
        .map(({ name }) => name ?? '')
        .join(', ')}`,
  },
  {
    when: (source, _repository, { bestie }) => versionOf(source) !== bestie.spec.database.postgresVersion,
    reason: 'SourceDiffers',
    words: (source, _repository, { bestie }) =>
      `its Postgres is ${versionOf(source) ?? 'of an unknown version'}, and a copy of Postgres ${bestie.spec.database.postgresVersion} is wanted; ` +
      'a copy has the major version of its source: delete this Bestie, and create it with that database.postgresVersion',
  },
  {
    when: (source) => isRestoring(source),
    reason: 'SourceNotReady',
    words: () =>
      'its data is being replaced; it is copied after that. What it has in a bucket can be copied before, by another Bestie with dataSource.repository',
  },
  {
    when: (source, repository) =>
      switchesOf(source).shutdown === true && repositoriesOf(source).some(({ name, volume }) => name === repository && volume != null),
    reason: 'SourceNotReady',
    words: (_source, repository) => `it is shut down, and so is the host of ${repository}, which is on a volume; start it`,
  },
  {
    when: (source, repository) => !hasBackup(source, repository),
    reason: 'SourceNotReady',
    words: (_source, repository) => `${repository} holds no backup yet, as far as is known; it is copied once there is one`,
  },
];

function unfitBecause(source: KubeObject, repository: string, o: Observed): Unfit | undefined {
  const found = unfit.find(({ when }) => when(source, repository, o));
  return (
    found && {
      reason: found.reason,
      message: `PostgresCluster ${source.metadata.name} cannot be copied: ${found.words(source, repository, o)}`,
    }
  );
}

/** One instance with the placement of the others. Its size, and what it takes, are those of the drill where the spec has any. */
function drillInstance({ bestie }: Observed): InstanceSet {
  const { database } = bestie.spec;
  const { storage = database.storage.size, resources } = database.backups.verify ?? {};
  const { walVolumeClaimSpec: _wal, resources: own, ...set } = instanceSet({ ...database, replicas: 1 }, undefined, undefined);
  const asked = resources === undefined ? own : storedResources(resources);
  return {
    ...set,
    name: INSTANCE_SET,
    dataVolumeClaimSpec: claim(storage, database.storage.className),
    ...(asked !== undefined && Object.keys(asked).length > 0 && { resources: asked }),
  };
}

/** The name and size of the repository of a copy. What PGO writes there is never read: a small volume may run full. */
const REPOSITORY = 'repo1';
const REPOSITORY_SIZE = '1Gi';

/**
 * With a repository on a volume of its own, so that nothing is archived into the source's. PGO makes a cluster without any anew for ever: it forgets
 * with each reconciliation that the restore has ended. Source: seen on PGO 6.0; the code of 5.8 is the same.
 */
function drillSpec({ repo, isMade }: DrillCopy, o: Observed): PostgresClusterSpec {
  const set = drillInstance(o);
  const { postgresVersion, storage } = o.bestie.spec.database;
  const source = { database: o.provider.nameOf(o.bestie.metadata.name), repository: repo };
  return {
    postgresVersion,
    ...(!isMade && { dataSource: dataSource({ source, target: { type: 'latest' } }, set, o) }),
    instances: [set],
    users: [{ name: DATABASE_USER, databases: [DATABASE_USER], password: { type: 'AlphaNumeric' } }],
    backups: {
      pgbackrest: {
        global: { [`${REPOSITORY}-retention-full`]: '1' },
        repos: [{ name: REPOSITORY, volume: { volumeClaimSpec: claim(REPOSITORY_SIZE, storage.className) } }],
      },
    },
  };
}

/**
 * One that Postgres has run on is there, also while it is down: PGO forgets which data that is only where it makes the database anew. Else a database
 * that has served would count as one without data of its own.
 */
function copyState(live: KubeObject | undefined): RestoreState {
  if (live === undefined) return { state: 'waiting' };
  const state = restoreState(bootstrapId(live.metadata.name), live);
  const hasRun = state.state === 'running' && state.endedAt !== undefined && systemOf(live) !== undefined;
  return hasRun ? { ...state, state: 'succeeded' } : state;
}

export const crunchyCopies: CopyProvider<Observed> = {
  requestId: bootstrapId,
  stateOf: copyState,
  isSent: (live, o) => appliedSource(live, o) !== undefined,
  sourcePaths,
  repositoryOf: (source, named) => named ?? first(source),
  unfitBecause,
  mayBeOlder,
  words: sourceWords,
  logs: (name, o) => kubectl(o, `logs job/${name}-pgbackrest-restore`),
  events: (name, o) => kubectl(o, `describe postgrescluster ${name}`),
  drillName: (bestie) => bounded(bestie, '-drill', LIMIT),
  drill: (copy, o) => ({ annotations: {}, spec: drillSpec(copy, o) }),
  loginSecret: userSecretOf,
};
