/** What becomes of the application while the data of its database is being replaced, and until its schema is known again. */
import type { KubeObject, Observed, Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { setTo } from './commands.ts';
import { isRestoring, postgresCluster } from './database.ts';
import { historyIsUnknown, isExternal } from './release.ts';
import { mayRun, migrationTarget } from './target.ts';
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

/** Whether the application must not run that image: its data is being replaced, or is not known to have the schema of the image. */
export const isStopped = (image: string, o: Observed): boolean => isBeingReplaced(o) || historyIsUnknown(o) || !mayRun(image, o);

const unknown = (message: string): Readiness => ({ status: 'False', reason: 'MigrationHistoryUnknown', message });

/** Why the application is stopped instead of running that image. Undefined where it may run. */
export function whyStopped(image: string, o: Observed): Readiness | undefined {
  if (!isStopped(image, o)) return undefined;
  const name = postgresCluster(o)?.metadata.name ?? '';
  if (isBeingReplaced(o)) {
    const message = `the application is stopped while PostgresCluster ${name} is restored, and until its migrations have run on what is restored`;
    return { status: 'False', reason: 'Restoring', message };
  }
  const replaced = `the data of PostgresCluster ${name} was replaced, by a restore or otherwise: the application is stopped until`;
  if (historyIsUnknown(o))
    return unknown(`${replaced} the migrations of ${migrationTarget(o)} have run on it; if it has them: ${correction(o)}`);
  const command = setTo(image, o);
  const way = command === undefined ? '' : `; to run ${image} again, its migrations first: ${command}`;
  return unknown(`${replaced} an image runs whose migrations it has, and those of ${image} are not on record${way}`);
}
