/** The objects of a drill in an answer. */
import type { Context } from '../api/child.ts';
import { kindKey, type Manifest } from '../api/kubernetes.ts';
import { drillManifests } from '../children/drill.ts';
import { settled } from '../decide/contestedfields.ts';
import { drilling } from '../decide/drill.ts';
import { pendingUpdate, type PendingChange } from '../observed/pendingchanges.ts';

/** What is to exist of a drill now, which of it is written, and the changes that are not applied. */
export function drillChildren(o: Context): { children: Manifest[]; written: Manifest[]; pending: PendingChange[] } {
  const { wanted } = drilling(o);
  const observed = ({ metadata, ...type }: Manifest) => o.child(kindKey(type), metadata.name);
  const children = wanted === undefined ? [] : drillManifests(wanted, o).map((manifest) => settled(manifest, observed(manifest), o));
  const changes = children.map((manifest) => ({ manifest, change: pendingUpdate(manifest, observed(manifest), o) }));
  return {
    children,
    written: changes
      .filter(({ manifest, change }) => change !== undefined || observed(manifest) === undefined)
      .map(({ manifest }) => manifest),
    pending: changes.flatMap(({ change }) => change ?? []),
  };
}
