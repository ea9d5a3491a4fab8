/** Parts of manifests that all children share. */
import type { ChildKind } from './kinds.ts';
import type { Bestie, Observed } from './observed.ts';
import type { KubeObject, Manifest, Readiness } from './kubernetes.ts';
import { labels } from './names.ts';

/** Type and metadata of a child, to be spread into its manifest. */
export function head({ apiVersion, kind }: ChildKind, name: string, o: Observed, annotations?: Record<string, string>): Manifest {
  return { apiVersion, kind, metadata: { name, labels: labels(o.bestie.metadata.name), ...(annotations && { annotations }) } };
}

/** The Bestie as the controller of a child: complete, as Metacontroller would write it. */
export const ownerReference = ({ apiVersion, kind, metadata: { name, uid } }: Bestie): object => ({
  apiVersion,
  kind,
  name,
  uid,
  controller: true,
  blockOwnerDeletion: true,
});

/** Readiness of a child that is ready as soon as it exists. */
export function exists(live: KubeObject | undefined): Readiness {
  return { status: 'True', reason: 'Created', message: `${live?.kind ?? 'object'} ${live?.metadata.name ?? ''} exists` };
}
