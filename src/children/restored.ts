/** What becomes of the application while the data of its database is being replaced, and until its schema is known again. */
import type { Observed, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { isRestoring, postgresCluster } from './database.ts';
import { historyIsUnknown, isExternal } from './release.ts';
import { migrationTarget } from './target.ts';
import { kubectl } from './waiting.ts';

/** The command by which a person says that the data has the schema of the image that is to run. */
export function correction(o: Observed): string {
  const name = postgresCluster(o)?.metadata.name ?? '';
  return kubectl(o, `annotate --overwrite postgrescluster ${name} '${annotations.migrated}=${JSON.stringify([migrationTarget(o)])}'`);
}

/** Why the application is stopped: it must not run on a schema that was not migrated for it. Undefined where it may run. */
export function whyStopped(o: Observed): Readiness | undefined {
  const live = isExternal(o) ? undefined : postgresCluster(o);
  if (live === undefined) return undefined;
  const { name } = live.metadata;
  if (isRestoring(live)) {
    const message = `the application is stopped while PostgresCluster ${name} is restored, and until its migrations have run on what is restored`;
    return { status: 'False', reason: 'Restoring', message };
  }
  if (!historyIsUnknown(o)) return undefined;
  const message =
    `the data of PostgresCluster ${name} was replaced, by a restore or otherwise: the application is stopped until the migrations of ` +
    `${migrationTarget(o)} have run on it; if it has them: ${correction(o)}`;
  return { status: 'False', reason: 'MigrationHistoryUnknown', message };
}
