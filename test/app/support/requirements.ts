/** What the tests on the application need, and what of it is missing here. */
import { accessSync, constants, existsSync } from 'node:fs';
import { join } from 'node:path';
import { tool } from '../../support/tools.ts';

const { env } = process;

/** The checkout of the application. */
export const appDir = env.BESTIE_APP_DIR ?? '';
/** Its virtual environment. */
export const venv = env.BESTIE_APP_VENV ?? join(appDir, '.venv');
/** The folder with initdb, postgres and psql. */
export const postgresBin = env.POSTGRES_BIN ?? '';
/** Whether what cannot be tried is a failure. */
export const requireAll = env.REQUIRE_ALL === '1';
/** For how long the database hangs; 300 s unless a developer is in a hurry. */
export const hangSeconds = Number(env.APP_HANG_SECONDS ?? 300);
/** For how long there is load. */
export const loadSeconds = Number(env.APP_LOAD_SECONDS ?? 60);

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
  { isMet: () => existsSync(join(appDir, 'app', '__init__.py')), why: 'BESTIE_APP_DIR is no checkout of the application' },
  { isMet: () => isProgram(join(venv, 'bin', 'gunicorn')), why: `there is no gunicorn in ${venv}/bin: set BESTIE_APP_VENV` },
  { isMet: () => existsSync(join(appDir, 'app', 'static', 'index.html')), why: 'app/static/index.html is missing from the checkout' },
  { isMet: () => isProgram(join(postgresBin, 'initdb')), why: 'POSTGRES_BIN is no folder with initdb and postgres' },
  { isMet: () => env.APP_NAMESPACES === 'own', why: 'namespaces need root and unshare; run `npm run test:app` as root' },
  ...['ip', 'nsenter', 'setpriv', 'mount', 'openssl'].map((name) => ({
    isMet: () => tool(name) !== undefined,
    why: `there is no ${name}`,
  })),
];

/** One sentence for each requirement that is not met. */
export const missing = (): string[] => requirements.filter(({ isMet }) => !isMet()).map(({ why }) => why);
