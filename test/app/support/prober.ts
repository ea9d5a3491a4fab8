/** A probe that is repeated: its thresholds decide what its state is. */
import { setTimeout as sleep } from 'node:timers/promises';
import { attempt, type Attempt, type Target } from './probe.ts';
import type { ProbeSpec } from './rendered.ts';

export interface ProbeRecord extends Attempt {
  probe: string;
  /** as of Date.now() */
  at: number;
}

export interface Prober {
  stop: () => Promise<void>;
}

interface Watch {
  record: (result: ProbeRecord) => void;
  /** the thresholds were reached, again after each further attempt */
  changed: (isSuccess: boolean) => void;
}

/** Probes until it is stopped. An attempt that lasts longer than the period delays the next. */
export function prober(name: string, target: Target, probe: ProbeSpec, { record, changed }: Watch): Prober {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  const abort = new AbortController();
  const pause = (seconds: number): Promise<unknown> => sleep(seconds * 1000, undefined, { signal: abort.signal }).catch(() => undefined);
  // Read again after each wait.
  const isStopped = (): boolean => abort.signal.aborted;

  const loop = async (): Promise<void> => {
    await pause(initialDelaySeconds);
    let run = 0;
    let last: boolean | undefined;
    while (!isStopped()) {
      const began = Date.now();
      const result = await attempt(target, probe);
      if (isStopped()) return;
      record({ ...result, probe: name, at: began });
      const isSuccess = result.why === '';
      run = isSuccess === last ? run + 1 : 1;
      last = isSuccess;
      if (run >= (isSuccess ? successThreshold : failureThreshold)) changed(isSuccess);
      await pause(Math.max(0, periodSeconds - (Date.now() - began) / 1000));
    }
  };
  const done = loop();
  return {
    stop: async () => {
      abort.abort();
      await done;
    },
  };
}
