/** Pods that may still write to the database: it is neither backed up for good nor replaced before they are gone. */
import type { Readiness } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { secondsSince } from '../lib/time.ts';
import { POD_GONE_SECONDS, mayWrite, podsOf, type Pod } from './pods.ts';

/** Those of the application and of migrations. */
export const writers = (o: Observed): Pod[] => [...podsOf(o, 'web'), ...podsOf(o, 'migration')].filter((pod) => mayWrite(pod, o.now));

/** When to check again for a pod whose end no kubelet reports. */
export function patience(o: Observed): Pick<Readiness, 'recheckAfterSeconds'> {
  const left = writers(o).flatMap(({ metadata: { deletionTimestamp } }) =>
    deletionTimestamp == null ? [] : POD_GONE_SECONDS - secondsSince(deletionTimestamp, o.now),
  );
  return left.length === 0 ? {} : { recheckAfterSeconds: Math.min(...left) };
}
