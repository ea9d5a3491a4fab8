/** Seeding and migrating are cut, and tried again. */
import { strict as assert } from 'node:assert';
import { installation, migration } from './support/cases.ts';
import type { Container } from './support/container.ts';
import { freshDatabase, gateAt, migrationPoint, nextIds, rows, schema, secret, seedingPoints, type Point } from './support/database.ts';
import { runToEnd, type JobEnd } from './support/job.ts';
import type { Postgres } from './support/postgres.ts';
import type { PodSpec } from './support/rendered.ts';
import { figure } from './support/report.ts';
import { postgres, serverWith } from './support/server.ts';

const KILLED = 137;

/** Runs a Job whose container is killed when it has come to that point. */
async function cut(server: Postgres, pod: PodSpec, point: Point): Promise<JobEnd> {
  const gate = await gateAt(server, point);
  let running: Container | undefined;
  const ended = runToEnd(pod, { secret }, (container) => {
    running = container;
  });
  await gate.reached();
  running?.kill('SIGKILL');
  const end = await ended;
  await gate.open();
  return end;
}

async function succeed(pod: PodSpec): Promise<void> {
  const { exitCode, log } = await runToEnd(pod, { secret });
  assert.equal(exitCode, 0, log.slice(-2000));
}

describe('the application: a cut Job is tried again', () => {
  let repaired = 0;

  after(() => {
    figure('cut seeding', 'repairs', `${repaired} of ${seedingPoints.length}`);
  });

  for (const point of seedingPoints) {
    it(`seeds a database although it was cut ${point.what}`, async () => {
      const uncut = await serverWith('seeded');
      const wanted = { rows: await rows(uncut), ids: await nextIds(uncut) };
      const server = await serverWith('migrated');
      assert.equal((await cut(server, installation(), point)).exitCode, KILLED);
      await succeed(installation());
      assert.deepEqual({ rows: await rows(server), ids: await nextIds(server) }, wanted);
      repaired += 1;
    });
  }

  it('migrates a database although it was cut midway, and seeds nothing', async () => {
    const wanted = await schema(await serverWith('migrated'));
    const server = await postgres();
    await freshDatabase(server);
    assert.equal((await cut(server, migration(), migrationPoint)).exitCode, KILLED);
    await succeed(migration());
    assert.equal(await schema(server), wanted);
    assert.deepEqual(await rows(server), { users: 0, listings: 0, applications: 0 });
    figure('cut migration', 'repairs', '1 of 1');
  });

  it('leaves a seeded database as it is when the migration runs again', async () => {
    const server = await serverWith('seeded');
    const before = await rows(server);
    await succeed(migration());
    assert.deepEqual(await rows(server), before);
  });
});
