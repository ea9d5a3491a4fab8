import { conditionTypes } from '../../src/api/condition.ts';
import { reasons } from '../../src/api/reason.ts';
import { checkTable } from '../support/markdown.ts';

describe('docs/conditions.md', () => {
  it('has every type of the table, in its order', () => {
    checkTable(
      'docs/conditions.md',
      ['Type', 'Meaning'],
      Object.entries(conditionTypes).map(([type, meaning]) => [`\`${type}\``, meaning]),
    );
  });

  it('has every reason of the table, and what to do about it', () => {
    const rows = Object.entries(reasons as Record<string, { meaning: string; action?: string }>);
    checkTable(
      'docs/conditions.md',
      ['Reason', 'Meaning', 'What to do'],
      rows.map(([reason, { meaning, action }]) => [`\`${reason}\``, meaning, action ?? '—']),
    );
  });
});
