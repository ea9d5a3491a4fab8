/** Which image's migrations come next, and whether the database lacks them. */
import type { Observed } from '../api/observed.ts';
import { compareVersions, namedVersion } from '../lib/version.ts';
import { remembered, deployedImage } from './releaserecord.ts';
import { dataChanges } from './lineage.ts';
import { memo } from './memo.ts';
import { highestVersion, historyIsUnknown, isExternal, migrated, target } from './migrations.ts';

/**
 * The image reference whose migrations come next: the requested one. If the data was replaced and the requested one has failed, the image that the
 * Deployment runs instead needs its own schema first.
 */
export const migrationTarget = memo((o): string => {
  const isGivenUp = historyIsUnknown(o) && remembered(o) !== undefined;
  return (isGivenUp ? deployedImage(o) : undefined) ?? target(o);
});

/**
 * Whether the database has the schema of that image: its own migrations, or those of a later version. An older version than the highest that was
 * migrated has none that the database lacks, and does not know the newest: its own `flask db upgrade` would end with exit code 1 and no error.
 */
function hasSchemaOf(image: string, o: Observed): boolean {
  const [version] = namedVersion(image);
  const highest = highestVersion(migrated(o));
  const isOlder = version !== undefined && highest !== undefined && compareVersions(version, highest) < 0;
  return isOlder || migrated(o).includes(image);
}

/** Whether the database lacks the migrations that come next. */
export const needsMigration = memo((o): boolean => !hasSchemaOf(migrationTarget(o), o));

/**
 * Whether that image may run on the data. Once the data was replaced that must be recorded: what ran before an upgrade runs on the schema of the
 * upgrade, but the new data may be older than both.
 */
export const mayRun = (image: string, o: Observed): boolean => isExternal(o) || dataChanges(o) === 0 || hasSchemaOf(image, o);
