import assert from 'node:assert/strict';
import { each } from './table.ts';
import { createTimelines, labelOf, type Outcome, type Target } from './timelines.ts';

/** Seconds: images are migrated at 10 and 20, backups end at 12 and 35, a restore to 15 ends at 40, and 50 is now. */
function played(more: (t: ReturnType<typeof createTimelines>) => void = () => undefined) {
  const t = createTimelines(0);
  t.write(10, ['a']);
  t.backUp({ repo: 'repo1', startedAt: 11, endedAt: 12 });
  t.write(20, ['a', 'b']);
  t.backUp({ repo: 'repo1', startedAt: 34, endedAt: 35 });
  t.fork(40, ['a'], t.point(15));
  more(t);
  return t;
}

const target = (change: Partial<Target>): Target => ({ repo: 'repo1', isImmediate: false, isOwnHistory: false, ...change });
const held = (outcome: Outcome): unknown => (typeof outcome === 'string' ? outcome : outcome.held.join());

describe('support/timelines: what Postgres makes of a target after a restore', () => {
  each<Partial<Target>, string>(
    {
      Before: { reason: 'both histories have it', given: { at: 14 }, want: 'a' },
      GivenUp: { reason: 'the latest history goes on from the target of the restore', given: { at: 25 }, want: 'a' },
      GivenUpOnItsOwn: { reason: 'the history of the backup has it', given: { at: 25, isOwnHistory: true }, want: 'a,b' },
      Since: { reason: 'the newest backup lies on the history that was given up', given: { at: 45 }, want: 'fails' },
      Latest: { reason: 'the same', given: {}, want: 'fails' },
      OfABackup: { reason: 'by its label', given: { label: '19700101-000000F', isImmediate: true, isOwnHistory: true }, want: 'a' },
      NoSuchBackup: { reason: 'no label', given: { label: '20260101-000000F', isImmediate: true, isOwnHistory: true }, want: 'fails' },
      OfTheNewest: { reason: 'without one', given: { isImmediate: true, isOwnHistory: true }, want: 'a,b' },
      BeforeAnyBackup: { reason: 'the newest is later than the moment', given: { at: 5 }, want: 'fails' },
      AnotherRepository: { reason: 'it is empty', given: { repo: 'repo2' }, want: 'fails' },
      Future: { reason: 'the log of that history ends before', given: { at: 60, isOwnHistory: true }, want: 'hangs' },
    },
    (given, want) => {
      assert.equal(held(played().outcomeOf(target(given), 50)), want);
    },
  );

  it('a backup of the new history makes what came after it reachable', () => {
    const t = played((all) => {
      all.backUp({ repo: 'repo1', startedAt: 44, endedAt: 45 });
      all.write(47, ['a', 'c']);
    });
    assert.deepEqual([held(t.outcomeOf(target({}), 50)), held(t.outcomeOf(target({ at: 46 }), 50)), t.now().join()], ['a,c', 'a', 'a,c']);
  });

  it('a failover is no end of what was before it, but for a moment that a restore gave up since', () => {
    const t = createTimelines(0);
    t.write(10, ['a']);
    t.backUp({ repo: 'repo1', startedAt: 11, endedAt: 12 });
    t.fork(15, t.now(), t.point(15));
    t.write(20, ['a', 'b']);
    assert.equal(held(t.outcomeOf(target({ at: 25 }), 30)), 'a,b');
    t.fork(40, ['a'], t.point(18));
    assert.deepEqual(
      [held(t.outcomeOf(target({ at: 25 }), 50)), held(t.outcomeOf(target({ at: 25, isOwnHistory: true }), 50))],
      ['a', 'hangs'],
    );
  });

  it('what the data was is what it was then, whatever was given up', () => {
    const t = played();
    assert.deepEqual([t.was(25), t.was(45), t.was(5)].map(String), ['a,b', 'a', '']);
  });

  it('names backups as pgBackRest does', () => {
    assert.equal(labelOf({ repo: 'repo1', startedAt: Date.parse('2026-01-02T03:04:05Z'), endedAt: 0, history: 0 }), '20260102-030405F');
  });
});
