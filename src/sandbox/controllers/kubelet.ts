/** The kubelets: what becomes of a pod, as podfate.ts has it, comes to pass a second after it was created. */
import type { Client } from '../apiserver/client.ts';
import { POD } from '../apiserver/discovery.ts';
import { podStatus } from './podstatus.ts';
import { secondsBetween, setStatus } from './objectstatus.ts';

/** One round over all pods; a terminating one is removed after a second. */
export function runKubelets(client: Client, now: string, missing?: ReadonlySet<string>): void {
  for (const pod of client.list(POD)) {
    const { creationTimestamp, deletionTimestamp } = pod.metadata;
    const age = secondsBetween(creationTimestamp, now);
    if (deletionTimestamp !== undefined) {
      if (secondsBetween(deletionTimestamp, now) >= 1) client.remove(pod, { grace: 'at once' });
    } else if (age >= 1) setStatus(client, pod, podStatus(pod, age, now, missing));
    else if (pod.status === undefined) setStatus(client, pod, { phase: 'Pending' });
  }
}
