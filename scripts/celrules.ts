/** The CEL rules of the CRD as src/spec/bestie.rules.json lists them. */
import type { Schema } from './schema.ts';

interface ListedRule {
  /** `.spec.env[name]` for an item that is known by its name, `[]` for an item of another list. */
  at: string;
  rule: string;
  message: string;
}

/** Every CEL rule, with its place. Throws where src/spec/ruletree.ts could not follow. */
export function celRules({ properties = {}, items, additionalProperties, ...schema }: Schema, at = ''): ListedRule[] {
  const own = (schema['x-kubernetes-validations'] ?? []).map(({ rule, message }) => {
    if (message === undefined) throw new Error(`a rule of ${at} has no message`);
    return { at, rule, message };
  });
  const values = additionalProperties ? celRules(additionalProperties) : [];
  if (values.length > 0) throw new Error(`src/spec/ruletree.ts knows no rules about the values of a map: ${at}`);
  return [
    ...own,
    ...Object.entries(properties).flatMap(([name, child]) => celRules(child, `${at}.${name}`)),
    ...(items ? celRules(items, `${at}[${schema['x-kubernetes-list-map-keys']?.join() ?? ''}]`) : []),
  ];
}
