import { strict as assert } from 'node:assert';
import { metricNames, selectors, type Selector } from './promql.ts';
import { each } from './table.ts';

describe('support/promql', () => {
  each<string, Selector[]>(
    {
      Name: { reason: 'the simplest selector', given: 'up', want: [{ metric: 'up', labels: [] }] },
      RecordedName: { reason: 'recorded series have colons', given: 'a:b_c:sum', want: [{ metric: 'a:b_c:sum', labels: [] }] },
      Matchers: {
        reason: 'a label is needed, whatever its operator',
        given: 'm{a="1",b!~"x|y"}',
        want: [{ metric: 'm', labels: ['a', 'b'] }],
      },
      Grouped: {
        reason: 'each level of grouping needs its labels',
        given: 'sum by (a) (max by (a, b) (rate(m{c="1"}[5m])))',
        want: [{ metric: 'm', labels: ['c', 'a', 'a', 'b'] }],
      },
      ModifierBehind: { reason: 'by may stand behind', given: 'sum(m) by (a)', want: [{ metric: 'm', labels: ['a'] }] },
      Without: { reason: 'what is grouped away need not exist', given: 'sum without (a) (m)', want: [{ metric: 'm', labels: [] }] },
      BothSides: {
        reason: 'functions and numbers are no metrics',
        given: 'time() - (a and on (x) b) or vector(0)',
        want: [
          { metric: 'a', labels: [] },
          { metric: 'b', labels: [] },
        ],
      },
      QuotedName: { reason: 'Prometheus 3 writes names like this', given: '{"m", a="1"}', want: [{ metric: 'm', labels: ['a'] }] },
    },
    (given, want) => {
      assert.deepEqual(selectors(given), want);
    },
  );

  it('names each metric once', () => {
    assert.deepEqual(metricNames('b / (b + a)'), ['a', 'b']);
  });

  for (const expr of ['sum(rate(m[5m])', 'sum by hook (m)', 'm{a=1}', 'm[$__rate_interval]', '']) {
    it(`refuses ${expr || 'nothing'}`, () => {
      assert.throws(() => selectors(expr), /no PromQL/);
    });
  }

  it('refuses a selector without a name', () => {
    assert.throws(() => selectors('{job="x"}'), /no name of a metric/);
  });
});
