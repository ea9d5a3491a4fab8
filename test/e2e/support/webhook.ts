/** The built webhook, in replicas behind a proxy on the port that the overlay `local` names: what a Deployment and its Service are in a cluster. */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { closer } from '../../support/closing.ts';
import { eventually } from './kubectl.ts';

const HOST = '127.0.0.1';
const SERVICE_PORT = 8080;

export interface Replica {
  hookPort: number;
  metricsPort: number;
  process: ChildProcess;
}

const ready = new Set<Replica>();
const replicas = new Set<Replica>();
let next = 0;

/** Closes all that was opened here: the proxy with its connections, and the replicas. */
const { close: stopService, ...scope } = closer();
export { stopService };

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await scope.listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const isReady = ({ metricsPort }: Replica): Promise<boolean> =>
  fetch(`http://${HOST}:${metricsPort}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Starts a replica and waits until new connections go to it. */
export async function startReplica(): Promise<Replica> {
  if (!existsSync('dist/main.cjs')) throw new Error('dist/main.cjs is missing: run npm run build first');
  const [hookPort, metricsPort] = [await freePort(), await freePort()];
  const env = { PATH: process.env.PATH, HOST, HOOK_PORT: String(hookPort), METRICS_PORT: String(metricsPort), LOG_LEVEL: 'warn' };
  const child = scope.child(spawn(process.execPath, ['dist/main.cjs'], { env, stdio: ['ignore', 'inherit', 'inherit'] }));
  const replica = { hookPort, metricsPort, process: child };
  replicas.add(replica);
  await eventually('a replica of the webhook is ready', 20, async () => {
    if (child.exitCode !== null) throw new Error(`the webhook ended with ${child.exitCode}`);
    return isReady(replica);
  });
  ready.add(replica);
  return replica;
}

/** Sends SIGTERM, as a kubelet does, and waits for the end. New connections stop coming once it says that it is not ready. */
export async function stopReplica(replica: Replica): Promise<void> {
  const ended = new Promise((resolve) => replica.process.once('exit', resolve));
  replica.process.kill('SIGTERM');
  await ended;
  ready.delete(replica);
  replicas.delete(replica);
}

/** Kills every replica in the middle of whatever it does, and starts as many again after some seconds. */
export async function killWebhook(seconds: number): Promise<void> {
  const killed = [...replicas];
  const ended = killed.map((replica) => new Promise((resolve) => replica.process.once('exit', resolve)));
  for (const replica of killed) {
    ready.delete(replica);
    replicas.delete(replica);
    replica.process.kill('SIGKILL');
  }
  await Promise.all(ended);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  await Promise.all(killed.map(startReplica));
}

/** Starts the proxy and two replicas. A connection stays with its replica until one of them closes it. */
export async function startService(): Promise<void> {
  const proxy = createServer((client) => {
    const [target] = [...ready].slice(next++ % Math.max(1, ready.size));
    if (target === undefined) {
      client.destroy();
      return;
    }
    const server = scope.socket(connect(target.hookPort, HOST));
    client.pipe(server).pipe(client);
    client.once('error', () => server.destroy());
    server.once('error', () => client.destroy());
  });
  await scope.listening(proxy, SERVICE_PORT);
  scope.interval(500, () => {
    for (const replica of replicas) void isReady(replica).then((ok) => (ok ? ready.add(replica) : ready.delete(replica)));
  });
  await Promise.all([startReplica(), startReplica()]);
}

export const runningReplicas = (): Replica[] => [...replicas];
