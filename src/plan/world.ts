/** From the objects of a request to the world that decisions read. */
import type { BestieSpec } from '../api/bestie.ts';
import { kindKey, type KindKey, type KubeObject } from '../api/kubernetes.ts';
import type { Observed, Provider } from '../api/observed.ts';
import { providerOf } from '../database/index.ts';
import { appliedReader, recordReader } from '../observed/lastapplied.ts';
import { decodeSpec, type DecodedSpec } from '../spec/decodespec.ts';

type ByKind = Observed['children'];

/** The objects of a request: the Bestie, its children, and the related objects. */
export interface Objects {
  parent: KubeObject & { metadata: { namespace: string; uid: string } };
  children: ByKind;
  related: ByKind;
}

const isControlledBy = ({ metadata }: KubeObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;

/** The spec as it goes with that database. */
function specFor(parent: KubeObject, database: KubeObject | undefined, provider: Provider, applied: Observed['applied']): DecodedSpec {
  const record = database && applied(database);
  const { spec, invalid } = decodeSpec(parent, database && provider.before(database, record));
  return { spec, invalid: [...invalid, ...(database === undefined ? [] : provider.obstacles(database, record))] };
}

/** `now` is an RFC 3339 time. A spec that breaks a rule is no error but `invalid`. */
export function worldOf({ parent, children, related }: Objects, now: string): Observed {
  const metadata = parent.metadata;
  const { name, uid } = metadata;
  const child = (kind: KindKey, of: string): KubeObject | undefined => children.get(kind)?.get(of);
  const provider = providerOf((parent.spec as Partial<BestieSpec> | null | undefined)?.database?.provider, name, child);
  const key = provider.kind && kindKey(provider.kind);
  const database = key === undefined ? undefined : child(key, provider.nameOf(name));
  const record = recordReader();
  const applied = appliedReader(record);
  const { spec, invalid } = specFor(parent, database, provider, applied);
  const other = key === undefined || database !== undefined ? undefined : related.get(key)?.get(provider.nameOf(name));
  const isOthers = other !== undefined && !isControlledBy(other, uid);
  // What of the spec does not fit that database: the rules that hold without it and not with it.
  const differences = (live: KubeObject): string[] =>
    specFor(parent, live, provider, applied).invalid.filter((message) => !invalid.includes(message));
  return {
    bestie: { apiVersion: parent.apiVersion, kind: parent.kind, metadata, spec, status: parent.status ?? {} },
    invalid,
    children,
    related,
    now,
    ...(isOthers && { unattached: { database: other, differences: differences(other) } }),
    manages: (kind) => children.has(kind),
    child,
    applied,
    record,
    provider,
    facts: new Map(),
  };
}
