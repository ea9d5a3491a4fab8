/** The application's pod on a seeded database, ready to serve. */
import { startWeb, type WebPod } from './kubelet.ts';
import type { Setting } from './container.ts';
import { web } from './cases.ts';
import { secret } from './database.ts';
import type { Network } from './pod.ts';
import { eventually } from './run.ts';

/** Starts the pod and waits until its readiness probe has succeeded. */
export async function readyApplication(extra: Setting['extra'] = {}, network: Network = {}): Promise<WebPod> {
  const pod = await startWeb(web(), { secret, extra }, network);
  await eventually('the pod is ready', 90, () => pod.isReady() || undefined).catch((error: unknown) => {
    throw new Error(`${String(error)}\n${JSON.stringify(pod.probes)}\n${pod.container().output.text.slice(-2000)}`);
  });
  return pod;
}

/** How often each probe succeeded and failed, as \`readinessProbe 12 of 14\`. */
export function probeCounts({ probes }: WebPod, since = 0): string {
  const later = probes.filter(({ at }) => at >= since);
  const names = [...new Set(later.map(({ probe }) => probe))];
  return names
    .map((name) => {
      const those = later.filter(({ probe }) => probe === name);
      return `${name} ${those.filter(({ why }) => why === '').length} of ${those.length}`;
    })
    .join(', ');
}
