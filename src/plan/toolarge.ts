/** The last bar before an answer that the API server would refuse for its size: a spec that got past admission, or what others wrote on a child. */
import { kindKey, type Manifest, type Observed } from '../api/kubernetes.ts';
import { lacksRecords } from '../api/lastapplied.ts';
import { isTooLarge } from '../api/size.ts';

/** Why one of these children would be refused; undefined where none would. Where no record is kept nothing becomes too large. */
export function tooLarge(children: readonly Manifest[], o: Observed): string | undefined {
  const { namespace, uid } = o.bestie.metadata;
  const large = children.find((child) => isTooLarge(child, o.child(kindKey(child), child.metadata.name), namespace, uid));
  if (large === undefined || lacksRecords(o)) return undefined;
  return (
    `${large.kind} ${large.metadata.name} would be too large: with the record that Metacontroller keeps of it, its annotations exceed ` +
    'the 262144 bytes that the API server takes; shorten env, affinity or the annotations'
  );
}
