/** Whether each repository of a managed database is prepared to take backups. */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject } from '../../api/kubernetes.ts';
import { clusterName, label } from './names.ts';
import type { Repository } from '../../api/backupprovider.ts';
import { databaseStatus, postgresCluster } from './cluster.ts';
import { kubectl, labelSelector } from '../../observed/commands.ts';

const isTrue = (live: KubeObject | undefined, type: string): boolean =>
  databaseStatus(live)?.conditions?.some((condition) => condition?.type === type && condition.status === 'True') ?? false;

/** PGO leaves out what it has not looked at. */
const isFalse = (live: KubeObject | undefined, type: string): boolean =>
  databaseStatus(live)?.conditions?.some((condition) => condition?.type === type && condition.status !== 'True') ?? false;

export const logsOf = (labels: Record<string, string>, o: Observed): string => {
  const all = { cluster: postgresCluster(o)?.metadata.name ?? '', ...labels };
  return kubectl(o, `logs -l ${labelSelector(Object.fromEntries(Object.entries(all).map(([key, value]) => [label(key), value])))}`);
};

/** Why it takes no backups; undefined where it does. PGO prepares all repositories at once, and asks for one backup into the first before any other. */
export function unpreparedBecause({ name, volume }: Repository, o: Observed): string | undefined {
  const live = postgresCluster(o);
  const repos = databaseStatus(live)?.pgbackrest?.repos ?? [];
  const state = repos.find((each) => each?.name === name);
  const events = `see why: ${kubectl(o, `describe postgrescluster ${clusterName(o.bestie.metadata.name)}`)}`;
  if (volume !== undefined && state != null && state.bound !== true && state.stanzaCreated !== true)
    return `its volume is not bound; ${events}`;
  if (state?.stanzaCreated !== true) {
    const all = repos.filter((each) => each?.name != null);
    const isCommon = all.length > 1 && all.every((each) => each?.stanzaCreated !== true);
    return `its stanza is not created${isCommon ? ', nor that of any other repository: one that fails blocks all' : ''}; ${events}`;
  }
  if (volume !== undefined && isFalse(live, 'PGBackRestRepoHostReady')) return 'the repository host is not ready';
  // The first is that of the spec: PGO sorts those of its status by name.
  const first = o.bestie.spec.database.backups.repos[0]?.name ?? name;
  const hasFirst =
    isTrue(live, 'PGBackRestReplicaCreate') ||
    (!isFalse(live, 'PGBackRestReplicaCreate') && repos.some((each) => each?.name === first && each.replicaCreateBackupComplete === true));
  return hasFirst
    ? undefined
    : `the first backup of the database, into ${first === name ? 'it' : first}, has not succeeded; see ${logsOf({ 'pgbackrest-backup': 'replica-create' }, o)}`;
}
