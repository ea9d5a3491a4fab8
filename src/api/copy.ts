/** A copy of a database, in terms that every database provider knows. */
import type { BestieSpec } from './bestie.ts';
import type { RestoreTarget } from './restore.ts';

/** A bucket with the backups of a database that need not exist any more. */
export type Bucket = NonNullable<NonNullable<BestieSpec['database']['dataSource']>['repository']>;

/** What a database is made from: a repository of another one, by the name of its object, or a bucket. */
export type CopySource = { database: string; repository: string } | { bucket: Bucket };

export interface Copy {
  source: CopySource;
  target: RestoreTarget;
}
