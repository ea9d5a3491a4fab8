/** What the tests on backups and restores need, and what of it is missing here. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../../support/tools.ts';

const { env } = process;

const entries = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : []);

/** Where Debian puts each major version of Postgres; the newest. */
function newestPostgres(): string {
  const [newest = ''] = entries('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a));
  return join('/usr/lib/postgresql', newest, 'bin');
}

/** Debian's name for it has the architecture in it. */
const clockLibraries = (): string[] => entries('/usr/lib').map((folder) => join('/usr/lib', folder, 'faketime', 'libfaketime.so.1'));

/** The folder with initdb, postgres and psql. */
export const postgresBin = env.POSTGRES_BIN ?? newestPostgres();
/** The program pgbackrest. */
export const pgBackRest = env.PGBACKREST ?? tool('pgbackrest') ?? '';
/** The library that gives a program another time; empty where there is none. */
export const clockLibrary = env.FAKETIME_LIBRARY ?? clockLibraries().find((file) => existsSync(file)) ?? '';
/** Scratch space, which run.sh makes and removes. */
export const scratch = env.RESTORE_SCRATCH ?? '';
/** Whether what cannot be tried is a failure. */
export const requireAll = env.REQUIRE_ALL === '1';

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

interface Requirement {
  isMet: () => boolean;
  why: string;
}

const requirements: readonly Requirement[] = [
  { isMet: () => scratch !== '', why: 'there is no scratch folder: run `npm run test:restore`' },
  {
    isMet: () => ['initdb', 'postgres', 'psql', 'pg_basebackup'].every((name) => isProgram(join(postgresBin, name))),
    why: 'there is no Postgres: apt-get install postgresql, or name the folder with initdb and postgres in POSTGRES_BIN',
  },
  { isMet: () => isProgram(pgBackRest), why: 'there is no pgBackRest: apt-get install pgbackrest, or name the program in PGBACKREST' },
  { isMet: () => tool('setpriv') !== undefined, why: 'there is no setpriv: apt-get install util-linux' },
];

/** One sentence for each requirement that is not met. */
export const missing = (): string[] => requirements.filter(({ isMet }) => !isMet()).map(({ why }) => why);

/** Why nothing can be tried that takes days; empty where it can. */
export const clockMissing = (): string =>
  clockLibrary === '' ? 'retention over days: there is no libfaketime: apt-get install faketime, or name it in FAKETIME_LIBRARY' : '';
