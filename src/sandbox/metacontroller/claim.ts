/** Ownership of children: the rules by which a controller keeps, adopts or releases an object that it sees. */
import { controllerOf, type Resource } from '../apiserver/object.ts';

export type Claim = 'claimed' | 'adopt' | 'release' | 'ignore';

export interface ClaimInput {
  parent: Resource;
  object: Resource;
  /** Whether the labels of the object fit the selector of the parent. */
  matches: boolean;
}

/** While the parent is being deleted nothing is adopted or released; an object that is being deleted is never adopted. */
export function claim({ parent, object, matches }: ClaimInput): Claim {
  const owner = controllerOf(object);
  const parentGoes = parent.metadata.deletionTimestamp !== undefined;
  if (owner !== undefined && owner.uid !== parent.metadata.uid) return 'ignore';
  if (owner !== undefined && matches) return 'claimed';
  if (owner !== undefined) return parentGoes ? 'ignore' : 'release';
  if (parentGoes || !matches || object.metadata.deletionTimestamp !== undefined) return 'ignore';
  return 'adopt';
}
