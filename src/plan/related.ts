/** The related objects that customize requests from Metacontroller. They depend on the spec and identity alone: the answer is cached by generation. */
import type { CustomizeRequest, RelatedRule } from '../api/hook.ts';
import type { ChildKind } from '../api/kinds.ts';
import { selector } from '../api/names.ts';
import { managedProviders, providerOf } from '../database/index.ts';

/** A database as a spec may have it. */
interface AnyDatabase {
  provider?: unknown;
  dataSource?: { bestie?: { name?: unknown } | null } | null;
  backups?: { verify?: unknown } | null;
}

/** The Bestie that the database of that one is to be a copy of. */
function copied(database: AnyDatabase | null | undefined, own: string): string[] {
  const name = database?.dataSource?.bestie?.name;
  return typeof name === 'string' && name !== '' && name !== own ? [name] : [];
}

/** Whether drills are wanted: a database of others may have the name of their copy, and must not be shielded by their policy. */
const isVerified = (database: AnyDatabase | null | undefined): boolean => database?.backups?.verify != null;

export function related({ controller, parent }: CustomizeRequest): RelatedRule[] {
  const { name } = parent.metadata;
  const namespace = parent.metadata.namespace ?? '';
  const isDeclared = ({ apiVersion, resource }: ChildKind): boolean =>
    controller.spec.childResources.some((child) => child.apiVersion === apiVersion && child.resource === resource);
  const databases = managedProviders.flatMap(({ kind, nameOf }) => (kind !== undefined && isDeclared(kind) ? [{ kind, nameOf }] : []));
  // A spec that broke a rule may read in any way.
  const { database } = (parent.spec ?? {}) as { database?: AnyDatabase | null };
  const wanted = providerOf(database?.provider, name, () => undefined);
  const named = databases.some(({ kind }) => kind === wanted.kind) ? wanted.named(database) : [];
  return [
    // The pods of the application and of its migrations, to report their problems.
    { apiVersion: 'v1', resource: 'pods', namespace, labelSelector: { matchLabels: selector(name) } },
    // The Namespace, and the database of the expected name, even while it has no owner; with the one that it is to be a copy of, and the copy of a drill.
    { apiVersion: 'v1', resource: 'namespaces', namespace, names: [namespace] },
    ...databases.map(({ kind, nameOf }) => ({
      apiVersion: kind.apiVersion,
      resource: kind.resource,
      namespace,
      names: [
        nameOf(name),
        ...(kind === wanted.kind ? copied(database, name) : []).map(nameOf),
        ...(kind === wanted.kind && isVerified(database) ? [wanted.copies.drillName(name)] : []),
      ],
    })),
    // What else of the cluster the database needs. The Namespace of a rule about cluster-scoped objects selects nothing.
    ...named.map(({ apiVersion, resource, name: other }) => ({ apiVersion, resource, namespace, names: [other] })),
  ];
}
