/** A database that a Bestie with Retain has left, and a new Bestie of that name. */
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { ready } from './stages.ts';
import { deleted, namespace, onlyDatabase, withRelated } from './upgrades.ts';
import { bestie, carriedOut, childOf, finalizeOf, overlaid, world, type Loose, type World } from './world.ts';

export const NEW = '77777777-0000-4000-8000-000000000002';
export const guard = { apiVersion: 'v1', kind: 'Namespace', name: 'pets', uid: namespace().metadata.uid };
export const own = {
  apiVersion: 'pets.bestie.com/v1',
  kind: 'Bestie',
  name: 'bestie',
  uid: NEW,
  controller: true,
  blockOwnerDeletion: true,
};

/** What a Bestie with Retain leaves: released, with the guard, still labelled with the uid of the one that is gone. */
export function released(spec: Loose = {}): KubeObject {
  const w = deleted(onlyDatabase(ready(withRelated(world({ deletionPolicy: 'Retain', ...spec }), namespace()))));
  const alone = { ...w, related: [namespace()] };
  return overlaid(childOf(carriedOut(alone, finalizeOf(alone)), 'PostgresCluster'), { metadata: { ownerReferences: [guard] } });
}

/** A new Bestie of that name, and the database only related: it has no owner. */
export const fresh = (spec: Loose = {}, database: KubeObject = released()): World => ({
  ...withRelated(world({ deletionPolicy: 'Retain', ...spec }), namespace(), database),
  parent: bestie({ deletionPolicy: 'Retain', ...spec }, { uid: NEW }),
});
