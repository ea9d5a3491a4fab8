/** What customize asks Metacontroller to show besides the children. It depends on the spec and identity alone: the answer is cached by generation. */
import type { CustomizeRequest, RelatedRule } from '../api/hook.ts';
import type { ChildKind } from '../api/kinds.ts';
import { selector } from '../api/names.ts';
import { managedProviders } from '../database/index.ts';

export function related({ controller, parent }: CustomizeRequest): RelatedRule[] {
  const { name } = parent.metadata;
  const namespace = parent.metadata.namespace ?? '';
  const isDeclared = ({ apiVersion, resource }: ChildKind): boolean =>
    controller.spec.childResources.some((child) => child.apiVersion === apiVersion && child.resource === resource);
  const databases = managedProviders.flatMap(({ kind, nameOf }) => (kind !== undefined && isDeclared(kind) ? [{ kind, nameOf }] : []));
  return [
    // The pods of the application and of its migrations, to say what ails them.
    { apiVersion: 'v1', resource: 'pods', namespace, labelSelector: { matchLabels: selector(name) } },
    // The Namespace and the database of the wanted name, even while it belongs to nobody.
    { apiVersion: 'v1', resource: 'namespaces', namespace, names: [namespace] },
    ...databases.map(({ kind: { apiVersion, resource }, nameOf }) => ({ apiVersion, resource, namespace, names: [nameOf(name)] })),
  ];
}
