/**
 * Plays the check of a drill where pods are played, too: it ends with a sentence as its termination message, which a player of pods does not write.
 * An image with `baddata` in its tag finds a damaged table. A real kubelet runs the real check, so this is left to it.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { closer } from '../../support/closing.ts';
import { get } from './kubectl.ts';
import { all, patchStatus } from './playing.ts';

const { close: stopChecks, ...scope } = closer();
export { stopChecks };

const OF_DRILL = 'app.kubernetes.io/component=drill';
/** One line for each change of a pod. */
const LINE = String.raw`{.metadata.namespace} {.metadata.name} {.status.phase} {.spec.containers[0].image}{"\n"}`;

const damaged = { exitCode: 1, reason: 'Error', message: 'table pets cannot be read: SQLSTATE XX001' };
const sound = { exitCode: 0, reason: 'Completed', message: 'revision 4a1f9c2e7b30; rows: pets 12, users 3' };

/** Whether pods run for real. */
export async function hasKubelet(): Promise<boolean> {
  const versions = (await all('nodes')).map(
    ({ status }) => (status?.nodeInfo as { kubeletVersion?: string } | undefined)?.kubeletVersion ?? '',
  );
  return versions.some((version) => /^v\d/.test(version));
}

async function ends(line: string): Promise<void> {
  const [namespace = '', name = '', phase = '', image = ''] = line.split(' ');
  if (phase !== 'Pending' && phase !== 'Running') return;
  const live = await get(namespace, 'pods', name);
  if (live === undefined) return;
  const finishedAt = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const terminated = { ...(image.includes('baddata') ? damaged : sound), startedAt: finishedAt, finishedAt };
  await patchStatus('pods', live, {
    phase: terminated.exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted' }],
    containerStatuses: [{ name: 'check', image, imageID: '', ready: false, restartCount: 0, state: { terminated } }],
  });
}

/** Plays the checks until they are stopped; faster than a played kubelet, which ends a pod after about a second. */
export async function playChecks(): Promise<void> {
  if (await hasKubelet()) return;
  const args = ['get', 'pods', '--all-namespaces', '-l', OF_DRILL, '--watch', '-o', `jsonpath=${LINE}`];
  const watch = scope.child(spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  createInterface({ input: watch.stdout }).on('line', (line) => {
    ends(line).catch((error: unknown) => {
      console.error('playing a check:', error);
    });
  });
}
