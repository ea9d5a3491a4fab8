/** In place of CEL's `oldSelf`: the database as it was last applied. The other fields of the old object are not known. */
import type { BestieSpec } from '../api/bestie.ts';
import type { DatabaseBefore } from '../api/provider.ts';

/**
 * In the shape of `spec.database`. Only the kind of a repository is known, and the size of a volume. What the database was made from is not: the
 * operator reads `dataSource` of the spec before there is a database, and never later.
 */
export const oldDatabase = (
  { postgresVersion, storage, className, walStorage, repos }: DatabaseBefore,
  { dataSource }: BestieSpec['database'],
): object => ({
  ...(dataSource && { dataSource }),
  ...(postgresVersion !== undefined && { postgresVersion }),
  storage: { ...(storage !== undefined && { size: storage }), ...(className !== undefined && { className }) },
  ...(walStorage && { walStorage }),
  ...(repos && {
    backups: {
      repos: repos.map(({ name, kind, size, schedules }) => ({
        name,
        [kind]: size === undefined ? {} : { size },
        ...(schedules && { schedules }),
      })),
    },
  }),
});
