/** From a request body to plain values: shapes checked, keys of either hook version understood, the CRD's defaults filled in. */
import type { BestieSpec } from '../api/bestie.ts';
import type { CustomizeRequest, ObjectMap } from '../api/hook.ts';
import { childKindKeys, kinds } from '../api/kinds.ts';
import { kindKey, type Bestie, type KindKey, type KubeObject, type Live, type Observed } from '../api/kubernetes.ts';
import { appliedReader, lacksRecords, recordReader } from '../api/lastapplied.ts';
import { names } from '../api/names.ts';
import { isPaused } from '../api/pause.ts';
import { INSTANCE_SET, POSTGRES_CLUSTER, type PostgresClusterSpec, type Repository } from '../api/postgrescluster.ts';
import { pruned } from '../api/prune.ts';
import { isQuantity } from '../api/quantity.ts';
import { HookError } from './errors.ts';
import { brokenRules, repositoryKinds, type RuleInput } from './rules.ts';
import { firstError, isBestieSpec, isCustomizeRequest, isSyncRequest } from './schema.ts';

type ByKind = ReadonlyMap<KindKey, ReadonlyMap<string, KubeObject>>;

/** By kind and `metadata.name`, whatever the version of the keys; objects of other namespaces are left out. */
function byName(objects: ObjectMap, namespace: string): ByKind {
  const ours = ({ metadata }: KubeObject): boolean => (metadata.namespace ?? namespace) === namespace;
  return new Map(
    Object.entries(objects).map(([kind, keyed]) => [
      kind,
      new Map(
        Object.values(keyed)
          .filter(ours)
          .map((object) => [object.metadata.name, object]),
      ),
    ]),
  );
}

function checkKinds(children: ObjectMap): void {
  for (const [kind, objects] of Object.entries(children)) {
    if (!childKindKeys.has(kind)) throw new HookError('UnknownChildKind', kind.slice(0, 100));
    const stranger = Object.values(objects).find((object) => kindKey(object) !== kind);
    if (stranger !== undefined) throw new HookError('InvalidRequest', `/children/${kind} has an object of another kind`);
  }
}

function checkParent({ apiVersion, kind }: KubeObject): void {
  if (kind !== 'Bestie' || apiVersion !== 'pets.bestie.com/v1') throw new HookError('UnknownParent');
}

/** A deep copy without null properties, which the API server drops too. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, child]) => child !== null);
  return Object.fromEntries(kept.map(([key, child]) => [key, withoutNulls(child)]));
}

/** The database as it was last applied, for the rules that forbid a change of it. */
function databaseBefore(live: KubeObject | undefined, applied: Observed['applied']): RuleInput['before'] {
  if (live === undefined) return undefined;
  const spec = (applied(live)?.spec ?? live.spec) as Live<PostgresClusterSpec> | undefined;
  const claim = spec?.instances?.[0]?.dataVolumeClaimSpec;
  return {
    ...(spec?.postgresVersion != null && { postgresVersion: spec.postgresVersion }),
    // A database that somebody else made may say anything.
    ...(isQuantity(claim?.resources?.requests?.storage) && { storage: claim.resources.requests.storage }),
    ...(claim?.storageClassName != null && { className: claim.storageClassName }),
    ...(spec?.backups?.pgbackrest?.repos != null && { repos: spec.backups.pgbackrest.repos.flatMap(repositoryBefore) }),
  };
}

function repositoryBefore(repository: Live<Repository> | null): NonNullable<NonNullable<RuleInput['before']>['repos']> {
  const { name, volume, schedules } = repository ?? {};
  const kind = repositoryKinds.find((each) => repository?.[each] != null);
  const size = volume?.volumeClaimSpec?.resources?.requests?.storage;
  return name == null || kind === undefined
    ? []
    : [{ name, kind, ...(isQuantity(size) && { size }), ...(schedules != null && { schedules }) }];
}

