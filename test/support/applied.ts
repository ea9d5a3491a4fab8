/** What was last applied to an object of a golden case: the object itself, but for the differences that stand in `applied` beside it. */
import { POD } from '../../src/api/kinds.ts';
import { kindKey, type KubeObject } from '../../src/api/kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { patched } from './patch.ts';

/** An object of a case. `applied` patches what was applied; null says that nothing was, as to an object that others made. */
export type Shown = KubeObject & { applied?: unknown };

/** What would have been applied to make the object as it stands, less the namespace, which Metacontroller adds. */
function manifestOf({ apiVersion, kind, metadata: { name, labels, annotations }, spec }: KubeObject): object {
  const metadata = { name, ...(labels && { labels }), ...(annotations && { annotations }) };
  return { apiVersion, kind, metadata, ...(spec != null && { spec }) };
}

/** The object with the record of what was last applied to it. Pods have none; one that is written out stays as it is. */
export function withRecord({ applied = {}, ...object }: Shown): KubeObject {
  const { kind, metadata } = object;
  const isWritten = metadata.annotations?.[LAST_APPLIED_ANNOTATION] !== undefined;
  if (isWritten || applied === null || kindKey(object) === POD) return object;
  const record = JSON.stringify(patched(manifestOf(object), applied, `objects[${kind}/${metadata.name}].applied`));
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED_ANNOTATION]: record } } };
}
