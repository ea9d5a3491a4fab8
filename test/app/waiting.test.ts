/** What \`wait-for-database\` waits for, and what ends it. */
import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { migration } from './support/cases.ts';
import { startContainer, type Container } from './support/container.ts';
import { HOST, secret } from './support/database.ts';
import { hosts, DATABASE_ADDRESS } from './support/node.ts';
import { sandbox, type Sandbox } from './support/pod.ts';
import type { Postgres } from './support/postgres.ts';
import { figure } from './support/report.ts';
import { serverWith } from './support/server.ts';
import { secretOf, type Secret } from './support/secret.ts';

interface Refusal {
  name: string;
  reason: string;
  login: Partial<Secret>;
  sql?: readonly [before: string, after: string];
  want: RegExp;
}

const refusals: readonly Refusal[] = [
  { name: 'WrongPassword', reason: 'the login is refused', login: { password: 'wr0ng-pass' }, want: /password/ },
  { name: 'NoSuchDatabase', reason: 'the database is missing', login: { dbname: 'elsewhere' }, want: /does not exist/ },
  { name: 'NoEntryOfPgHba', reason: 'the server does not let that user in', login: { user: 'stranger' }, want: /pg_hba/ },
  {
    name: 'NoConnectPrivilege',
    reason: 'the user may not connect to the database',
    login: {},
    sql: ['revoke connect on database bestie from public', 'grant connect on database bestie to public'],
    want: /CONNECT/,
  },
];

interface Absence {
  name: string;
  reason: string;
  away: (server: Postgres) => void | Promise<void>;
  back: (server: Postgres) => void | Promise<void>;
}

const absences: readonly Absence[] = [
  { name: 'Refused', reason: 'no server listens', away: (server) => server.stop(), back: (server) => server.start() },
  {
    name: 'UnknownHost',
    reason: 'the name does not exist yet',
    away: () => void hosts.delete(HOST),
    back: () => void hosts.set(HOST, DATABASE_ADDRESS),
  },
  {
    name: 'HangingServer',
    reason: 'the server accepts and never answers',
    away: (server) => {
      server.freeze();
    },
    back: (server) => {
      server.thaw();
    },
  },
];

/** Seconds for which it has to wait on: more than the patience that it has with a refused login. */
const LONG = 20;

describe('the application: waiting for the database', () => {
  let box: Sandbox;
  let server: Postgres;

  const wait = (login: Partial<Secret> = {}): Promise<Container> => {
    const [spec] = migration().initContainers ?? [];
    assert.equal(spec?.name, 'wait-for-database');
    return startContainer(box, spec, { secret: secretOf({ ...secret, ...login }) });
  };

  beforeEach(async () => {
    server = await serverWith('migrated');
    box = await sandbox('wait');
  });

  afterEach(async () => {
    await box.remove();
  });

  for (const { name, reason, login, sql, want } of refusals) {
    it(`${name}: ends with a sentence, because ${reason}`, async () => {
      if (sql) await server.sql(sql[0]);
      const began = Date.now();
      const container = await wait(login);
      const { exitCode, at } = await container.ended;
      if (sql) await server.sql(sql[1]);
      const message = container.terminationMessage();
      assert.notEqual(exitCode, 0);
      assert.match(message, want);
      const kept = { ...secret, ...login };
      const secrets = [
        kept.password,
        kept.host,
        DATABASE_ADDRESS,
        kept.port,
        `"${kept.user}"`,
        `"${kept.dbname}"`,
        'stranger',
        'elsewhere',
      ];
      assert.deepEqual(
        secrets.filter((value) => message.includes(value)),
        [],
      );
      figure('wait-for-database', name, `exit ${exitCode} after ${((at - began) / 1000).toFixed(1)} s: ${message}`);
    });
  }

  for (const { name, reason, away, back } of absences) {
    it(`${name}: waits and continues, because ${reason}`, async () => {
      await away(server);
      const container = await wait();
      await sleep(LONG * 1000);
      const early = container.end();
      await back(server);
      assert.equal(early, undefined, container.output.text);
      const came = Date.now();
      const { exitCode, at } = await container.ended;
      assert.equal(exitCode, 0, container.output.text);
      assert.equal(container.terminationMessage(), '');
      figure('wait-for-database', name, `waits, continues ${((at - came) / 1000).toFixed(1)} s after the database came`);
    });
  }
});
