/** Programs that some tests need and npm does not bring: promtool and prometheus, those of Prometheus 3 with a 3 behind their names, lua5.1, bestie-verdicts and bestie-cron. Without them those tests are skipped, and say so. */
import { accessSync, constants, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

const orElse = (value: string | undefined, other: string): string => (value === undefined || value === '' ? other : value);

/** The folder in which `.ci/run` keeps the programs that it installs. */
export function toolCache(env: Environment = process.env): string {
  const cache = orElse(env.XDG_CACHE_HOME, join(orElse(env.HOME, homedir()), '.cache'));
  return join(orElse(env.CI_CACHE, join(cache, 'bestie-operator-ci')), 'bin');
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Path of a program: from the PATH, else from the cache of `.ci/run`; undefined where it is in neither. */
export function tool(name: string, env: Environment = process.env): string | undefined {
  const folders = [...(env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), toolCache(env)];
  return folders.map((folder) => join(folder, name)).find(isProgram);
}
