import { strict as assert } from 'node:assert';
import type { DatabaseMeasures } from '../../../src/api/provider.ts';
import { exporter } from '../../../src/database/crunchy/exporter.ts';
import type { PostgresClusterSpec } from '../../../src/database/crunchy/types.ts';
import { dashboards, expressionsOf, filled } from '../../dashboards/files.ts';
import { metricNames, selectors } from '../../support/promql.ts';
import { each } from '../../support/table.ts';
import { manifestOf, syncOf, world, type Loose } from '../../support/world.ts';

const measured = (Object.keys(exporter.measures) as (keyof DatabaseMeasures)[]).map((name) =>
  exporter.measures[name]('{namespace="pets",bestie="bestie"'),
);
const drawn = Object.values(dashboards).flatMap((dashboard) => expressionsOf(dashboard).map(({ expr }) => filled(expr)));

describe('database/crunchy/exporter', () => {
  it('keeps every series that an alert or a panel reads, and no other', () => {
    const read = [...measured, ...drawn].flatMap(metricNames).filter((name) => name.startsWith('ccp_'));
    assert.deepEqual([...exporter.series], [...new Set(read)].sort());
  });

  it('measures what is of one Bestie, by labels that a series has', () => {
    const labels = new Set(['namespace', 'bestie', 'pod', 'mount_point']);
    for (const { metric, labels: used } of measured.flatMap(selectors)) {
      assert.ok(used.includes('namespace') && used.includes('bestie'), metric);
      assert.deepEqual(
        used.filter((label) => !labels.has(label)),
        [],
        metric,
      );
    }
  });

  each<Loose | undefined, PostgresClusterSpec['monitoring']>(
    {
      On: { reason: 'as PGO asks for it', given: { enabled: true }, want: { pgmonitor: { exporter: {} } } },
      Off: { reason: 'the field is left to others', given: { enabled: false }, want: undefined },
      Unset: { reason: 'the field is left to others', given: undefined, want: undefined },
    },
    (monitoring, want) => {
      const spec = manifestOf(syncOf(world({ database: { ...(monitoring && { monitoring }) } })), 'PostgresCluster')?.spec;
      assert.deepEqual((spec as PostgresClusterSpec | undefined)?.monitoring, want);
      assert.equal(spec !== undefined && 'monitoring' in spec, want !== undefined);
    },
  );
});
