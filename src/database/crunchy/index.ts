/** Databases of Crunchy PGO: a PostgresCluster each. */
import { kinds } from '../../api/kinds.ts';
import type { Live } from '../../api/kubernetes.ts';
import type { Observed, Provider } from '../../api/observed.ts';
import type { Repository } from '../../api/backupprovider.ts';
import { plannedOf } from './backupplan.ts';
import { backupRuns } from './backupruns.ts';
import { backupAtWork, backupRequest, canBackUp, isAsked, stateOf } from './backups.ts';
import { endedRestore, isCopied, isRestoring, isUsable, loginRevision, postgresCluster, systemOf } from './cluster.ts';
import { crunchyCopies } from './copies.ts';
import { exporter } from './exporter.ts';
import { databaseBefore, features, strangeInstances } from './features.ts';
import { CLUSTER_LABEL, clusterName, ownsFinalizer, ROLE_LABEL, SCHEMA_ANNOTATION, userSecret } from './names.ts';
import { othersMaxConnections } from './parameters.ts';
import { databaseReadiness, pendingReadiness } from './readiness.ts';
import { logsOfRequests, repositoryTroubles } from './repositorystate.ts';
import { unpreparedBecause } from './preparation.ts';
import { backupsOf, remoteRepository, requestAnnotations, requestPaths, withRequest } from './request.ts';
import { appliedPooler, isPoolerReady, isPoolerRequested, poolerKeys, poolerNotes } from './pooler.ts';
import { lackingPriority, namedPriority } from './priority.ts';
import { crunchyRestores } from './restore.ts';
import { clusterSpec } from './spec.ts';
import { stoppedDatabase } from './switches.ts';

const isNamed = (repository: Live<Repository> | null): repository is Live<Repository> & Repository => repository?.name != null;

function appliedRepositories(o: Observed): Repository[] {
  const live = postgresCluster(o);
  const applied = live && o.applied(live);
  return ((applied && (backupsOf(applied)?.repos as (Live<Repository> | null)[] | null | undefined)) ?? []).filter(isNamed);
}

export const crunchy: Provider = {
  operator: 'Crunchy PGO',
  kind: kinds.postgresCluster,
  nameOf: clusterName,
  live: postgresCluster,
  isUsable: (o) => isUsable(postgresCluster(o)),
  isRestoring: (o) => {
    const live = postgresCluster(o);
    return live !== undefined && isRestoring(live);
  },
  system: (o) => systemOf(postgresCluster(o)),
  endedRestore: (o) => endedRestore(postgresCluster(o)),
  isCopied: (o) => isCopied(postgresCluster(o)),
  loginRevision: (o) => loginRevision(postgresCluster(o)),
  readiness: databaseReadiness,
  pendingReadiness,
  named: namedPriority,
  lacking: lackingPriority,
  stopped: (o) => stoppedDatabase(postgresCluster(o), o),
  foreignConnectionLimit: (o) => othersMaxConnections(postgresCluster(o), o),
  // Source: the options of the command line in patroni/postgresql/config.py of Patroni.
  leastConnections: 25,
  loginSecret: userSecret,
  podLabels: (name) => ({ [CLUSTER_LABEL]: name }),
  primaryLabels: (name) => ({ [CLUSTER_LABEL]: name, [ROLE_LABEL]: 'master' }),
  exporter,
  ownsFinalizer,
  desired: (o) => ({ annotations: { [SCHEMA_ANNOTATION]: 'true', ...poolerNotes(o) }, spec: clusterSpec(o) }),
  requestAnnotations,
  before: databaseBefore,
  obstacles: strangeInstances,
  features,
  backups: {
    request: backupRequest,
    stateOf,
    isAsked,
    atWork: backupAtWork,
    isPossible: canBackUp,
    runs: backupRuns,
    planned: plannedOf,
    unpreparedBecause,
    troubles: repositoryTroubles,
    logs: logsOfRequests,
    applied: appliedRepositories,
    remoteRepository,
    withRequest,
    requestPaths,
  },
  restores: crunchyRestores,
  copies: crunchyCopies,
  pooler: {
    keys: poolerKeys,
    isRequested: (o) => isPoolerRequested(postgresCluster(o)),
    isReady: (o) => isPoolerReady(postgresCluster(o), o),
    applied: (o) => appliedPooler(postgresCluster(o), o),
  },
};
