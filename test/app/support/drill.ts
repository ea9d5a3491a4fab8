/** The check of a drill, run in a container of the application; and what it has to find. */
import { strict as assert } from 'node:assert';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { drillVerdict, VERDICT_LIMIT, type DrillVerdict } from '../../../src/observed/drillverdict.ts';
import { drillCheck } from './cases.ts';
import type { Container } from './container.ts';
import { HOST, secret } from './database.ts';
import { runToEnd, type JobEnd } from './job.ts';
import { DATABASE_ADDRESS } from './node.ts';
import type { Postgres } from './postgres.ts';
import { figure } from './report.ts';
import { secretOf, type Secret } from './secret.ts';

interface Trick {
  login?: Partial<Secret>;
  /** limit of each statement */
  seconds?: number;
  /** a command of the shell that comes before, in the same place */
  before?: string;
  watch?: (container: Container) => void;
  /** without the container that waits for the database, which the check may lose afterwards */
  alone?: true;
}

/** The Job that is rendered; its statements have as many seconds as the test gives them. */
export function runCheck({ login = {}, seconds = 600, before = '', watch, alone }: Trick = {}): Promise<JobEnd> {
  const pod = drillCheck();
  const containers = pod.containers.map((spec) => {
    const check = [...(spec.command ?? []).slice(0, -1), String(seconds)];
    return { ...spec, command: before === '' ? check : ['/bin/sh', '-c', `${before} && exec "$@"`, 'sh', ...check] };
  });
  return runToEnd({ ...(!alone && pod), containers }, { secret: secretOf({ ...secret, ...login }) }, watch);
}

const BLOCK = 8192;

/** Overwrites the middle of a block of that relation, in its file, while the server is stopped. */
export async function damage(server: Postgres, relation: string, block = 0): Promise<void> {
  const file = await server.sql(`select pg_relation_filepath(${relation})`, 'bestie');
  await server.stop();
  const opened = openSync(join(server.data, file), 'r+');
  writeSync(opened, 'damaged', block * BLOCK + BLOCK / 2);
  closeSync(opened);
  await server.start();
}

/** Runs SQL in the schema of the application, as its user would have made it. */
export const asApplication = (server: Postgres, text: string): Promise<string> =>
  server.sql(`set role bestie; set search_path = bestie; ${text}`, 'bestie');

/** What the message must not have in it. */
const PRIVATE = [secret.password, HOST, DATABASE_ADDRESS, secret.port, `"${secret.user}"`, '@'];

function said(name: string, { exitCode, message }: JobEnd): string {
  figure('drill check', name, `exit ${exitCode}: ${message}`);
  assert.deepEqual(
    PRIVATE.filter((value) => message.includes(value)),
    [],
  );
  assert.ok(message.length <= VERDICT_LIMIT, message);
  return message;
}

/** A check that failed: with a sentence of its own, which nothing takes for a verdict. */
export function failure(name: string, end: JobEnd, want: RegExp): void {
  assert.match(said(name, end), want);
  assert.equal(end.exitCode, 1);
  assert.equal(drillVerdict(end.message), undefined);
}

/** What a check that succeeded has found. */
export function success(name: string, end: JobEnd): DrillVerdict {
  assert.equal(end.exitCode, 0, end.log.slice(-2000));
  const verdict = drillVerdict(said(name, end));
  assert.ok(verdict, end.message);
  return verdict;
}
