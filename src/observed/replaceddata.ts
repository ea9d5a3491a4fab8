/** Whether the application is stopped: while the data of its database is being replaced, and until its schema is known again. */
import { databaseResource, databaseShown } from './database.ts';
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { copyBegins } from './copyfinding.ts';
import { copyRecord, isCopying } from './copyrecord.ts';
import { dataChanges } from './lineage.ts';
import { kubectl, setTo } from './commands.ts';
import { historyIsUnknown, isExternal } from './migrations.ts';
import { mayRun, migrationTarget } from './migrationtarget.ts';

/** Whether the data of the database is being replaced: a migration would reach the new data, and perhaps seed it. */
export const isBeingReplaced = (o: Observed): boolean => !isExternal(o) && o.provider.isRestoring(o);

/** The command by which a user records that the data has the schema of the image that shall run. */
export function correction(o: Observed): string {
  const name = o.provider.live(o)?.metadata.name ?? '';
  return kubectl(
    o,
    `annotate --overwrite ${databaseResource(o)} ${name} '${annotations.migrated}=${JSON.stringify([migrationTarget(o)])}'`,
  );
}

/** Whether the application must not run that image: its data is being replaced, or is not known to have the schema of the image. */
export const isStopped = (image: string, o: Observed): boolean => isBeingReplaced(o) || historyIsUnknown(o) || !mayRun(image, o);

const unknown = (message: string): Readiness => ({ status: 'False', reason: 'MigrationHistoryUnknown', message });

/** Why the application is stopped instead of running that image. Undefined if it may run. */
export function whyStopped(image: string, o: Observed): Readiness | undefined {
  if (!isStopped(image, o)) return undefined;
  if (isBeingReplaced(o) && isCopying(o))
    return {
      ...copyBegins(o),
      message: `the application starts once ${databaseShown(o)} is copied, and its migrations have run on the copy`,
    };
  if (isBeingReplaced(o)) {
    const message = `the application is stopped while ${databaseShown(o)} is restored, and until its migrations have run on what is restored`;
    return { status: 'False', reason: 'Restoring', message };
  }
  const isCopy = copyRecord(o) !== undefined && dataChanges(o) === 0;
  const what = isCopy ? `${databaseShown(o)} is a copy` : `the data of ${databaseShown(o)} was replaced, by a restore or otherwise`;
  const replaced = `${what}: the application is stopped until`;
  if (historyIsUnknown(o))
    return unknown(`${replaced} the migrations of ${migrationTarget(o)} have run on it; if it has them: ${correction(o)}`);
  const command = setTo(image, o);
  const way = command === undefined ? '' : `; to run ${image} again, its migrations first: ${command}`;
  return unknown(`${replaced} an image runs whose migrations it has; those of ${image} are not recorded${way}`);
}
