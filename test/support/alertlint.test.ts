import { strict as assert } from 'node:assert';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alertProblems, orphanRunbooks, runbookUrl, type LintedAlert } from './alertlint.ts';
import { closingIn } from './closing.ts';
import { each } from './table.ts';

describe('support/alertlint', () => {
  const page = '# BestieTest\n\n## Meaning\n\na\n\n## Impact\n\nb\n\n## Diagnosis\n\nc\n\n## Mitigation\n\nd\n';
  const good: LintedAlert = {
    alert: 'BestieTest',
    expr: 'up == 0',
    labels: { severity: 'warning' },
    annotations: { summary: 'It is broken.', description: 'Fix it.', runbook_url: runbookUrl('BestieTest') },
  };
  const folder = closingIn(after).folder();
  const write = (name: string, content: string): string => {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, 'BestieTest.md'), content);
    return join(folder, name);
  };

  const pages = {
    good: write('good', page),
    none: join(folder),
    titled: write('titled', page.replace('# BestieTest', '# Test')),
    swapped: write('swapped', page.replace('## Impact', '## Diagnosis')),
    empty: write('empty', page.replace('\nc\n', '')),
    last: write('last', page.replace('\nd\n', '')),
  };

  each<{ alert?: LintedAlert; folder: string }, RegExp | undefined>(
    {
      Good: { reason: 'the others differ from it in one thing', given: { folder: pages.good }, want: undefined },
      Name: {
        reason: 'alerts are found by it',
        given: { folder: pages.good, alert: { ...good, alert: 'bestie_test' } },
        want: /PascalCase/,
      },
      Prefix: { reason: 'whose alert it is', given: { folder: pages.good, alert: { ...good, alert: 'Test' } }, want: /PascalCase/ },
      Severity: {
        reason: 'it is routed by',
        given: { folder: pages.good, alert: { ...good, labels: { severity: 'high' } } },
        want: /severity/,
      },
      Annotations: {
        reason: 'a person reads them',
        given: { folder: pages.good, alert: { ...good, annotations: {} } },
        want: /description/,
      },
      Expression: { reason: 'it would never fire', given: { folder: pages.good, alert: { ...good, expr: ' ' } }, want: /expression/ },
      NoPage: { reason: 'the link would lead nowhere', given: { folder: pages.none }, want: /missing/ },
      Title: { reason: 'a page about another alert', given: { folder: pages.titled }, want: /title/ },
      Headings: { reason: 'every page is built alike', given: { folder: pages.swapped }, want: /headings/ },
      EmptySection: { reason: 'a heading alone helps no reader', given: { folder: pages.empty }, want: /empty/ },
      EmptyEnd: { reason: 'the last one, too', given: { folder: pages.last }, want: /empty/ },
    },
    ({ alert = good, folder: where }, want) => {
      const found = alertProblems(alert, where).join('; ');
      if (want === undefined) assert.equal(found, '');
      else assert.match(found, want);
    },
  );

  it('an orphan', () => {
    assert.deepEqual(orphanRunbooks([], pages.good), ['BestieTest']);
    assert.deepEqual(orphanRunbooks(['BestieTest'], pages.good), []);
  });
});
