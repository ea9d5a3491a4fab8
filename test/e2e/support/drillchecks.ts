/**
 * Plays the check of a drill where pods are played, too: it ends with a sentence as its termination message, which a player of pods does not write.
 * An image with `baddata` in its tag finds a damaged table. A real kubelet runs the real check, so this is left to it.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { closer } from '../../support/closing.ts';
import { all, patchStatus } from './playing.ts';

const { close: stopChecks, ...scope } = closer();
export { stopChecks };

const OF_DRILL = 'app.kubernetes.io/component=drill';
/** One line for each change of a pod; its last word is there once the pod has said something. */
const LINE = String.raw`{.metadata.namespace} {.metadata.name} {.spec.containers[0].image} {.status.containerStatuses[0].state.terminated.message}{"\n"}`;

const damaged = { exitCode: 1, reason: 'Error', message: 'table pets cannot be read: SQLSTATE XX001' };
const sound = { exitCode: 0, reason: 'Completed', message: 'revision 4a1f9c2e7b30; rows: pets 12, users 3' };

/** Whether pods run for real. */
export async function hasKubelet(): Promise<boolean> {
  const versions = (await all('nodes')).map(
    ({ status }) => (status?.nodeInfo as { kubeletVersion?: string } | undefined)?.kubeletVersion ?? '',
  );
  return versions.some((version) => /^v\d/.test(version));
}

/** A pod that a player of pods has ended first gets its sentence all the same: the Job counts it about a second later. */
async function ends(line: string): Promise<void> {
  const [namespace = '', name = '', image = '', ...sentence] = line.split(' ').filter((word) => word !== '');
  if (sentence.length > 0) return;
  const finishedAt = new Date().toISOString().replace(/\.\d+Z/, 'Z');
  const terminated = { ...(image.includes('baddata') ? damaged : sound), startedAt: finishedAt, finishedAt };
  await patchStatus(
    'pods',
    { metadata: { name, namespace } },
    {
      phase: terminated.exitCode === 0 ? 'Succeeded' : 'Failed',
      conditions: [{ type: 'Ready', status: 'False', reason: 'PodCompleted' }],
      containerStatuses: [{ name: 'check', image, imageID: '', ready: false, restartCount: 0, state: { terminated } }],
    },
  );
}

/** Plays the checks until they are stopped; before the player of pods, mostly. */
export async function playChecks(): Promise<void> {
  if (await hasKubelet()) return;
  const args = ['get', 'pods', '--all-namespaces', '-l', OF_DRILL, '--watch', '-o', `jsonpath=${LINE}`];
  const watch = scope.child(spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'inherit'] }));
  createInterface({ input: watch.stdout }).on('line', (line) => {
    ends(line).catch((error: unknown) => {
      if (!String(error).includes('NotFound')) console.error('playing a check:', error);
    });
  });
}