/** Why an adopted database must be left as it is: the database operator would make another instance set beside its own. */
function strangeInstances(live: KubeObject | undefined, applied: Observed['applied']): string[] {
  const { instances } = ((live && (applied(live)?.spec ?? live.spec)) as Live<PostgresClusterSpec> | null | undefined) ?? {};
  const isOurs = instances?.some((set) => set?.name === INSTANCE_SET) ?? true;
  return isOurs
    ? []
    : [`PostgresCluster ${live?.metadata.name ?? ''} was not made by this operator: it has no instance set ${INSTANCE_SET}`];
}

/** The spec with the CRD's defaults, and a sentence per rule that it breaks. A spec that breaks the schema is not to be read further. */
function decodeSpec(
  parent: KubeObject,
  database: KubeObject | undefined,
  applied: Observed['applied'],
): { spec: BestieSpec; invalid: string[] } {
  const before = databaseBefore(database, applied);
  const strange = strangeInstances(database, applied);
  const spec = withoutNulls(parent.spec ?? {}) as BestieSpec;
  if (!isBestieSpec(spec)) return { spec, invalid: [firstError(isBestieSpec.errors, 'spec'), ...strange] };
  return { spec: pruned(spec), invalid: [...brokenRules({ name: parent.metadata.name, spec, ...(before && { before }) }), ...strange] };
}

const isControlledBy = ({ metadata }: KubeObject, uid: string): boolean =>
  metadata.ownerReferences?.some((owner) => owner.controller === true && owner.uid === uid) ?? false;

/** What of the spec does not go with that database: the rules that hold without it and not with it. */
function differences(parent: KubeObject, database: KubeObject, invalid: readonly string[], applied: Observed['applied']): string[] {
  return decodeSpec(parent, database, applied).invalid.filter((message) => !invalid.includes(message));
}

/**
 * Decodes a request of sync or finalize. `now` is an RFC 3339 time.
 * Throws HookError for anything that is not such a request; a spec that breaks a rule is no error but `invalid`.
 */
export function decodeSync(body: unknown, now: string): Observed {
  if (!isSyncRequest(body)) throw new HookError('InvalidRequest', firstError(isSyncRequest.errors));
  const { parent } = body;
  checkParent(parent);
  checkKinds(body.children);
  const metadata = parent.metadata as Bestie['metadata'];
  const children = byName(body.children, metadata.namespace);
  const child: Observed['child'] = (kind, name) => children.get(kind)?.get(name);
  const database = child(kindKey(kinds.postgresCluster), names.postgresCluster(metadata.name));
  const record = recordReader();
  const applied = appliedReader(record);
  const { spec, invalid } = decodeSpec(parent, database, applied);
  const related = byName(body.related, metadata.namespace);
  const other = database === undefined ? related.get(POSTGRES_CLUSTER)?.get(names.postgresCluster(metadata.name)) : undefined;
  const isOthers =
    other !== undefined && (spec as Partial<BestieSpec>).database?.provider !== 'External' && !isControlledBy(other, metadata.uid);
  return {
    bestie: { apiVersion: parent.apiVersion, kind: parent.kind, metadata, spec, status: parent.status ?? {} },
    invalid,
    children,
    related,
    now,
    ...(isOthers && { unattached: { database: other, differences: differences(parent, other, invalid, applied) } }),
    manages: (kind) => children.has(kind),
    child,
    applied,
    record,
    facts: new Map(),
  };
}

/** Decodes a request of customize. Throws HookError for anything else. */
export function decodeCustomize(body: unknown): CustomizeRequest {
  if (!isCustomizeRequest(body)) throw new HookError('InvalidRequest', firstError(isCustomizeRequest.errors));
  checkParent(body.parent);
  return body;
}

/**
 * The same world, if an unacceptable spec, or a pause, can be answered by keeping every child as it was last applied. Throws HookError
 * UnsupportedApplyStrategy where no child has a record of that: under server-side apply an echo would strip every field.
 */
export function holdable(o: Observed): Observed {
  if ((o.invalid.length > 0 || isPaused(o.bestie)) && lacksRecords(o)) throw new HookError('UnsupportedApplyStrategy');
  return o;
}
