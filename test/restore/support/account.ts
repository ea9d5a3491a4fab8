/** The account that Postgres and pgBackRest run as. Postgres refuses to run as root; anyone else runs them as themselves. */
import { chownSync, mkdirSync } from 'node:fs';
import { run } from '../../app/support/run.ts';

interface Account {
  uid: number;
  gid: number;
}

async function numbers(name: string): Promise<Account> {
  return { uid: Number(await run('id', '-u', name)), gid: Number(await run('id', '-g', name)) };
}

let found: Promise<Account | undefined> | undefined;

/** Undefined where it is the one that runs the tests. */
const account = (): Promise<Account | undefined> =>
  (found ??= process.getuid?.() === 0 ? numbers('postgres').catch(() => numbers('nobody')) : Promise.resolve(undefined));

/** What to write before a command: it runs as the account, and gets that signal when these tests end, however they end. */
export async function asAccount(signal: 'QUIT' | 'TERM'): Promise<string[]> {
  const other = await account();
  const ids = other === undefined ? [] : ['--reuid', String(other.uid), '--regid', String(other.gid), '--clear-groups'];
  return ['setpriv', ...ids, '--pdeathsig', signal];
}

/** Makes folders, each below the one before or in one that is there, and gives them to the account. */
export async function ownFolders(...folders: readonly string[]): Promise<void> {
  const other = await account();
  for (const folder of folders) {
    mkdirSync(folder, { mode: 0o700 });
    if (other !== undefined) chownSync(folder, other.uid, other.gid);
  }
}
