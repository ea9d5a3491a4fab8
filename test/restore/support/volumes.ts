/** Folders of this machine in place of the containers' volumes, in scratch space. */
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFolders } from './account.ts';
import { configuration, type Backups, type Volumes } from './pgo.ts';
import { scratch } from './requirements.ts';

const PORT = 5432;

const above = (path: string): string[] => (path === '/' ? [] : [...above(dirname(path)), path]);

/** A folder in place of the root: with the mounted volumes of these repositories, empty. */
export async function makeRoot(name: string, { global }: Backups): Promise<string> {
  const root = join(scratch, name);
  const mounts = Object.entries(global).flatMap(([key, path]) => (key.endsWith('-path') ? above(dirname(path)) : []));
  await ownFolders(root, ...[...new Set(mounts)].map((path) => `${root}${path}`));
  return root;
}

/** The volumes of an instance, empty, and pgBackRest's configuration beside them. */
export async function makeVolumes(name: string, root: string, backups: Backups): Promise<Volumes> {
  const home = join(root, name);
  const below = (folder: string): string => join(home, folder);
  const volumes: Volumes = {
    root,
    config: below('pgbackrest.conf'),
    data: below('data'),
    socket: below('run'),
    port: PORT,
    spool: below('spool'),
    log: below('log'),
    lock: below('lock'),
  };
  await ownFolders(home, volumes.socket, volumes.spool, volumes.log, volumes.lock);
  writeFileSync(volumes.config, configuration(backups, volumes), { mode: 0o644 });
  return volumes;
}
