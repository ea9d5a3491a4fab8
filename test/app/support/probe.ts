/** One attempt of a probe, as the kubelet makes it: from the node to the pod's address, or a command in the container. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from './container.ts';
import type { ContainerSpec, ProbeSpec } from './rendered.ts';
import { signalAll, treeOf } from './run.ts';

export interface Target {
  address: string;
  container: Container;
  spec: ContainerSpec;
}

/** What came of an attempt; `why` is empty for a success. */
export interface Attempt {
  why: string;
  /** seconds */
  took: number;
}

type Handler = (target: Target, probe: ProbeSpec, signal: AbortSignal) => Promise<string>;

const portOf = ({ ports }: ContainerSpec, port: string | number): number =>
  typeof port === 'number' ? port : (ports?.find(({ name }) => name === port)?.containerPort ?? NaN);

const httpGet: Handler = ({ address, spec }, probe, signal) =>
  new Promise((resolve) => {
    const { path, port } = probe.httpGet ?? { path: '/', port: 0 };
    const headers = { 'User-Agent': 'kube-probe/1.34', Accept: '*/*', Connection: 'close' };
    const asked = request({ host: address, port: portOf(spec, port), path, headers, agent: false, signal }, (response) => {
      const { statusCode = 0 } = response;
      response.resume().once('close', () => {
        resolve(statusCode >= 200 && statusCode < 400 ? '' : `status ${statusCode}`);
      });
    });
    asked.once('error', ({ message }) => {
      resolve(message);
    });
    asked.end();
  });

const tcpSocket: Handler = ({ address, spec }, probe, signal) =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port: portOf(spec, probe.tcpSocket?.port ?? 0), signal });
    socket.once('error', ({ message }) => {
      resolve(message);
    });
    socket.once('connect', () => {
      socket.destroy();
      resolve('');
    });
  });

const exec: Handler = async ({ container }, probe, signal) => {
  const child = container.exec(probe.exec?.command ?? []);
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const kill = (): void => {
    signalAll(treeOf(child.pid ?? 0).reverse(), 'SIGKILL');
  };
  signal.addEventListener('abort', kill);
  await once(child, 'close');
  signal.removeEventListener('abort', kill);
  return child.exitCode === 0 ? '' : `exit ${child.exitCode ?? child.signalCode ?? ''}: ${said.join('').trim()}`;
};

function handlerOf(probe: ProbeSpec): Handler {
  if (probe.httpGet !== undefined) return httpGet;
  if (probe.tcpSocket !== undefined) return tcpSocket;
  return exec;
}

/** Tries once, for as long as the probe's time-out. */
export async function attempt(target: Target, probe: ProbeSpec): Promise<Attempt> {
  const began = Date.now();
  const abort = new AbortController();
  const seconds = probe.timeoutSeconds ?? 1;
  const timeOut = sleep(seconds * 1000, `no answer within ${seconds} s`, { signal: abort.signal }).catch(() => '');
  const why = await Promise.race([handlerOf(probe)(target, probe, abort.signal), timeOut]);
  abort.abort();
  return { why, took: (Date.now() - began) / 1000 };
}
