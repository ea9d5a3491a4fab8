/** The dashboards as Grafana reads them, and every expression in them. */
import { readFileSync } from 'node:fs';

interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig?: { defaults: { unit?: string } };
  targets?: Target[];
}

export interface Dashboard {
  id: unknown;
  uid: string;
  title: string;
  tags: string[];
  schemaVersion: number;
  panels: Panel[];
  annotations: { list: { name: string; expr: string }[] };
  templating: { list: { name: string; type: string; query: string | { query: string } }[] };
}

export const directory = 'manifests/dashboards';
const read = (file: string): Dashboard => JSON.parse(readFileSync(`${directory}/${file}`, 'utf8')) as Dashboard;

/** By file. */
export const dashboards: Record<string, Dashboard> = Object.fromEntries(['operator.json', 'bestie.json'].map((file) => [file, read(file)]));

/** Variables that Grafana itself knows. */
const builtIn: Record<string, string> = { __rate_interval: '5m', __interval: '1m', __range: '6h' };

/** An expression as Prometheus gets it; a variable that is neither Grafana's nor in `values` stays, and is no PromQL. */
export const filled = (expr: string, values: Record<string, string> = { namespace: 'shop', bestie: 'pets' }): string =>
  expr.replace(/\$(\w+)|\$\{(\w+)\}/g, (whole, bare: string | undefined, braced: string | undefined) => {
    const name = bare ?? braced ?? '';
    return builtIn[name] ?? values[name] ?? whole;
  });

/** What `label_values(selector, label)` of a variable asks Prometheus for. */
const selectorOf = (query: string): string => /^label_values\((.+), \w+\)$/.exec(query)?.[1] ?? query;

/** Every expression of a dashboard as it stands there, and where: panels, annotations and variables. */
export const expressionsOf = ({ panels, annotations, templating }: Dashboard): { where: string; expr: string }[] => [
  ...panels.flatMap(({ title, targets = [] }) => targets.map(({ refId, expr }) => ({ where: `panel ${title} ${refId}`, expr }))),
  ...annotations.list.map(({ name, expr }) => ({ where: `annotation ${name}`, expr })),
  ...templating.list.flatMap(({ name, query }) =>
    typeof query === 'string' ? [] : [{ where: `variable ${name}`, expr: selectorOf(query.query) }],
  ),
];
