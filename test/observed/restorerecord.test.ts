import { strict as assert } from 'node:assert';
import { recording, recordOf } from '../support/restores.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { ago, observe, patched, syncOf } from '../support/world.ts';
import { annotations } from '../../src/api/names.ts';
import {
  outcomeOf,
  restoreRecord,
  restoreRecordText,
  usedUp,
  withEnding,
  type CurrentRestore,
  type RestoreRecord,
} from '../../src/observed/restorerecord.ts';

const FIRST = { type: 'time', time: ago(900) } as const;
const current: CurrentRestore = { id: 'tuesday', request: 'restore.a.b', target: FIRST, repo: 'repo1', since: ago(300), stage: 'Armed' };
const whole: RestoreRecord = {
  by: '6f1c0de5',
  ended: [['17ff7861', 'Succeeded']],
  recent: [{ id: 'monday', target: 'latest', outcome: 'Refused', at: ago(60), why: 'so', repo: 'repo1', since: ago(70), reached: 'x' }],
  current: { ...current, isUnbacked: true, restoredAt: ago(30) },
  restoredAt: ago(30),
  givenUp: [{ from: ago(900), until: ago(30) }],
};
const empty: RestoreRecord = { by: '6f1c0de5', ended: [], recent: [], givenUp: [] };
const read = (record: unknown): RestoreRecord | undefined =>
  restoreRecord(observe(recording(ready(), typeof record === 'string' ? record : JSON.stringify(record))));
const target = (value: unknown): unknown => read({ by: '6f1c0de5', current: { ...current, target: value } })?.current?.target;

