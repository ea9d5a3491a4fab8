/** Every provider, and which one a Bestie has. */
import { kindKey, type KubeObject } from '../api/kubernetes.ts';
import type { Observed, Provider } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { drillCopy } from '../observed/drill.ts';
import { crunchy } from './crunchy/index.ts';
import { external } from './external/index.ts';

/** By the value of spec.database.provider. */
const providers: Readonly<Record<string, Provider>> = { Crunchy: crunchy, External: external };

/** The providers that have an object for each database. */
export const managedProviders: readonly Provider[] = Object.values(providers).filter(({ kind }) => kind !== undefined);

/**
 * The provider of the database of the Bestie of that name: by its object if there is one, whatever the spec says by now, else by the spec.
 * `child` gives an observed child: an object of another owner decides nothing.
 */
export function providerOf(wanted: unknown, bestie: string, child: (kind: string, name: string) => KubeObject | undefined): Provider {
  const observed = managedProviders.find(({ kind, nameOf }) => kind !== undefined && child(kindKey(kind), nameOf(bestie)) !== undefined);
  const named = typeof wanted === 'string' && Object.hasOwn(providers, wanted) ? providers[wanted] : undefined;
  return observed ?? named ?? crunchy;
}

const byKind: ReadonlyMap<string, Provider> = new Map(
  managedProviders.flatMap((provider) => (provider.kind === undefined ? [] : [[kindKey(provider.kind), provider]])),
);

type Typed = Pick<KubeObject, 'apiVersion' | 'kind'>;

/** The provider of this object; undefined if it is not the object of a database. */
export const providerOfObject = (object: Typed): Provider | undefined => byKind.get(kindKey(object));

/** Whether it is the object of a database, of whichever provider and whatever its name. */
export const isDatabase = (object: Typed, { provider: { kind } }: Pick<Observed, 'provider'>): boolean =>
  byKind.has(kindKey(object)) || (kind !== undefined && kindKey(object) === kindKey(kind));

/** Databases that a user has made children of this Bestie. What an answer leaves out is deleted, so they are never left out. The copy of a drill is none. */
export const adoptedDatabases = (o: Observed): KubeObject[] =>
  observedChildren(o).filter((live) => isDatabase(live, o) && live !== o.provider.live(o) && live !== drillCopy(o));
