/** Plays whom a cluster lacks: E2E_PLAY=kubelet,pgo. It writes what the real ones write to status, no more than our operator reads. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pgo } from './pgoplayer.ts';
import { all, patchStatus } from './playing.ts';

/** The phase of a pod, and the state of its containers. */
function fateOf(missing: boolean, ofJob: boolean): [phase: string, state: object] {
  if (missing) return ['Pending', { waiting: { reason: 'ImagePullBackOff' } }];
  if (ofJob) return ['Succeeded', { terminated: { exitCode: 0, reason: 'Completed' } }];
  return ['Running', { running: { startedAt: new Date().toISOString() } }];
}

/** The kubelet: pods of Jobs end well, all others become ready; an image with `nosuch` in its name cannot be pulled. */
async function kubelet(): Promise<void> {
  for (const pod of await all('pods')) {
    const { phase } = (pod.status ?? {}) as { phase?: string };
    const containers = (pod.spec as { containers: { name: string; image: string }[] }).containers;
    if (phase !== 'Pending') continue;
    const missing = containers.some(({ image }) => image.includes('nosuch'));
    const ofJob = pod.metadata.ownerReferences?.[0]?.kind === 'Job';
    const [end, state] = fateOf(missing, ofJob);
    await patchStatus('pods', pod, {
      phase: end,
      conditions: [{ type: 'Ready', status: missing || ofJob ? 'False' : 'True' }],
      containerStatuses: containers.map(({ name, image }) => ({
        name,
        image,
        imageID: '',
        ready: !missing && !ofJob,
        restartCount: 0,
        state,
      })),
    });
  }
}

const roles: Record<string, () => Promise<void>> = { pgo, kubelet };

/** Starts playing the named roles, a round every half second, until stopped. */
export function play(names: readonly string[]): { stop(): void } {
  const unknown = names.find((name) => roles[name] === undefined);
  if (unknown !== undefined) throw new Error(`E2E_PLAY: ${unknown} is not one of ${Object.keys(roles).join(', ')}`);
  let playing = names.length > 0;
  void (async () => {
    while (playing) {
      for (const name of names)
        await roles[name]?.().catch((error: unknown) => {
          console.error(`playing ${name}:`, error);
        });
      await sleep(500);
    }
  })();
  return {
    stop: () => {
      playing = false;
    },
  };
}
