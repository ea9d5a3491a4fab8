/** In place of CEL's `oldSelf`: the database as it was last applied. The other fields of the old object are not known. */
import type { DatabaseBefore } from '../api/provider.ts';

/** In the shape of `spec.database`. Only the kind of a repository is known, and the size of a volume. */
export const oldDatabase = ({ postgresVersion, storage, className, walStorage, repos }: DatabaseBefore): object => ({
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
