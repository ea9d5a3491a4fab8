/** What a database provider must answer about restores; see provider.ts. */
import type { FieldPath } from '../lib/fieldpath.ts';
import type { GivenUp, RestoreRequest, RestoreState } from './restore.ts';

export interface RestoreProvider<O> {
  /** The id of the restore that this operator has requested last and still requests: as it was last applied. */
  armed: (o: O) => string | undefined;
  /** How far the restore with that id is. */
  stateOf: (id: string, o: O) => RestoreState;
  /** A restore that others have requested and that replaces the data now, by its id. */
  byOthers: (o: O) => string | undefined;
  /** What the last one that others have requested has given up, once it has ended and while its request is there; undefined where that is not known. */
  givenUpByOthers: (o: O) => GivenUp | undefined;
  /** Why none can be requested whatever its target: a sentence with the command that helps. */
  obstacle: (o: O) => string | undefined;
  /** Whether the data may be older than the object of the database, because it was taken from elsewhere. */
  mayBeOlder: (o: O) => boolean;
  /** The fields of the object that request a restore. */
  requestPaths: readonly FieldPath[];
  /** Whether others have changed the request since it was sent. */
  isOverwritten: (o: O) => boolean;
  /** The annotations that request it. */
  requestAnnotations: (request: Pick<RestoreRequest, 'id'>) => Record<string, string>;
  /** The command that shows the log of the restore, and the one that shows what the database operator waits for. */
  logs: (o: O) => string;
  events: (o: O) => string;
  /** The command that lists the backups by their labels. */
  catalogue: (o: O) => string;
}
