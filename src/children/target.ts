/** Which image's migrations come next, and whether the database lacks them. */
import { compareVersions, namedVersion } from '../api/version.ts';
import { remembered, toldToRun } from './deployed.ts';
import { once } from './once.ts';
import { highestVersion, historyIsUnknown, migrated, target } from './release.ts';

/**
 * The image reference whose migrations come next: the wanted one. Where the data was replaced and the wanted one is given up, what the Deployment
 * runs instead needs its own schema first.
 */
export const migrationTarget = once((o): string => {
  const isGivenUp = historyIsUnknown(o) && remembered(o) !== undefined;
  return (isGivenUp ? toldToRun(o) : undefined) ?? target(o);
});

/**
 * Whether the database lacks those migrations. An older version than the highest that was migrated has none that the database lacks, and does not
 * know the newest: its own `flask db upgrade` would end with exit code 1 and no error.
 */
export const needsMigration = once((o): boolean => {
  if (migrated(o).includes(migrationTarget(o))) return false;
  const [wanted] = namedVersion(migrationTarget(o));
  const highest = highestVersion(migrated(o));
  return wanted === undefined || highest === undefined || compareVersions(wanted, highest) >= 0;
});
