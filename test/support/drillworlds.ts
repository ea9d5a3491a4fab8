/** A drill as it goes on: worlds around test/support/stages.ts. What exists of it is found by its name, and what happens to it is laid over that. */
import { labels } from '../../src/api/names.ts';
import { CHECKING_CONTAINER } from '../../src/api/containers.ts';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { containerStatus, pgoStatus, pod, ready } from './stages.ts';
import { ago, carriedOut, edited, overlaid, withPods, type Loose, type World } from './world.ts';

const COPY = 'bestie-drill';
const CHECK = 'bestie-drill-check';

/** Drills are wanted from now on. */
export const verifying = (verify: Loose, w: World = ready()): World => edited(w, { database: { backups: { verify } } });

const onlyOn = (w: World, name: string, patch: Loose): World => ({
  ...w,
  children: w.children.map((child) => (child.metadata.name === name && child.kind !== 'NetworkPolicy' ? overlaid(child, patch) : child)),
});

const restored = (outcome: Loose): Loose => ({
  pgbackrest: {
    ...pgoStatus.usable.pgbackrest,
    restore: { id: `~pgo-bootstrap-${COPY}`, startTime: ago(240), finished: true, ...outcome },
  },
});

/** The policy is there, and then the copy, four minutes old. */
export const copying = (w: World = verifying({ onDemand: 'first' })): World =>
  onlyOn(carriedOut(carriedOut(carriedOut(w))), COPY, { metadata: { creationTimestamp: ago(250) } });

/** The copy is usable, and its check runs. */
export const checking = (w?: World): World =>
  onlyOn(
    carriedOut(onlyOn(copying(w), COPY, { status: { ...pgoStatus.usable, ...restored({ succeeded: 1, completionTime: ago(120) }) } })),
    CHECK,
    { metadata: { creationTimestamp: ago(110) } },
  );

/** The Job of the restore runs, and so many of its attempts have failed. */
export const restoring = (attempts: number, w?: World): World =>
  onlyOn(copying(w), COPY, {
    status: {
      pgbackrest: {
        restore: {
          id: `~pgo-bootstrap-${COPY}`,
          startTime: ago(240),
          finished: false,
          active: 1,
          ...(attempts > 0 && { failed: attempts }),
        },
      },
    },
  });

/** Every try of the restore of the copy has failed. */
export const copyFailed = (w?: World): World =>
  onlyOn(copying(w), COPY, { status: { ...pgoStatus.seen, ...restored({ failed: 7, completionTime: ago(30) }) } });

const checkPod = (exitCode: number, message: string, { metadata: { uid } }: KubeObject): KubeObject =>
  pod(`${CHECK}-x7k2p`, 'web', {
    metadata: {
      labels: { ...labels('bestie', 'drill'), 'batch.kubernetes.io/job-name': CHECK },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: CHECK, uid, controller: true }],
      annotations: undefined,
    },
    status: {
      phase: exitCode === 0 ? 'Succeeded' : 'Failed',
      initContainerStatuses: undefined,
      containerStatuses: [containerStatus({ state: { terminated: { exitCode, message, finishedAt: ago(20) } } }, CHECKING_CONTAINER)],
    },
  });

function ended(type: 'Complete' | 'Failed', exitCode: number, message: string, w?: World): World {
  const over = onlyOn(checking(w), CHECK, { status: { conditions: [{ type, status: 'True', lastTransitionTime: ago(20) }] } });
  const job = over.children.find(({ kind, metadata }) => kind === 'Job' && metadata.name === CHECK);
  return job === undefined ? over : withPods(over, checkPod(exitCode, message, job));
}

export const passed = (w?: World): World => ended('Complete', 0, 'revision 2c1d; rows: pets 12, users 3', w);
export const found = (sentence: string, w?: World): World => ended('Failed', 1, sentence, w);

/** The world once the result is on record, and the copy is gone. */
export const over = (w: World): World => {
  const recorded = carriedOut(carriedOut(carriedOut(w)));
  const gone = { ...recorded, related: recorded.related.filter(({ metadata }) => !metadata.name.startsWith(CHECK)) };
  return carriedOut(carriedOut(gone));
};
