/** Whose objects these are, in a life in which a Bestie has copies of its database: the copy of a drill, and a second Bestie that is a clone. */
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';

export const NETWORK_POLICY = 'NetworkPolicy.networking.k8s.io/v1';

/** The second Bestie. */
export const TWIN = 'twin';

export const isOfDrill = ({ metadata }: Resource): boolean => metadata.name.startsWith('bestie-drill');
export const isOfTwin = ({ metadata }: Resource): boolean => metadata.name === TWIN || metadata.name.startsWith(`${TWIN}-`);

/** Whether the object is one of the first Bestie itself, or of its application and its own database. */
export const isOwn = (object: Resource): boolean => !isOfDrill(object) && !isOfTwin(object);

/** The objects of that kind that are neither of a drill nor of a clone. */
export const own = (cluster: Cluster, kind: string): Resource[] => cluster.user.list(kind).filter(isOwn);

/** Whether its copy is at work: one that is being deleted is only waited for. */
export const isAtWork = (copy: Resource | undefined): copy is Resource =>
  copy !== undefined && copy.metadata.deletionTimestamp === undefined;
