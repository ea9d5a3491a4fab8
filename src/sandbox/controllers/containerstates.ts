/** What a kubelet says of containers, and of the pod that they are in, by the fate of the pod. */
import type { Fault } from './kubeletfaults.ts';
import type { Fate } from './podfate.ts';
import type { Fields } from '../apiserver/object.ts';

export const idle = { ready: false, restartCount: 0 };

/** The state of a container at that age of its pod, in seconds. */
export function containerState(fate: Fate, age: number, startedAt: string): Fields {
  const terminated = (exitCode: number, reason: string): Fields => ({ terminated: { exitCode, reason, startedAt, finishedAt: startedAt } });
  const running = { running: { startedAt } };
  if (fate === 'crash') {
    const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } };
    return { ...idle, started: false, restartCount: 3, state, lastState: terminated(1, 'Error') };
  }
  if (fate === 'never ready') return { ...idle, started: true, state: running };
  if (fate === 'ready' || age < 3) return { ...idle, ready: true, started: true, state: running };
  return { ...idle, started: false, state: fate === 'fails' ? terminated(1, 'Error') : terminated(0, 'Completed') };
}

/** Seconds after which a refused login ends the container that waits for the database. */
const REFUSED_AFTER = 10;

/** The state of the container that waits for the database, where that keeps the pod. The kubelet starts it anew, but not in a Job. */
export function waitingState(fate: Fate, isJob: boolean, age: number, startedAt: string): Fields {
  if (fate === 'waits' || age < REFUSED_AFTER) return { ...idle, started: true, state: { running: { startedAt } } };
  const message = 'the login is refused: the user or the password in the Secret is wrong';
  const end = { terminated: { exitCode: 77, reason: 'Error', message, startedAt, finishedAt: startedAt } };
  if (isJob) return { ...idle, started: false, state: end };
  const state = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off restarting failed container' } };
  return { ...idle, started: false, restartCount: 4, state, lastState: end };
}

export function phaseOf(fate: Fate, fault: Fault | undefined, isJob: boolean, age: number): string {
  if (fault !== undefined) return fault.of === 'first' ? 'Pending' : 'Running';
  if (fate === 'waits') return 'Pending';
  if (fate === 'is refused') return isJob && age >= REFUSED_AFTER ? 'Failed' : 'Pending';
  if (age < 3) return 'Running';
  if (fate === 'succeeds') return 'Succeeded';
  return fate === 'fails' ? 'Failed' : 'Running';
}
