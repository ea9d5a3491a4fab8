/** Related objects: what the customize hook requested, cached by the uid and generation of the parent. */
import type { RelatedRule } from '../../api/hook.ts';
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import type { ApiServer } from '../apiserver/client.ts';
import { controllerObject, type ControllerConfig } from './controllerconfig.ts';
import { NAMESPACE } from '../apiserver/discovery.ts';
import { decodeRules, type CallHook } from './hookcall.ts';
import type { Informer } from './informer.ts';
import type { Resource } from '../apiserver/object.ts';
import { emptyGroups, insert, type Grouped } from './objectmap.ts';
import { checkRule, selects, typeOf } from './relatedobjects.ts';

/** The first rule for a kind only starts its informer; the parent is synced again shortly. */
export class NotSynced extends Error {}

const CACHED_FOR = 20 * 60 * 1000;

export interface Customizer {
  relatedTo(parent: Resource): Promise<Grouped<Resource>>;
  /** The parents, among those in the cache, whose rules select one of the objects. */
  interestedIn(objects: readonly Resource[], parents: readonly Resource[]): Promise<Resource[]>;
}

export interface CustomizerContext {
  server: ApiServer;
  informer: Informer;
  config: ControllerConfig;
  callHook: CallHook;
  now: () => number;
}

export function createCustomizer({ server, informer, config, callHook, now }: CustomizerContext): Customizer {
  const cache = new Map<string, { rules: readonly RelatedRule[]; until: number }>();
  // The informers of children and Namespaces run already.
  const started = new Set<KindKey>([...config.children.map(kindKey), NAMESPACE]);
  const { version } = config;
  const typeFor = (rule: RelatedRule) => typeOf(rule, (type) => server.serves(kindKey(type)) !== undefined);

  const rulesOf = async (parent: Resource): Promise<readonly RelatedRule[]> => {
    if (!config.hooks.includes('customize')) return [];
    const key = `${parent.metadata.uid}/${parent.metadata.generation ?? 0}`;
    const cached = cache.get(key);
    if (cached && cached.until > now()) return cached.rules;
    const reply = await callHook('customize', JSON.stringify({ controller: controllerObject(config), parent }));
    const rules = decodeRules(reply, now());
    cache.set(key, { rules, until: now() + CACHED_FOR });
    return rules;
  };

  const select = (parent: Resource, rule: RelatedRule): [KindKey, Resource[]] => {
    const type = typeFor(rule);
    const kind = kindKey(type);
    if (!started.has(kind)) {
      started.add(kind);
      throw new NotSynced(`the informer of ${kind} is not synced yet`);
    }
    checkRule(rule, parent, version);
    return [kind, informer.list(kind).filter((object) => selects(rule, type, parent, object, version))];
  };

  return {
    relatedTo: async (parent) => {
      const groups: Grouped<Resource> = new Map();
      for (const rule of await rulesOf(parent)) {
        const [kind, objects] = select(parent, rule);
        groups.set(kind, groups.get(kind) ?? emptyGroups<Resource>([kind]).get(kind) ?? new Map<string, Resource>());
        insert(groups, objects);
      }
      return groups;
    },
    interestedIn: async (objects, parents) => {
      const watched = objects.filter((object) => started.has(kindKey(object)) && server.serves(kindKey(object)) !== undefined);
      const interested: Resource[] = [];
      for (const parent of watched.length > 0 ? parents : []) {
        // A failing hook is ignored here: the parent's own sync reports it.
        const rules = await rulesOf(parent).catch(() => []);
        const selected = (rule: RelatedRule, object: Resource): boolean =>
          rule.apiVersion === object.apiVersion && selects(rule, typeFor(rule), parent, object, version);
        if (rules.some((rule) => watched.some((object) => selected(rule, object)))) interested.push(parent);
      }
      return interested;
    },
  };
}
