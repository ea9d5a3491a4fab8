/** What becomes of the application while the data of its database is being replaced, and until its schema is known again. */
import type { KubeObject, Observed, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { isRestoring, postgresCluster } from './database.ts';
import { historyIsUnknown, isExternal } from './release.ts';
import { migrationTarget } from './target.ts';
import { kubectl } from './waiting.ts';

/** The database, where it is a managed one. */
const managed = (o: Observed): KubeObject | undefined => (isExternal(o) ? undefined : postgresCluster(o));

/** Whether the data of the database is being replaced: a migration of it would end in what comes, and seed it perhaps. */
export function isBeingReplaced(o: Observed): boolean {
  const live = managed(o);
  return live !== undefined && isRestoring(live);
}

/** The command by which a person says that the data has the schema of the image that is to run. */
export function correction(o: Observed): string {
  const name = postgresCluster(o)?.metadata.name ?? '';
  return kubectl(o, `annotate --overwrite postgrescluster ${name} '${annotations.migrated}=${JSON.stringify([migrationTarget(o)])}'`);
}

/** Why the application is stopped: it must not run on a schema that was not migrated for it. Undefined where it may run. */
export function whyStopped(o: Observed): Readiness | undefined {
  const live = managed(o);
  if (live === undefined) return undefined;
  const { name } = live.metadata;
  if (isBeingReplaced(o)) {
    const message = `the application is stopped while PostgresCluster ${name} is restored, and until its migrations have run on what is restored`;
    return { status: 'False', reason: 'Restoring', message };
  }
  if (!historyIsUnknown(o)) return undefined;
  const message =
    `the data of PostgresCluster ${name} was replaced, by a restore or otherwise: the application is stopped until the migrations of ` +
    `${migrationTarget(o)} have run on it; if it has them: ${correction(o)}`;
  return { status: 'False', reason: 'MigrationHistoryUnknown', message };
}
