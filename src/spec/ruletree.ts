/** The CEL rules of the CRD, compiled, in the shape of the spec. */
import { compileCel, type Program } from './cel.ts';
import listed from './bestie.rules.json' with { type: 'json' };

export interface Rule {
  /** The message of the refusal. */
  message: string;
  holds: Program;
  /** Whether it is about a change: then it does not apply without an old value. */
  isTransition: boolean;
}

/** The rules about a value, and those about its fields and items. */
export interface RuleNode {
  rules: Rule[];
  fields: Map<string, RuleNode>;
  /** Of each item of a list. */
  items?: RuleNode;
  /** The field that identifies items; an item of another list has no old value. */
  key?: string;
}

const emptyNode = (): RuleNode => ({ rules: [], fields: new Map() });

/** `.spec` → a field; `[name]` → items that this field identifies; `[]` → items of a list that is compared as a whole. */
const STEP = /\.(?<field>\w+)|\[(?<key>\w*)\]/g;

function child(node: RuleNode, { field, key }: Record<string, string | undefined>): RuleNode {
  if (field === undefined) {
    if (key) node.key = key;
    return (node.items ??= emptyNode());
  }
  const next = node.fields.get(field) ?? emptyNode();
  node.fields.set(field, next);
  return next;
}

function createTree(): RuleNode {
  const root = emptyNode();
  /** Several fields share one text. */
  const programs = new Map<string, Program>();
  for (const { at, rule, message } of listed) {
    const holds = programs.get(rule) ?? compileCel(rule);
    programs.set(rule, holds);
    const node = [...at.matchAll(STEP)].reduce((parent, { groups = {} }) => child(parent, groups), root);
    node.rules.push({ message, holds, isTransition: /\boldSelf\b/.test(rule) });
  }
  return root;
}

let tree: RuleNode | undefined;

/** Of the whole object; compiled at the first use. */
export const ruleTree = (): RuleNode => (tree ??= createTree());
