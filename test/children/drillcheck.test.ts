/** The check of a drill: how its program is started, and how its sentence is read. What it finds: test/app/drillcheck.test.ts. */
import { strict as assert } from 'node:assert';
import { DRILL_CHECK, drillCheck } from '../../src/children/drillcheck.ts';
import { drillFailure, drillVerdict, VERDICT_LIMIT, type DrillVerdict } from '../../src/observed/drillverdict.ts';
import { each, type Cases } from '../support/table.ts';

const verdicts: Cases<string | null | undefined, DrillVerdict | undefined> = {
  Rows: {
    reason: 'the check succeeded',
    given: 'revision 389c41867d7a; rows: listings 50, users 7',
    want: { revision: '389c41867d7a', rows: 'listings 50, users 7' },
  },
  ManyTables: {
    reason: 'the smaller tables are counted together',
    given: 'revision 389c41867d7a; rows: listings 50; further tables: 12',
    want: { revision: '389c41867d7a', rows: 'listings 50; further tables: 12' },
  },
  Branches: {
    reason: 'each branch of the migrations has a revision of its own',
    given: 'revision 389c41867d7a, 9a5fd58cc6ab, 3 more; rows: none',
    want: { revision: '389c41867d7a, 9a5fd58cc6ab, 3 more', rows: 'none' },
  },
  OfAnotherImage: {
    reason: 'an older version runs on the schema of a newer one',
    given: 'revision 389c41867d7a (not of the image); rows: users 7',
    want: { revision: '389c41867d7a (not of the image)', rows: 'users 7' },
  },
  Nothing: { reason: 'the container wrote no message', given: undefined, want: undefined },
  Null: { reason: 'a field of an object may be null', given: null, want: undefined },
  Empty: { reason: 'the container was killed', given: '', want: undefined },
  Failure: { reason: 'a sentence about a failure has no verdict', given: 'table pets cannot be read: SQLSTATE XX001', want: undefined },
  TwoLines: { reason: 'only one line is believed', given: 'revision 1; rows: users 7\n', want: undefined },
  Log: { reason: 'the log of another program may stand there', given: 'INFO revision 1; rows: users 7', want: undefined },
  Unprintable: { reason: 'nothing but plain characters reaches the status', given: 'revision 1; rows: us\u001bers 7', want: undefined },
  Long: { reason: 'the status stays small', given: `revision 1; rows: ${'a'.repeat(VERDICT_LIMIT)}`, want: undefined },
};

const failures: Cases<string | null | undefined, string> = {
  Sentence: {
    reason: 'it is shown as it is',
    given: 'table pets cannot be read: SQLSTATE XX001',
    want: 'table pets cannot be read: SQLSTATE XX001',
  },
  Nothing: { reason: 'the container wrote no message', given: undefined, want: '' },
  Unprintable: { reason: 'a condition has one line', given: 'one\ntwo\u001b[31m \u00e9\n', want: 'one two [31m' },
  Long: { reason: 'a condition stays small', given: 'a'.repeat(4096), want: 'a'.repeat(VERDICT_LIMIT) },
};

describe('the check of a drill', () => {
  describe('its verdict', () => {
    each(verdicts, (message, want) => {
      assert.deepEqual(drillVerdict(message), want);
    });
  });

  describe('why it failed', () => {
    each(failures, (message, want) => {
      assert.equal(drillFailure(message), want);
    });
  });

  it('gets the limit of its statements as an argument, so that the program is always the same', () => {
    assert.deepEqual(drillCheck(600), ['python', '-c', DRILL_CHECK, '600']);
  });

  it('has nothing in it that a shell or the kubelet would replace', () => {
    assert.doesNotMatch(DRILL_CHECK, /\$\(|`|\\/);
  });
});
