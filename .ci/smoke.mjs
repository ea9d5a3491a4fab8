/**
 * Starts the server with the given command, waits until it is ready, asks it for the children of the sample Bestie in a world with nothing but a Deployment,
 * and stops it with SIGTERM: tsx smoke.mjs ANSWER FOLDER COMMAND… The command runs in FOLDER; the answer is written to the file ANSWER.
 */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { childKindKeys } from '../src/api/kinds.ts';

const { fetch } = globalThis;
const [, , file, cwd, command, ...args] = process.argv;

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const hookPort = await freePort();
const metricsPort = await freePort();
const env = {
  ...process.env,
  HOST: '127.0.0.1',
  HOOK_PORT: String(hookPort),
  METRICS_PORT: String(metricsPort),
  SHUTDOWN_DELAY_SECONDS: '0',
};
// A group of its own, so that the signal reaches the server below npm, too.
const server = spawn(command, args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
const ended = new Promise((resolve) => server.once('exit', (code, signal) => resolve({ code, signal })));
let stopped = false;
process.once('exit', () => stopped || process.kill(-server.pid, 'SIGKILL'));

const ready = async () => (await fetch(`http://127.0.0.1:${metricsPort}/readyz`).catch(() => undefined))?.ok === true;
const began = Date.now();
while (!(await ready())) {
  assert.ok(Date.now() - began < 20_000 && server.exitCode === null, 'the server did not become ready');
  await sleep(50);
}
console.log(`ready after ${Date.now() - began} ms`);

// Every kind is declared, as with all components installed.
const children = Object.fromEntries([...childKindKeys].map((key) => [key, {}]));
// A Deployment, for without one there is nothing to watch, and its PrometheusRule is read from the answer.
children['Deployment.apps/v1'] = {
  'pets/bestie-app': { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bestie-app', namespace: 'pets' } },
};
const sample = parse(readFileSync('manifests/samples/bestie.yaml', 'utf8'));
const parent = {
  ...sample,
  metadata: {
    ...sample.metadata,
    namespace: 'pets',
    uid: '11111111-2222-3333-4444-555555555555',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  },
};
const response = await fetch(`http://127.0.0.1:${hookPort}/sync`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ controller: {}, parent, children, related: {}, finalizing: false }),
});
const text = await response.text();
assert.equal(response.status, 200, text);
const answer = JSON.parse(text);
assert.ok(answer.children.length > 0 && answer.status.conditions.length >= 3, text);
console.log(`/sync: ${answer.children.map(({ kind }) => kind).join(', ')}`);
writeFileSync(file, text);
const metrics = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
assert.ok(metrics.ok && (await metrics.text()).includes('# TYPE'));

stopped = process.kill(-server.pid, 'SIGTERM');
const end = await Promise.race([ended, sleep(15_000, undefined, { ref: false })]);
assert.ok(end, 'the server did not stop after SIGTERM');
assert.ok(command !== 'node' || end.code === 0, `ended with ${JSON.stringify(end)}`);
console.log('stopped');
