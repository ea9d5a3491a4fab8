/** The dashboards: that Grafana takes them, and that every expression asks for something that exists. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { perTest } from '../support/pertest.ts';
import { built, tools } from '../support/kustomize.ts';
import { metricNames, selectors } from '../support/promql.ts';
import { tool } from '../support/tools.ts';
import { dashboards, directory, expressionsOf, filled, type Dashboard, type Panel } from './files.ts';
import { foreignNames, known, ownNames, ownNamesIn, rules } from './known.ts';

const filledOf = (dashboard: Dashboard): { where: string; expr: string }[] =>
  expressionsOf(dashboard).map(({ where, expr }) => ({ where, expr: filled(expr) }));
const all = Object.values(dashboards).flatMap(filledOf);

const overlap = (a: Panel['gridPos'], b: Panel['gridPos']): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

const units = new Set(['short', 's', 'bytes', 'percentunit', 'reqps', 'ops']);

/** The labels that a series of this expression may have: those that it is grouped by, or all of them. */
function labelsOf(expr: string): Set<string> {
  const grouped = /\bby \(/.test(expr);
  return new Set(selectors(expr).flatMap(({ metric, labels }) => (grouped ? labels : (known.get(metric) ?? []))));
}

describe('dashboards', () => {
  it('are all of the files', () => {
    const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
    assert.deepEqual(files.sort(), Object.keys(dashboards).sort());
  });

  it('have identities that never change, each its own', () => {
    assert.deepEqual(
      Object.values(dashboards).map(({ uid }) => uid),
      ['bestie-operator', 'bestie'],
    );
  });

  for (const [file, dashboard] of Object.entries(dashboards)) {
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');

    describe(file, () => {
      it('can be provisioned: no id of some installation, a title, tags, a schema that Grafana 10 knows', () => {
        assert.equal(dashboard.id, null);
        assert.ok(dashboard.title.length > 0);
        assert.ok(dashboard.tags.includes('bestie'));
        assert.equal(dashboard.schemaVersion, 39);
      });

      it('gives each panel an id and a place of its own', () => {
        const ids = dashboard.panels.map(({ id }) => id);
        assert.equal(new Set(ids).size, ids.length);
        for (const [index, { gridPos, title }] of dashboard.panels.entries()) {
          assert.ok(gridPos.x >= 0 && gridPos.x + gridPos.w <= 24, `${title} is wider than the page`);
          const other = dashboard.panels.slice(index + 1).find((panel) => overlap(gridPos, panel.gridPos));
          assert.equal(other, undefined, `${title} and ${other?.title ?? ''} lie on one another`);
        }
      });

      it('gives each panel a title, one sentence to read it by, a unit that Grafana knows and the data source that is chosen', () => {
        for (const { title, description = '', fieldConfig, datasource, targets = [] } of panels) {
          assert.ok(title.length > 0);
          assert.match(description, /^[A-Z].*[^.]\.$/, title);
          assert.ok(units.has(fieldConfig?.defaults.unit ?? ''), title);
          assert.deepEqual(datasource, { type: 'prometheus', uid: '${datasource}' }, title);
          assert.ok(targets.length > 0, title);
          assert.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title);
        }
      });

      it('names no data source but the chosen one', () => {
        const named = JSON.stringify(dashboard).split('"datasource":').slice(1);
        assert.deepEqual(
          named.filter((text) => !text.startsWith('{"type":"prometheus","uid":"${datasource}"}')),
          [],
        );
        assert.equal(dashboard.templating.list[0]?.type, 'datasource');
      });

      it('uses the variables that it declares, and only these', () => {
        const { templating, ...rest } = dashboard;
        const queries = templating.list.map(({ query }) => query);
        const used = [...JSON.stringify([rest, queries, templating]).matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
        assert.deepEqual(
          [...new Set(used)].filter((name) => !name.startsWith('__')).sort(),
          templating.list.map(({ name }) => name).sort(),
        );
      });

      for (const { where, expr } of filledOf(dashboard)) {
        it(`${where} asks for metrics and labels that exist`, () => {
          for (const { metric, labels } of selectors(expr)) {
            const has = known.get(metric);
            assert.ok(has, `nothing exports or records ${metric}`);
            assert.deepEqual(
              labels.filter((label) => !has.includes(label)),
              [],
              metric,
            );
          }
        });
      }

      it('names series by labels that they have', () => {
        for (const { title, targets = [] } of panels) {
          for (const { expr, legendFormat = '' } of targets) {
            const labels = labelsOf(filled(expr));
            for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) assert.ok(labels.has(label), `${title}: ${label}`);
          }
        }
      });

      it('asks what Besties are like only of the recorded series, which know the newest replica', () => {
        const raw = filledOf(dashboard).filter(({ expr }) =>
          metricNames(expr).some((name) => (known.get(name) ?? []).includes('bestie') && name.startsWith('bestie_')),
        );
        // It lasts an hour on the replica that let the Bestie go, and no other series contradicts it.
        const allowed = file === 'operator.json' ? ['panel Besties C'] : [];
        assert.deepEqual(
          raw.map(({ where }) => where),
          allowed,
        );
      });
    });
  }

  it('and the rules read every metric that there is', () => {
    const read = ownNamesIn([...all.map(({ expr }) => expr), ...rules.map(({ expr }) => expr)]);
    assert.deepEqual(
      ownNames.filter((name) => !read.has(name)),
      [],
    );
  });

  it('use every metric of others that is on the list', () => {
    const used = new Set([...all, ...rules].flatMap(({ expr }) => metricNames(expr)));
    assert.deepEqual(
      foreignNames.filter((name) => !used.has(name)),
      [],
    );
  });

  const promtool = tool('promtool');
  it(`are taken by promtool${promtool === undefined ? ' (SKIPPED: promtool is not installed)' : ''}`, function () {
    if (promtool === undefined) this.skip();
    const folder = perTest.folder();
    const recordings = all.map(({ expr }, index) => ({ record: `dashboard:expression${index}`, expr }));
    writeFileSync(join(folder, 'rules.yaml'), stringify({ groups: [{ name: 'dashboards', rules: recordings }] }));
    const output = execFileSync(promtool, ['check', 'rules', join(folder, 'rules.yaml')], { encoding: 'utf8', stdio: 'pipe' });
    assert.match(output, new RegExp(`SUCCESS: ${recordings.length} rules found`));
  }).timeout(60_000);

  for (const builder of tools) {
    it(`are ConfigMaps that Grafana's sidecar finds, as ${builder} builds them`, () => {
      const maps = built(builder, directory) as unknown as { metadata: Record<string, unknown>; data: Record<string, string> }[];
      const labels = {
        grafana_dashboard: '1',
        'app.kubernetes.io/name': 'bestie-operator',
        'app.kubernetes.io/part-of': 'bestie-operator',
      };
      const metadata = { namespace: 'bestie-system', labels, annotations: { grafana_folder: 'Bestie' } };
      const text = (file: string): string => readFileSync(join(directory, file), 'utf8');
      assert.deepEqual(
        maps.map((map) => [map.metadata, map.data]),
        [
          [{ name: 'bestie-dashboard-bestie', ...metadata }, { 'bestie.json': text('bestie.json') }],
          [{ name: 'bestie-dashboard-operator', ...metadata }, { 'bestie-operator.json': text('operator.json') }],
        ],
      );
    }).timeout(60_000);
  }
});