describe('observed/restorerecord', () => {
  describe('reads what was written', () => {
    each<RestoreRecord, undefined>(
      {
        Empty: { reason: 'the owner alone', given: empty, want: undefined },
        Whole: { reason: 'every field', given: whole, want: undefined },
        Latest: {
          reason: 'another kind of target',
          given: { ...empty, current: { ...current, target: { type: 'latest' } } },
          want: undefined,
        },
        Newest: { reason: 'the same', given: { ...empty, current: { ...current, target: { type: 'newest' } } }, want: undefined },
        Backup: {
          reason: 'the same',
          given: { ...empty, current: { ...current, target: { type: 'backup', label: '20260101-110000F' } } },
          want: undefined,
        },
        GivenUp: {
          reason: 'the same',
          given: { ...empty, current: { ...current, target: { ...FIRST, isGivenUp: true } } },
          want: undefined,
        },
      },
      (given) => {
        assert.deepEqual(read(restoreRecordText(given)), given);
      },
    );
  });

  it('writes nothing that is empty', () => {
    assert.equal(restoreRecordText(empty), '{"by":"6f1c0de5"}');
  });

  describe('takes what is none of it for nothing', () => {
    each<unknown, RestoreRecord | undefined>(
      {
        NoJson: { reason: 'another writer', given: 'soon', want: undefined },
        Half: { reason: 'cut off', given: '{"by":"6f1c0de5"', want: undefined },
        Number: { reason: 'no record', given: '7', want: { ...empty, by: '' } },
        List: { reason: 'no record', given: '[]', want: { ...empty, by: '' } },
        Null: { reason: 'no record', given: 'null', want: { ...empty, by: '' } },
        Ended: {
          reason: 'entries of no form',
          given: { by: '6f1c0de5', ended: [null, 'x', ['a'], ['a', 'Lost'], [7, 'Failed'], ['b', 'Failed']] },
          want: { ...empty, ended: [['b', 'Failed']] },
        },
        Recent: {
          reason: 'entries that are not whole',
          given: {
            by: '6f1c0de5',
            recent: [
              null,
              {},
              { id: 'a', target: 'latest', outcome: 'Failed' },
              { id: 'a', target: 'latest', outcome: 'Failed', at: ago(1), why: 7, since: 'soon' },
            ],
          },
          want: { ...empty, recent: [{ id: 'a', target: 'latest', outcome: 'Failed', at: ago(1) }] },
        },
        GivenUp: {
          reason: 'spans without an end',
          given: { by: '6f1c0de5', givenUp: [null, { from: ago(1) }, { from: 'x', until: ago(1) }] },
          want: empty,
        },
        RestoredAt: { reason: 'no time', given: { by: '6f1c0de5', restoredAt: 'soon' }, want: empty },
        Owner: { reason: 'no text', given: { by: 7 }, want: { ...empty, by: '' } },
      },
      (given, want) => {
        assert.deepEqual(read(given), want);
      },
    );

    for (const field of ['id', 'request', 'target', 'repo', 'since', 'stage'] as const)
      it(`of a restore that is carried out ${field} is needed`, () => {
        for (const value of [undefined, null, '', 'x y', {}, []].slice(
          0,
          field === 'id' || field === 'request' || field === 'repo' ? 3 : 6,
        ))
          assert.equal(read({ by: '6f1c0de5', current: { ...current, [field]: value } })?.current, undefined, JSON.stringify(value));
      });
  });

  describe('takes no target that was not written', () => {
    each<unknown, unknown>(
      {
        Time: { reason: 'it is one', given: FIRST, want: FIRST },
        NoTime: { reason: 'when?', given: { type: 'time', time: 'soon' }, want: undefined },
        NoLabel: { reason: 'which one?', given: { type: 'backup' }, want: undefined },
        NoType: { reason: 'what?', given: { time: ago(1) }, want: undefined },
        OtherType: { reason: 'of a later release', given: { type: 'lsn', lsn: '0/1' }, want: undefined },
        MoreFields: { reason: 'left out', given: { ...FIRST, isGivenUp: 'yes', label: 'x' }, want: FIRST },
      },
      (given, want) => {
        assert.deepEqual(target(given), want);
      },
    );
  });

  it('is read from what was last applied, so that a change by hand is none', () => {
    const w = recording(ready(), { ...empty, restoredAt: ago(30) });
    const changed = patched(w, 'PostgresCluster', { metadata: { annotations: { [annotations.restores]: '{"by":"x"}' } } });
    assert.deepEqual(restoreRecord(observe(changed)), { ...empty, restoredAt: ago(30) });
    assert.equal(recordOf(syncOf(changed))?.restoredAt, ago(30));
  });

  it('is bounded: the latest entries stay', () => {
    const ended = Array.from({ length: 300 }, (_, index) => [index.toString(16).padStart(8, '0'), 'Refused'] as const);
    const recent = Array.from({ length: 30 }, (_, index) => ({
      id: `r${index}`,
      target: 'latest',
      outcome: 'Refused' as const,
      at: ago(1),
    }));
    const givenUp = Array.from({ length: 30 }, (_, index) => ({ from: ago(100 + index), until: ago(1) }));
    const text = restoreRecordText({ ...empty, ended, recent, givenUp });
    const kept = read(text);
    assert.deepEqual([kept?.ended.length, kept?.recent.length, kept?.givenUp.length], [128, 5, 16]);
    assert.deepEqual([kept?.ended.at(-1)?.[0], kept?.recent.at(-1)?.id, kept?.givenUp.at(-1)?.from], ['0000012b', 'r29', ago(129)]);
    assert.ok(text.length < 8192, String(text.length));
  });

  it('has one end for each id, and the last one counts', () => {
    const once = withEnding(empty, { id: 'a', target: 'latest', outcome: 'Failed', at: ago(2) });
    const twice = withEnding(usedUp(once, 'b', 'CalledOff'), { id: 'a', target: 'latest', outcome: 'Abandoned', at: ago(1) });
    assert.deepEqual([outcomeOf('a', twice), outcomeOf('b', twice), outcomeOf('c', twice)], ['Abandoned', 'CalledOff', undefined]);
    assert.deepEqual([twice.ended.length, twice.recent.length], [2, 1]);
    assert.ok(
      !JSON.stringify(usedUp(empty, 'secret-name', 'Failed')).includes('secret-name'),
      'a hash takes 8 characters, whatever the id',
    );
  });
});
