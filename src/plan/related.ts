/** What customize asks Metacontroller to show besides the children. It depends on the spec and identity alone: the answer is cached by generation. */
import type { CustomizeRequest, RelatedRule } from '../api/hook.ts';
import { selector } from '../api/names.ts';

/** The pods of the application and of its migrations, to say what ails them. Each rule costs Metacontroller time on every event of its kind. */
export function related({ parent: { metadata } }: CustomizeRequest): RelatedRule[] {
  const namespace = metadata.namespace ?? '';
  return [{ apiVersion: 'v1', resource: 'pods', namespace, labelSelector: { matchLabels: selector(metadata.name) } }];
}
