/** The CEL rules of the CRD, compiled, in the shape of the spec. */
import { compileCel, type Program } from './cel.ts';
import listed from './bestie.rules.json' with { type: 'json' };

export interface Rule {
  /** What the refusal says. */
  message: string;
  holds: Program;
  /** Whether it is about a change, and so about nothing where there is no old value. */
  isTransition: boolean;
}

/** The rules about a value, and those about what is in it. */
export interface RuleNode {
  rules: Rule[];
  fields: Map<string, RuleNode>;
  /** Of each item of a list. */
  items?: RuleNode;
  /** The field by which items are known again; an item of another list has no old value. */
  key?: string;
}

const emptyNode = (): RuleNode => ({ rules: [], fields: new Map() });

/** `.spec` → a field; `[name]` → items known by that field; `[]` → items of a list that is known as a whole. */
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
  /** One text stands at several places. */
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
