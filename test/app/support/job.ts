/** Runs the pod of a Job to its end. The Job controller's retries are the test's: it runs the pod again. */
import { startContainer, type Container, type Setting } from './container.ts';
import { sandbox } from './pod.ts';
import type { PodSpec } from './rendered.ts';

export interface JobEnd {
  /** the container that ended the pod */
  container: string;
  exitCode: number;
  message: string;
  log: string;
  /** how long each container ran */
  seconds: Record<string, number>;
}

/** Runs a pod that is never restarted: init containers, then its container; ends with the first that fails. */
export async function runToEnd(pod: PodSpec, setting: Setting, watch: (container: Container) => void = () => undefined): Promise<JobEnd> {
  const box = await sandbox('job');
  try {
    let last: JobEnd = { container: '', exitCode: 0, message: '', log: '', seconds: {} };
    for (const spec of [...(pod.initContainers ?? []), ...pod.containers]) {
      const began = Date.now();
      const container = await startContainer(box, spec, setting);
      watch(container);
      const { exitCode, at } = await container.ended;
      const seconds = { ...last.seconds, [spec.name]: (at - began) / 1000 };
      last = { container: spec.name, exitCode, message: container.terminationMessage(), log: container.output.text, seconds };
      if (exitCode !== 0) return last;
    }
    return last;
  } finally {
    await box.remove();
  }
}
