import { strict as assert } from 'node:assert';
import { copyRecordOf, copyRecordText, type CopyRecord } from '../../src/observed/copyrecord.ts';
import { each } from '../support/table.ts';

const AT = '2026-01-01T11:59:40Z';

describe('observed/copyrecord', () => {
  each<string, CopyRecord>(
    {
      Begun: {
        reason: 'no end yet',
        given: '{"source":"a","target":"latest","since":"2026-01-01T11:59:40Z"}',
        want: { source: 'a', target: 'latest', since: AT },
      },
      Ended: { reason: 'that is the end', given: '{"source":"a","at":"2026-01-01T11:59:40Z"}', want: { source: 'a', at: AT } },
      NoTimes: { reason: 'an end that is none would end it', given: '{"since":"then","at":"soon"}', want: {} },
      NoTexts: { reason: 'unreadable fields are missing', given: '{"source":1,"target":{}}', want: {} },
      Empty: { reason: 'a copy all the same', given: '', want: {} },
      Broken: { reason: 'the same', given: '{"source":', want: {} },
      Null: { reason: 'the same', given: 'null', want: {} },
      List: { reason: 'the same', given: '[]', want: {} },
      Text: { reason: 'the same', given: '"copied"', want: {} },
      OfALaterRelease: { reason: 'what is known is read', given: '{"v":2,"source":"a"}', want: { source: 'a' } },
    },
    (given, want) => {
      assert.deepEqual(copyRecordOf(given), want);
    },
  );

  it('reads what it writes', () => {
    for (const record of [{}, { source: 'a', target: 'latest', since: AT }, { source: 'a', since: AT, at: AT }] satisfies CopyRecord[])
      assert.deepEqual(copyRecordOf(copyRecordText(record)), record);
  });
});
