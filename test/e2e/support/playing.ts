/** What those who play a controller need: all objects of a resource, and the way to their status. */
import { kubectl, type ClusterObject } from './kubectl.ts';

/** The objects of all Namespaces. */
export async function all(resource: string): Promise<ClusterObject[]> {
  const text = await kubectl('get', resource, '--all-namespaces', '-o', 'json');
  return (JSON.parse(text) as { items: ClusterObject[] }).items;
}

/** An object by its name. */
interface Named {
  metadata: Pick<ClusterObject['metadata'], 'name' | 'namespace'>;
}

/** Merges into the status; null takes a field away. */
export async function patchStatus(resource: string, { metadata }: Named, status: object): Promise<void> {
  const patch = JSON.stringify({ status });
  await kubectl('-n', metadata.namespace ?? '', 'patch', resource, metadata.name, '--subresource=status', '--type=merge', '-p', patch);
}
