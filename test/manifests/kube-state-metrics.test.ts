/** What kube-state-metrics is configured to read of Besties: the paths are the API's, the names and labels those that the rules need. */
import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { bestieSchema, type Schema } from '../support/crd.ts';
import { built, documents, only, tools } from '../support/kustomize.ts';
import { selectors } from '../support/promql.ts';

type Path = string[];

interface Each {
  path?: Path;
  valueFrom?: Path;
  labelsFromPath?: Record<string, Path>;
  labelName?: string;
  list?: string[];
  nilIsZero?: boolean;
}

interface Metric {
  name: string;
  help: string;
  errorLogV?: number;
  each: { type: 'Info' | 'Gauge' | 'StateSet'; info?: Each; gauge?: Each; stateSet?: Each };
}

interface Resource {
  groupVersionKind: { group: string; version: string; kind: string };
  metricNamePrefix: string;
  labelsFromPath: Record<string, Path>;
  metrics: Metric[];
}

const directory = 'manifests/kube-state-metrics';
const text = readFileSync(`${directory}/config.yaml`, 'utf8');
const { kind, spec } = parse(text) as { kind: string; spec: { resources: Resource[] } };
const [resource] = spec.resources as [Resource];

const crd = only(documents('manifests/crd/besties.yaml'), 'CustomResourceDefinition').spec as {
  group: string;
  names: { kind: string; plural: string };
  versions: { name: string; served: boolean }[];
};

const rules = only(documents('manifests/monitoring/prometheusrule.yaml'), 'PrometheusRule').spec as {
  groups: { rules: { expr: string }[] }[];
};
const asked = rules.groups
  .flatMap((group) => group.rules.flatMap(({ expr }) => selectors(expr)))
  .filter(({ metric }) => metric.startsWith(`${resource.metricNamePrefix}_`));

const metadata: Schema = { properties: { name: { type: 'string' }, namespace: { type: 'string' } } };
const bestie: Schema = { properties: { ...bestieSchema.properties, metadata } };

/** The schema of a field; a list stands for each of its items. */
function at(schema: Schema, path: Path): Schema {
  let found = schema;
  for (const segment of path) {
    const next = found.properties?.[segment];
    assert.ok(next, `${path.join('.')}: the API has no ${segment}`);
    found = next.items ?? next;
  }
  return found;
}

const fullName = ({ name }: Metric): string => `${resource.metricNamePrefix}_${name}`;
const eachOf = ({ each }: Metric): Each => each.info ?? each.gauge ?? each.stateSet ?? {};
const element = (metric: Metric): Schema => at(bestie, eachOf(metric).path ?? []);

/** The labels of the series of a metric. */
function labelsOf(metric: Metric): string[] {
  const { labelsFromPath = {}, labelName } = eachOf(metric);
  return [...Object.keys(resource.labelsFromPath), ...Object.keys(labelsFromPath), ...(labelName === undefined ? [] : [labelName])];
}

describe('kube-state-metrics', () => {
  it('reads Besties of the version that is served', () => {
    assert.deepEqual([kind, spec.resources.length], ['CustomResourceStateMetrics', 1]);
    const { group, version, kind: name } = resource.groupVersionKind;
    assert.deepEqual([group, name], [crd.group, crd.names.kind]);
    assert.ok(crd.versions.some((each) => each.served && each.name === version));
  });

  it('says of every series which Bestie it is about', () => {
    assert.deepEqual(resource.labelsFromPath, { namespace: ['metadata', 'namespace'], bestie: ['metadata', 'name'] });
  });

  for (const metric of resource.metrics) {
    const { type, gauge, stateSet } = metric.each;
    describe(fullName(metric), () => {
      it('reads fields of the API', () => {
        for (const path of Object.values(eachOf(metric).labelsFromPath ?? {})) assert.equal(at(element(metric), path).type, 'string');
      });

      it('has a value that is a number, or one of all the states that there are', () => {
        assert.deepEqual(Object.keys(metric.each), ['type', type === 'StateSet' ? 'stateSet' : type.toLowerCase()]);
        if (gauge) {
          const field = at(element(metric), gauge.valueFrom ?? []);
          assert.ok(['integer', 'boolean'].includes(field.type ?? '') || (field.type === 'string' && field.format === 'date-time'));
        }
        if (stateSet) assert.deepEqual(stateSet.list, at(element(metric), stateSet.valueFrom ?? []).enum);
      });

      it('makes no noise while its field is missing', () => {
        const { path, nilIsZero = false } = eachOf(metric);
        // An Info says nothing then, and the API server fills in spec.
        const quiet = type === 'Info' || path?.[0] === 'spec';
        assert.ok(quiet || nilIsZero || metric.errorLogV === 10);
      });

      it('is needed by the rules, with labels that it has', () => {
        const uses = asked.filter((use) => use.metric === fullName(metric));
        assert.ok(uses.length > 0);
        for (const { labels } of uses) {
          assert.deepEqual(
            labels.filter((label) => !labelsOf(metric).includes(label)),
            [],
          );
        }
      });

      it('is in the documentation with its labels', () => {
        const page = readFileSync('docs/kube-state-metrics.md', 'utf8');
        const labels = labelsOf(metric).map((label) => `\`${label}\``);
        const row = page.split('\n').find((line) => line.startsWith(`| \`${fullName(metric)}\``));
        assert.equal(row?.split('|')[2]?.trim(), labels.join(', '));
      });
    });
  }

  it('exports every series of its own that the rules ask for', () => {
    const names = new Set(resource.metrics.map(fullName));
    assert.deepEqual(
      asked.filter(({ metric }) => !names.has(metric)),
      [],
    );
  });

  it('may list and watch Besties and definitions, and nothing else', () => {
    assert.deepEqual(only(documents(`${directory}/rbac.yaml`), 'ClusterRole').rules, [
      { apiGroups: [crd.group], resources: [crd.names.plural], verbs: ['list', 'watch'] },
      { apiGroups: ['apiextensions.k8s.io'], resources: ['customresourcedefinitions'], verbs: ['list', 'watch'] },
    ]);
  });

  for (const tool of tools) {
    it(`gets its configuration as a ConfigMap whose name stays, as ${tool} builds it`, () => {
      const resources = built(tool, directory);
      const map = only(resources, 'ConfigMap');
      assert.equal(`${map.metadata.namespace ?? ''}/${map.metadata.name}`, 'monitoring/bestie-kube-state-metrics');
      assert.deepEqual(map.data, { 'config.yaml': text });
      const binding = only(resources, 'ClusterRoleBinding');
      assert.deepEqual(binding.subjects, [{ kind: 'ServiceAccount', name: 'kube-state-metrics', namespace: 'monitoring' }]);
      assert.equal((binding.roleRef as { name: string }).name, only(resources, 'ClusterRole').metadata.name);
      const unlabelled = resources.filter((each) => each.metadata.labels?.['app.kubernetes.io/part-of'] !== 'bestie-operator');
      assert.deepEqual(unlabelled, []);
    }).timeout(60_000);
  }
});
