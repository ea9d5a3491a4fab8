/** Objects whose deletion does not end, because a finalizer of another controller keeps them. */
import { kinds, type ChildKind } from '../api/kinds.ts';
import { type Observed } from '../api/observed.ts';
import { kindKey, type KubeObject, type Readiness, type Report } from '../api/kubernetes.ts';
import { secondsSince } from '../lib/time.ts';
import { isReported } from './reported.ts';
import { kubectl } from './commands.ts';

/** Seconds that a finalizer may take: that of the database operator normally needs some minutes. */
const FINALIZER_SECONDS = 300;

/** Finalizers of the garbage collector, and Metacontroller's own, which it removes after the finalize hook. */
const expected = (finalizer: string): boolean =>
  finalizer === 'foregroundDeletion' || finalizer === 'orphan' || finalizer.startsWith('metacontroller.io/compositecontroller-');

/** The finalizers of others that keep an object which is being deleted. */
export const keepers = ({ metadata: { deletionTimestamp, finalizers } }: KubeObject): string[] =>
  deletionTimestamp == null ? [] : (finalizers ?? []).filter((key) => !expected(key)).sort();

/** An object by kind and name; one that is being deleted with the finalizers that still keep it. */
export function describeObject(object: KubeObject): string {
  const keys = keepers(object);
  return `${object.kind} ${object.metadata.name}${keys.length > 0 ? ` (kept by finalizer ${keys.join(', ')})` : ''}`;
}

function words(object: KubeObject, o: Observed): string {
  const { kind, metadata } = object;
  const resource = Object.values<ChildKind>(kinds).find((each) => kindKey(each) === kindKey(object))?.resource ?? kind.toLowerCase();
  const keys = keepers(object);
  const hint = keys.some(o.provider.ownsFinalizer) ? `check that ${o.provider.operator} runs` : 'its controller has to remove it';
  return (
    `${kind} ${metadata.name} has been terminating for more than ${FINALIZER_SECONDS / 60} minutes: finalizer ${keys.join(', ')} keeps it; ` +
    `${hint}; see the object: ${kubectl(o, `get ${resource} ${metadata.name} -o yaml`)}`
  );
}

const reportOf = (object: KubeObject): Report => ({
  reason: 'HeldByFinalizer',
  kind: object.kind,
  name: object.metadata.name,
  detail: keepers(object).join(', '),
});

/** Why the deletion of those objects does not end, once it takes too long; before that, in how many seconds it will. */
export function heldByFinalizer(objects: readonly KubeObject[], o: Observed): { held?: Readiness; recheckAfterSeconds?: number } {
  const kept = objects
    .filter((object) => keepers(object).length > 0)
    .map((object) => ({
      message: words(object, o),
      report: reportOf(object),
      left: FINALIZER_SECONDS - secondsSince(object.metadata.deletionTimestamp, o.now),
    }));
  const late = kept.filter(({ report, left }) => left <= 0 || isReported(report, o));
  if (late.length > 0) {
    const message = late
      .map((each) => each.message)
      .sort()
      .join('; ');
    return { held: { status: 'False', reason: 'HeldByFinalizer', message, reports: late.map(({ report }) => report) } };
  }
  return kept.length === 0 ? {} : { recheckAfterSeconds: Math.min(...kept.map(({ left }) => left)) };
}
