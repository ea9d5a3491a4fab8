/** What customize asks Metacontroller to show besides the children. It depends on the spec and identity alone: the answer is cached by generation. */
import type { CustomizeRequest, RelatedRule } from '../api/hook.ts';
import { kinds } from '../api/kinds.ts';
import { names, selector } from '../api/names.ts';

export function related({ controller, parent }: CustomizeRequest): RelatedRule[] {
  const { name } = parent.metadata;
  const namespace = parent.metadata.namespace ?? '';
  const { apiVersion, resource } = kinds.postgresCluster;
  const declared = controller.spec.childResources.some((child) => child.apiVersion === apiVersion && child.resource === resource);
  return [
    // The pods of the application and of its migrations, to say what ails them.
    { apiVersion: 'v1', resource: 'pods', namespace, labelSelector: { matchLabels: selector(name) } },
    // The Namespace and the database of the wanted name, even while it belongs to nobody.
    { apiVersion: 'v1', resource: 'namespaces', namespace, names: [namespace] },
    ...(declared ? [{ apiVersion, resource, namespace, names: [names.postgresCluster(name)] }] : []),
  ];
}
