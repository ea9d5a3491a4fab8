/** The first install, on an empty database. */
import { strict as assert } from 'node:assert';
import { installation } from './support/cases.ts';
import { freshDatabase, rows, secret } from './support/database.ts';
import { runToEnd } from './support/job.ts';
import { figure } from './support/report.ts';
import { postgres } from './support/server.ts';

describe('the application: first install', () => {
  it('migrates and seeds', async () => {
    const server = await postgres();
    await freshDatabase(server);
    const { exitCode, log, seconds } = await runToEnd(installation(), { secret });
    assert.equal(exitCode, 0, log.slice(-2000));
    for (const [container, took] of Object.entries(seconds)) figure('first install', container, `${took.toFixed(1)} s`);
    const counted = await rows(server);
    figure('first install', 'users, listings, applications', Object.values(counted).join(', '));
    // How many listings there are depends on the release of the application.
    assert.deepEqual({ ...counted, listings: counted.listings >= 50 }, { users: 7, listings: true, applications: 10 });
  });
});
