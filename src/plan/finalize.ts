/** Taking a Bestie down: nothing is made any more, a running migration is not cut short, and the Bestie goes when its children are gone. */
import type { ConditionType } from '../api/condition.ts';
import { observedChildren, type Observed, type Plan, type Readiness } from '../api/kubernetes.ts';
import { startedJob } from '../children/jobs.ts';
import { dated } from './conditions.ts';
import { echo } from './held.ts';
import { podFindings, podStatus } from './status.ts';
import { sync } from './sync.ts';

/** What is still there, or why it stays. */
function waitsFor(o: Observed): string {
  const job = startedJob(o);
  if (job !== undefined) return `waiting for migration Job ${job.name} to end; nothing is deleted before`;
  const left = observedChildren(o).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  return left.length === 0 ? 'every child is gone' : `waiting for ${left.sort().join(', ')} to go`;
}

export function finalize(o: Observed): Plan {
  // The Bestie merely stopped matching the controller: it keeps everything, and the controller lets go.
  if (o.bestie.metadata.deletionTimestamp == null) return { ...sync(o), finalized: true };
  const children = observedChildren(o);
  const message = waitsFor(o);
  const deleting: Readiness = { status: 'False', reason: 'Deleting', message };
  const found = new Map<ConditionType, Readiness>([
    ['Ready', deleting],
    ['Reconciling', { ...deleting, status: 'True' }],
    ['Stalled', { status: 'False', reason: 'NotStalled', message: 'nothing waits for a person' }],
    ...(Object.entries(podFindings(o)) as [ConditionType, Readiness][]),
  ]);
  return {
    children: startedJob(o) === undefined ? [] : children.map((live) => echo(live, o)),
    status: { ...podStatus(o), conditions: dated(found, o.bestie, o.now) },
    ...(children.length === 0 && { finalized: true }),
  };
}
