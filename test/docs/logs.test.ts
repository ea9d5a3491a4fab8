import { strict as assert } from 'node:assert';
import { entries } from '../../src/telemetry/entries.ts';
import { redact } from '../../src/telemetry/logger.ts';
import { checkTable } from '../support/markdown.ts';
import { blocks, code, prose } from './markdown.ts';

const PAGE = 'docs/logs.md';
const rows = Object.values(entries).map(({ level, message, meaning, fields }) => ({
  level,
  message,
  meaning,
  fields: [...fields] as string[],
}));

describe('docs/logs.md', () => {
  it('has every entry of the table', () => {
    checkTable(
      PAGE,
      ['Message', 'Level', 'Fields', 'Meaning'],
      rows.map(({ message, level, fields, meaning }) => [message, level, fields.map((field) => `\`${field}\``).join(' ') || '–', meaning]),
    );
  });

  it('has examples of lines as they are written: of an entry, with fields of its row, redacted', () => {
    const examples = blocks(PAGE).filter(({ language }) => language === 'json');
    assert.equal(examples.length, 4);
    for (const { content } of examples) {
      const { level, message, timestamp, ...fields } = JSON.parse(content) as Record<string, unknown>;
      const row = rows.find((each) => each.message === message) ?? assert.fail(`no entry: ${String(message)}`);
      assert.equal(level, row.level);
      assert.ok(!Number.isNaN(Date.parse(String(timestamp))));
      for (const field of Object.keys(fields)) assert.ok(row.fields.includes(field), `${row.message}: ${field}`);
      assert.deepEqual(redact(fields), fields);
    }
  });

  it('explains every field of an answer and of an error', () => {
    const explained = new Set(code(prose(PAGE).slice(prose(PAGE).indexOf('## Fields'))));
    for (const { fields } of [entries.changed, entries.failed]) for (const field of fields) assert.ok(explained.has(field), field);
  });
});
