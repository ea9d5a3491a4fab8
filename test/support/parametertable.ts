/** The table of parameters of Postgres in the user guide. */
import { readFileSync } from 'node:fs';

export interface ListedParameter {
  name: string;
  /** Whether it stands in the column of those that restart Postgres. */
  restarts: boolean;
  /** The first major version that has it; 15 is the first that is supported. */
  since: number;
}

const PARAMETER = /`([\w.]+)`(?: \((\d+)\))?/g;

const inCell = (cell: string, restarts: boolean): ListedParameter[] =>
  [...cell.matchAll(PARAMETER)].map(([, name = '', since = '15']) => ({ name, restarts, since: Number(since) }));

/** Every parameter that it lists, row by row. */
export function parameterTable(): ListedParameter[] {
  const guide = readFileSync(new URL('../../docs/user-guide.md', import.meta.url), 'utf8');
  const [, section = ''] = guide.split('### Parameters of Postgres\n');
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2);
  const end = rows.findIndex((row) => !row.includes('`'));
  return rows.slice(0, end === -1 ? undefined : end).flatMap((row) => {
    const [, , restarts = '', reloaded = ''] = row.split('|');
    return [...inCell(restarts, true), ...inCell(reloaded, false)];
  });
}
