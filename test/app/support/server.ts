/** One Postgres for all tests, and the databases that most of them begin with. */
import { strict as assert } from 'node:assert';
import { installation, migration } from './cases.ts';
import { freshDatabase, keepAs, prepareServer, secret } from './database.ts';
import { runToEnd } from './job.ts';
import { startPostgres, type Postgres } from './postgres.ts';

let server: Promise<Postgres> | undefined;

async function start(): Promise<Postgres> {
  const postgres = await startPostgres();
  await prepareServer(postgres);
  return postgres;
}

export const postgres = (): Promise<Postgres> => (server ??= start());

let kept: Promise<void> | undefined;

async function keep(): Promise<void> {
  const running = await postgres();
  await freshDatabase(running);
  for (const [pod, name] of [
    [migration(), 'migrated'],
    [installation(), 'seeded'],
  ] as const) {
    const { exitCode, log } = await runToEnd(pod, { secret });
    assert.equal(exitCode, 0, log.slice(-2000));
    await keepAs(running, name);
  }
}

/** The server with a database \`bestie\` that is migrated, or seeded as well. */
export async function serverWith(state: 'migrated' | 'seeded'): Promise<Postgres> {
  await (kept ??= keep());
  const running = await postgres();
  await freshDatabase(running, state);
  return running;
}
