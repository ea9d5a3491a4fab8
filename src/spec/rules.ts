/** The rules of the CRD, as the API server applies them: for a Bestie that was stored before a rule existed. */
import type { BestieSpec } from '../api/bestie.ts';
import type { DatabaseBefore } from '../api/provider.ts';
import { isEqual } from '../lib/equal.ts';
import { duplicates } from './duplicates.ts';
import { oldDatabase } from './olddatabase.ts';
import { ruleTree, type Rule, type RuleNode } from './ruletree.ts';

export interface RuleInput {
  name: string;
  /** With the CRD's defaults, acceptable by its schema. */
  spec: BestieSpec;
  /** The database as it was last applied. */
  before?: DatabaseBefore;
}

function isTrue({ holds }: Rule, self: unknown, oldSelf: unknown): boolean {
  try {
    return holds({ self, oldSelf }) === true;
  } catch {
    // The API server refuses a value for which a rule cannot be evaluated.
    return false;
  }
}

/** A value that does not change may break a rule that is not about changes. Source: KEP 4008, CRD validation ratcheting. */
const isBroken = (rule: Rule, self: unknown, old: unknown): boolean =>
  !(rule.isTransition && old === undefined) && !isTrue(rule, self, old) && (rule.isTransition || old === undefined || !isEqual(self, old));

/** Whether some object in it has that key. */
function hasConstructor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, 'constructor')) return true;
  for (const key in value) if (hasConstructor((value as Record<string, unknown>)[key])) return true;
  return false;
}

/** The value with Maps for objects: the library would take a key named `constructor` for the constructor of an object. */
function withMaps(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withMaps);
  return new Map(Object.entries(value).map(([key, child]) => [key, withMaps(child)] as const));
}

const readable = (value: unknown): unknown => (hasConstructor(value) ? withMaps(value) : value);

function fieldOf(value: unknown, name: string): unknown {
  if (value instanceof Map) return value.get(name) ?? undefined;
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name] ?? undefined;
}

function oldItem(old: unknown, item: unknown, key: string | undefined): unknown {
  if (key === undefined || !Array.isArray(old)) return undefined;
  return old.find((each) => fieldOf(each, key) === fieldOf(item, key)) as unknown;
}

function collect(node: RuleNode, self: unknown, old: unknown, messages: Set<string>): void {
  for (const rule of node.rules) if (isBroken(rule, self, old)) messages.add(rule.message);
  for (const [name, child] of node.fields) {
    const value = fieldOf(self, name);
    if (value !== undefined) collect(child, value, fieldOf(old, name), messages);
  }
  if (node.items === undefined || !Array.isArray(self)) return;
  for (const item of self) collect(node.items, item, oldItem(old, item, node.key), messages);
}

/** The messages of the rules that do not hold, each once, in the order of the CRD. */
export function brokenRules({ name, spec, before }: RuleInput): string[] {
  const messages = new Set<string>();
  const old = before && { spec: { database: readable(oldDatabase(before, spec.database)) } };
  collect(ruleTree(), { metadata: { name }, spec: readable(spec) }, old, messages);
  return [...messages, ...duplicates(spec)];
}
