/** Which objects the rules of the customize hook select. */
import type { RelatedRule } from '../../api/hook.ts';
import { kindKey } from '../../api/kubernetes.ts';
import { ApiError } from '../apiserver/apierror.ts';
import { type ResourceType, resourceTypes } from '../apiserver/discovery.ts';
import { matchesLabels, type Resource } from '../apiserver/object.ts';
import type { HookVersion } from './objectmap.ts';

/** The kind that a rule names by its plural. Throws where nothing serves it. */
export function typeOf(rule: RelatedRule, serves: (type: ResourceType) => boolean): ResourceType {
  const found = resourceTypes.find((type) => type.apiVersion === rule.apiVersion && type.resource === rule.resource);
  if (!found || !serves(found))
    throw new ApiError('NotFound', `discovery: can't find resource ${rule.resource} in apiVersion ${rule.apiVersion}`);
  return found;
}

/** Throws where a rule requests what its hook version does not allow. */
export function checkRule(rule: RelatedRule, parent: Resource, version: HookVersion): void {
  if (rule.names && rule.names.length > 0 && rule.labelSelector) throw new Error('a related rule cannot have both names and labelSelector');
  if (version === 'v1' && rule.namespace !== undefined && rule.namespace !== parent.metadata.namespace)
    throw new Error(
      `requested related object namespace ${rule.namespace} differs from parent object namespace ${parent.metadata.namespace ?? ''}`,
    );
}

/** Whether the rule, of that kind, selects the object for the parent. A rule without a namespace selects in every one under v2. */
export function selects(
  rule: RelatedRule,
  { scope, ...type }: ResourceType,
  parent: Resource,
  object: Resource,
  version: HookVersion,
): boolean {
  if (kindKey(type) !== kindKey(object)) return false;
  const namespace = rule.namespace ?? (version === 'v1' ? parent.metadata.namespace : undefined);
  if (scope === 'Namespaced' && namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (rule.labelSelector && !matchesLabels(object, rule.labelSelector.matchLabels)) return false;
  return rule.names === undefined || rule.names.length === 0 || rule.names.includes(object.metadata.name);
}
