/** The sample data on an external database: loaded once, and nothing is ever undone. */
import { strict as assert } from 'node:assert';
import { externalInstallation } from './support/cases.ts';
import { freshDatabase, rows, secret } from './support/database.ts';
import { runToEnd } from './support/job.ts';
import { figure } from './support/report.ts';
import { postgres, serverWith } from './support/server.ts';

const A_USER = `
insert into bestie.users (name, email, hashed_password, foster) values ('A. User', 'user@example.com', 'x', false)`;

describe('the application: sample data on an external database', () => {
  it('is loaded once; a second time fails and leaves every row as it is', async () => {
    const wanted = await rows(await serverWith('seeded'));
    const server = await postgres();
    await freshDatabase(server);
    const first = await runToEnd(externalInstallation(), { secret });
    assert.equal(first.exitCode, 0, first.log.slice(-2000));
    assert.deepEqual(await rows(server), wanted);

    await server.sql(A_USER, 'bestie');
    const before = await rows(server);
    const second = await runToEnd(externalInstallation(), { secret });
    assert.equal(second.container, 'seed');
    assert.notEqual(second.exitCode, 0);
    assert.deepEqual(await rows(server), before);
    figure('external database', 'a second seed', `exit ${second.exitCode}: ${second.message}`);
  });

  it('is not loaded beside rows of a user, and deletes none of them', async () => {
    const server = await serverWith('migrated');
    await server.sql(A_USER, 'bestie');
    const { container, exitCode, message } = await runToEnd(externalInstallation(), { secret });
    assert.equal(container, 'seed');
    assert.notEqual(exitCode, 0);
    assert.notEqual(message, '');
    assert.deepEqual(await rows(server), { users: 1, listings: 0, applications: 0 });
  });
});
