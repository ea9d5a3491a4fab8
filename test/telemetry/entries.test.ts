import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { entries, logEntry } from '../../src/telemetry/entries.ts';
import { readableLog } from '../server/parts.ts';

type Key = keyof typeof entries;
const keys = Object.keys(entries) as Key[];
const levels = ['error', 'warn', 'info', 'debug'] as const;

/** The source, by path, but the table itself. */
const sources = new Map(
  readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'telemetry/entries.ts')
    .map((path) => [path, readFileSync(`src/${path}`, 'utf8')] as const),
);

describe('telemetry/entries', () => {
  for (const key of keys) {
    const { level, message, meaning, fields } = entries[key];
    describe(key, () => {
      it('is written at its level, with its message and every field of its row, each as it was given', () => {
        const { logger, lines } = readableLog('debug');
        const given = Object.fromEntries(fields.map((field, index) => [field, `value ${index}`]));
        logEntry(logger, key, given);
        assert.equal(lines.length, 1);
        const [{ timestamp, ...line } = assert.fail()] = lines;
        // A field whose name looks like a credential would be redacted.
        assert.deepEqual(line, { level, message, ...given });
        assert.equal(typeof timestamp, 'string');
      });

      it('is not written where the level is stricter', () => {
        for (const wanted of levels) {
          const { logger, lines } = readableLog(wanted);
          logEntry(logger, key);
          assert.equal(lines.length, levels.indexOf(level) <= levels.indexOf(wanted) ? 1 : 0, wanted);
        }
      });

      it('is written somewhere', () => {
        const users = [...sources]
          .filter(([, text]) => text.includes(`'${key}'`) && /import \{ logEntry \} from '.*\/entries\.ts'/.test(text))
          .map(([path]) => path);
        assert.notDeepEqual(users, []);
      });

      it('has words that can be searched for, and a meaning in sentences', () => {
        assert.match(message, /^[a-zA-Z][\w ;]+$/);
        assert.ok(meaning.endsWith('.') && !meaning.includes('|'), meaning);
        assert.equal(new Set<string>(fields).size, fields.length);
        // winston has these itself, or makes something else of them.
        for (const field of fields) assert.ok(!['level', 'message', 'timestamp', 'stack', 'splat'].includes(field), field);
      });
    });
  }

  it('has no two entries of one message', () => {
    assert.deepEqual(new Set(keys.map((key) => entries[key].message)).size, keys.length);
  });

  it('nothing is written but by the table', () => {
    const bypasses = [...sources]
      .filter(([path]) => !path.startsWith('telemetry/'))
      .flatMap(([path, text]) =>
        [...text.matchAll(/\blogger\s*\.\s*(?:log|error|warn|info|debug|http|verbose|silly)\b/g)].map(([found]) => `${path}: ${found}`),
      );
    assert.deepEqual(bypasses, []);
  });

  it('nothing but the table names a message', () => {
    for (const [path, text] of sources)
      for (const key of keys)
        assert.ok(!text.includes(`'${entries[key].message}'`) || entries[key].message === key, `${path}: ${entries[key].message}`);
  });

  it('what is not written costs nothing but a look at the level', () => {
    const { logger } = readableLog('info');
    logger.log = () => assert.fail('written');
    logEntry(logger, 'unchanged', { requestId: 'r' });
  });
});
