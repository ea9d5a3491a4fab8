/** The conditions that PGO writes about backups. */
import type { Resource } from '../apiserver/object.ts';
import { hasBackups, hasVolumeRepository, isFirstPrepared } from './pgorepositories.ts';
import { conditionsOf, withCondition, type StatusCondition } from './objectstatus.ts';

/** The conditions with these set, all at the current generation. */
export function withConditions(
  cluster: Resource,
  set: readonly Pick<StatusCondition, 'type' | 'status' | 'reason' | 'message'>[],
  now: string,
): readonly StatusCondition[] {
  const observedGeneration = cluster.metadata.generation;
  const moved: readonly StatusCondition[] = conditionsOf(cluster).map((each) => ({ ...each, observedGeneration }));
  return set.reduce((all, condition) => withCondition(all, { ...condition, observedGeneration }, now), moved);
}

const repoHost = (ready: boolean) => ({
  type: 'PGBackRestRepoHostReady',
  status: ready ? ('True' as const) : ('False' as const),
  reason: ready ? 'RepoHostReady' : 'RepoHostNotReady',
  message: `pgBackRest dedicated repository host is ${ready ? '' : 'not '}ready`,
});
const stanzaMissing = {
  type: 'PGBackRestReplicaRepoReady',
  status: 'False' as const,
  reason: 'StanzaNotCreated',
  message: 'pgBackRest replica create repo is not ready for backups',
};
export const replicaMissing = {
  type: 'PGBackRestReplicaCreate',
  status: 'False' as const,
  reason: 'RepoBackupNotComplete',
  message: 'pgBackRest replica creation is not currently possible',
};
export const repositoriesDown = [stanzaMissing, replicaMissing];
export const repositoriesUp = [
  { ...stanzaMissing, status: 'True' as const, reason: 'StanzaCreated', message: 'pgBackRest replica create repo is ready for backups' },
  { ...replicaMissing, status: 'True' as const, reason: 'RepoBackupComplete', message: 'pgBackRest replica creation is now possible' },
];

/** What the conditions say of the backups; nothing where there are none. */
export function backupConditions(cluster: Resource, isUp: boolean): Parameters<typeof withConditions>[1] {
  if (!hasBackups(cluster)) return [];
  const repos = isUp && isFirstPrepared(cluster) ? repositoriesUp : repositoriesDown;
  return [...(hasVolumeRepository(cluster) ? [repoHost(isUp)] : []), ...repos];
}
