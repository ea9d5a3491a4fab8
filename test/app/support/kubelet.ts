/** Runs the application's pod with its probes, restarts and its way of stopping. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atEndOfTest } from './cleanup.ts';
import { startContainer, type Container, type Setting } from './container.ts';
import { sandbox, type Network, type Sandbox } from './pod.ts';
import { prober, type ProbeRecord, type Prober } from './prober.ts';
import type { ContainerSpec, PodSpec } from './rendered.ts';

const GRACE_SECONDS = 30;

export interface Stopped {
  /** seconds from the decision to stop until PID 1 is gone */
  seconds: number;
  /** seconds from SIGTERM until PID 1 is gone */
  afterTerm: number;
  exitCode: number;
  isKilled: boolean;
}

export interface WebPod {
  box: Sandbox;
  container: () => Container;
  isReady: () => boolean;
  restarts: () => number;
  /** every probe so far */
  probes: readonly ProbeRecord[];
  /** Stops it as a deletion does. */
  stop: () => Promise<Stopped>;
}

/** preStop, SIGTERM to PID 1, SIGKILL at the end of the grace period, which began with preStop. */
async function stopContainer(container: Container, spec: ContainerSpec, graceSeconds: number): Promise<Stopped> {
  const began = Date.now();
  const isRunning = container.end() === undefined;
  if (isRunning) await sleep((spec.lifecycle?.preStop?.sleep?.seconds ?? 0) * 1000);
  const termAt = Date.now();
  container.kill('SIGTERM');
  const abort = new AbortController();
  const left = graceSeconds * 1000 - (termAt - began);
  const late = sleep(left, 'late' as const, { signal: abort.signal }).catch(() => 'ended' as const);
  const isKilled = (await Promise.race([late, container.ended])) === 'late';
  abort.abort();
  if (isKilled) container.kill('SIGKILL');
  const { exitCode, at } = await container.ended;
  return { seconds: (at - began) / 1000, afterTerm: (at - termAt) / 1000, exitCode, isKilled };
}

/** Starts the application's pod: init containers, container and probes; a failed liveness or startup probe restarts the container, and so does its end. */
export async function startWeb(pod: PodSpec, setting: Setting, network: Network = {}): Promise<WebPod> {
  const box = await sandbox('web', network);
  for (const spec of pod.initContainers ?? []) {
    const { exitCode } = await (await startContainer(box, spec, setting)).ended;
    if (exitCode !== 0) throw new Error(`${spec.name} ended with ${exitCode}`);
  }
  const spec = pod.containers[0];
  if (spec === undefined) throw new Error('the pod has no container');
  const grace = pod.terminationGracePeriodSeconds ?? GRACE_SECONDS;
  const probes: ProbeRecord[] = [];
  let restarts = 0;
  let isReady = false;
  let isStopping = false;
  const over = new AbortController();
  // Read again after each wait.
  const isOver = (): boolean => over.signal.aborted;
  let container: Container;
  let running: Prober[] = [];

  const stopProbes = async (): Promise<void> => {
    const old = running;
    running = [];
    isReady = false;
    await Promise.all(old.map(({ stop }) => stop()));
  };
  const restart = async (): Promise<void> => {
    if (isStopping) return;
    isStopping = true;
    await stopProbes();
    await stopContainer(container, spec, grace);
    if (isOver()) return;
    restarts += 1;
    isStopping = false;
    await begin();
  };
  const probe = (name: 'startupProbe' | 'livenessProbe' | 'readinessProbe', changed: (isSuccess: boolean) => void): void => {
    const rendered = spec[name];
    const record = (result: ProbeRecord): number => probes.push(result);
    if (rendered !== undefined) running.push(prober(name, { address: box.address, container, spec }, rendered, { record, changed }));
  };
  const serve = (): void => {
    probe('livenessProbe', (isSuccess) => {
      if (!isSuccess) void restart();
    });
    probe('readinessProbe', (isSuccess) => {
      isReady = isSuccess;
    });
  };
  const begin = async (): Promise<void> => {
    const begun = await startContainer(box, spec, setting);
    container = begun;
    // Undone before the container, whose end would otherwise start the next.
    atEndOfTest(async () => {
      isStopping = true;
      over.abort();
      await stopProbes();
    });
    void begun.ended.then(() => (begun === container ? restart() : undefined));
    let isStarted = false;
    probe('startupProbe', (isSuccess) => {
      if (!isSuccess) void restart();
      else if (!isStarted) {
        isStarted = true;
        const [startup] = running;
        running = [];
        void startup?.stop();
        serve();
      }
    });
  };
  await begin();

  return {
    box,
    container: () => container,
    isReady: () => isReady,
    restarts: () => restarts,
    probes,
    stop: async () => {
      isStopping = true;
      over.abort();
      await stopProbes();
      const stopped = await stopContainer(container, spec, grace);
      await box.remove();
      return stopped;
    },
  };
}
