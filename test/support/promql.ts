/** What an expression in PromQL asks for, read with the grammar of Prometheus itself. */
import { parser } from '@prometheus-io/lezer-promql';

type Node = ReturnType<typeof parser.parse>['topNode'];

/** One use of a metric: its name, and the labels that it must have: those matched, and those that an aggregation around it groups by. */
export interface Selector {
  metric: string;
  labels: string[];
}

const children = (node: Node, ...kinds: string[]): Node[] => kinds.flatMap((kind) => node.getChildren(kind));

/** Throws where the expression is no PromQL, or asks for metrics without naming them. */
export function selectors(expr: string): Selector[] {
  const text = (node: Node): string => expr.slice(node.from, node.to);
  const unquoted = (node: Node): string => text(node).replace(/^["'`]|["'`]$/g, '');
  const found: Selector[] = [];

  const groupedBy = (node: Node): string[] => {
    const modifier = node.getChild('AggregateModifier');
    const labels = modifier?.getChild('By') ? modifier.getChild('GroupingLabels') : null;
    return labels ? children(labels, 'LabelName', 'QuotedLabelName').map(unquoted) : [];
  };
  const selector = (node: Node): Selector => {
    const matchers = node.getChild('LabelMatchers');
    const quoted = matchers?.getChild('QuotedLabelName');
    const name = node.getChild('Identifier') ?? quoted;
    if (!name) throw new Error(`no name of a metric: ${text(node)}`);
    const matched = matchers ? children(matchers, 'UnquotedLabelMatcher', 'QuotedLabelMatcher') : [];
    return { metric: unquoted(name), labels: matched.flatMap((matcher) => matcher.firstChild ?? []).map(unquoted) };
  };
  const walk = (node: Node, grouped: readonly string[]): void => {
    if (node.type.isError) throw new Error(`no PromQL at character ${node.from}: ${expr}`);
    if (node.name === 'VectorSelector') {
      const { metric, labels } = selector(node);
      found.push({ metric, labels: [...labels, ...grouped] });
    }
    const inner = node.name === 'AggregateExpr' ? [...grouped, ...groupedBy(node)] : grouped;
    for (let child = node.firstChild; child; child = child.nextSibling) walk(child, inner);
  };

  walk(parser.parse(expr).topNode, []);
  return found;
}

/** The names of the metrics in an expression, sorted, each once. */
export const metricNames = (expr: string): string[] => [...new Set(selectors(expr).map(({ metric }) => metric))].sort();
