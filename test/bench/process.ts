/** A server under measurement: a fresh process, its CPU seconds, its memory and its answers. */
import { spawn, type ChildProcess } from 'node:child_process';
import { Agent, request } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';

const HOST = '127.0.0.1';
/** Connections over which the load comes, all kept alive. */
export const CONNECTIONS = 5;

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}

export interface Measured {
  hookPort: number;
  metricsPort: number;
  /** Milliseconds from the start of the process to the first 200 of /healthz. */
  readyAfter: number;
  /** CPU seconds used so far, user and system. */
  cpu(): Promise<number>;
  /** Resident memory in MB. */
  memory(): Promise<number>;
  /** Milliseconds that /healthz took to answer. */
  probe(): Promise<number>;
  stop(): Promise<void>;
}

async function healthz(port: number): Promise<boolean> {
  return fetch(`http://${HOST}:${port}/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Starts a script with two free ports and waits until it is ready. */
export async function start(script: string): Promise<Measured> {
  const [hookPort, metricsPort] = [await freePort(), await freePort()];
  const { PATH, NODE_OPTIONS } = process.env;
  const env = { PATH, NODE_OPTIONS, HOST, HOOK_PORT: String(hookPort), METRICS_PORT: String(metricsPort), LOG_LEVEL: 'info' };
  const begun = performance.now();
  const child: ChildProcess = spawn(process.execPath, [script], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  // Where a benchmark fails its process ends, and this one with it.
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  while (!(await healthz(metricsPort))) {
    if (child.exitCode !== null) throw new Error(`${script} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const readyAfter = performance.now() - begun;
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://${HOST}:${metricsPort}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  };
  return {
    hookPort,
    metricsPort,
    readyAfter,
    cpu: () => metric('process_cpu_seconds_total'),
    memory: async () => (await metric('process_resident_memory_bytes')) / 1e6,
    probe: async () => {
      const sent = performance.now();
      await healthz(metricsPort);
      return performance.now() - sent;
    },
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => {
          process.off('exit', kill);
          resolve();
        });
        kill();
      }),
  };
}

/** Sends `count` requests over `connections` kept-alive connections; the latencies in milliseconds, ascending. */
export async function load(port: number, body: Buffer, count: number, connections: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const headers = { 'content-type': 'application/json', 'content-length': body.length };
  const latencies: number[] = [];
  let left = count;
  const once = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const sent = performance.now();
      const outgoing = request({ host: HOST, port, path: '/sync', method: 'POST', headers, agent }, (response) => {
        response.resume().once('end', () => {
          latencies.push(performance.now() - sent);
          if (response.statusCode === 200) resolve();
          else reject(new Error(`answered ${response.statusCode ?? 0}`));
        });
      });
      outgoing.once('error', reject).end(body);
    });
  const worker = async (): Promise<void> => {
    while (left-- > 0) await once();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  return latencies.sort((a, b) => a - b);
}
