/** What is requested of the database operator, and what it shows of it. */
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import type { Target } from './timelines.ts';

/** Whether it is the id that the database operator gives the restore that fills a new database. */
export const isBootstrap = (id: unknown): boolean => String(id).startsWith('~pgo-bootstrap-');

/** Whether the operator has requested it. */
export const isOurs = (id: unknown): boolean => String(id).startsWith('restore.');

interface Request {
  repoName?: string;
  options?: string[];
}

/** What the options of a request mean. */
export function targetIn({ repoName, options = [] }: Request): Target {
  const all = options.join(' ');
  const [, moment] = /--target='([^']*)'/.exec(all) ?? [];
  const [, label] = /--set=(\S+)/.exec(all) ?? [];
  return {
    repo: repoName ?? '',
    ...(moment !== undefined && { at: Date.parse(moment.replace(' ', 'T').replace('+00', 'Z')) }),
    ...(label !== undefined && { label }),
    isImmediate: all.includes('--type=immediate'),
    isOwnHistory: all.includes('timeline=current'),
  };
}

/** What the restore in place that is requested means. */
export const targetOf = (database: Resource): Target => targetIn(fieldsOf(fieldsOf(fieldsOf(database.spec?.backups).pgbackrest).restore));

/** What the database operator shows of a restore. */
export const shownRestore = (database: Resource | undefined) =>
  fieldsOf(fieldsOf(database?.status?.pgbackrest).restore) as {
    id?: string;
    finished?: boolean;
    succeeded?: number;
    active?: number;
  };
