/** Histories that restores have given up: a moment on one of them is reached along that history. */
import { strict as assert } from 'node:assert';
import {
  asked,
  blockOf,
  byHand,
  MOMENT,
  recordOf,
  requestedByHand,
  requestedId,
  restore,
  stopped,
  succeeded,
  takenAway,
} from '../support/restores.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, later } from '../support/upgrades.ts';
import { ago, carriedOut, edited, manifestOf, patched, syncOf, type Loose, type World } from '../support/world.ts';
import type { GivenUp } from '../../src/api/restore.ts';
import { annotations, requests } from '../../src/api/names.ts';
import { givenUpOf } from '../../src/observed/givenup.ts';

const FROM = ago(900);
/** When every restore here has ended, see test/support/restores.ts. */
const UNTIL = ago(30);
const SPAN = { from: FROM, until: UNTIL };
const TO_A_MOMENT = ['--type=time', `--target='${FROM.replace('T', ' ').replace('Z', '+00')}'`];

/** The answer is carried out as dynamic apply does it: the request of the person stays where the answer has none. */
function applied(w: World): World {
  const next = carriedOut(w);
  return requestedId(syncOf(w)) === undefined ? requestedByHand(next, TO_A_MOMENT) : next;
}
const running = (): World => applied(byHand(carriedOut(ready()), 'running', TO_A_MOMENT));
const up = (options: unknown = TO_A_MOMENT): World => byHand(carriedOut(ready()), 'up', options);

function givenUp(w: World): GivenUp[] {
  const { [annotations.lineage]: lineage = '{}' } = manifestOf(syncOf(w), 'PostgresCluster')?.metadata.annotations ?? {};
  return [...givenUpOf((JSON.parse(lineage) as Loose).givenUp), ...(recordOf(syncOf(w))?.givenUp ?? [])];
}
const targetOf = (w: World, time: string): unknown =>
  recordOf(syncOf(carriedOut(asked(w, { id: 'wednesday', target: { time } }))))?.current?.target;

describe('decide/formerhistory', () => {
  describe('of a restore by hand is on record', () => {
    const paused = applied(annotated(running(), { [requests.paused]: 'true' }));
    const disowned = patched(restore(paused, 'up', 'by-hand'), 'PostgresCluster', {
      metadata: { annotations: { [annotations.migrated]: 'unknown' } },
    });
    each<World, GivenUp[]>(
      {
        Runs: { reason: 'it may fail', given: running(), want: [] },
        Failed: { reason: 'the former history goes on', given: byHand(running(), 'failed', TO_A_MOMENT), want: [] },
        Ended: { reason: 'from its target to its end', given: up(), want: [SPAN] },
        EndedLongAgo: { reason: 'once, and for good', given: takenAway(later(applied(applied(up())), 86_400)), want: [SPAN] },
        Invalid: {
          reason: 'while the spec is not acceptable as well',
          given: edited(applied(restore(applied(edited(running(), { size: -1 })), 'up', 'by-hand')), { size: 1 }),
          want: [SPAN],
        },
        Disowned: {
          reason: 'also where a user says at the same time that nothing is known of the migrations',
          given: annotated(disowned, { [requests.paused]: undefined }),
          want: [SPAN],
        },
        OfTheBestie: { reason: 'one of the spec is on record once', given: succeeded(), want: [{ from: MOMENT, until: UNTIL }] },
        Unread: { reason: 'nothing is known of its target any more', given: takenAway(up()), want: [] },
        Latest: { reason: 'it has given up nothing', given: up(['--type=default']), want: [] },
        Future: {
          reason: 'nothing was written after that moment',
          given: up(['--type=time', "--target='2099-01-01 00:00:00+00'"]),
          want: [],
        },
        Odd: { reason: 'the schema of PGO lets no such thing through', given: up({ type: 'time' }), want: [] },
      },
      (given, want) => {
        assert.deepEqual(givenUp(given), want);
      },
    );

    it('and no record of requests begins with it', () => {
      assert.equal(recordOf(syncOf(up())), undefined);
    });
  });

  describe('leads to a moment', () => {
    const hand = applied(up());
    const own = succeeded();
    each<[World, string], boolean>(
      {
        ByHand: { reason: 'between its target and its end', given: [hand, ago(300)], want: true },
        BeforeByHand: { reason: 'both histories have it', given: [hand, ago(1200)], want: false },
        Own: { reason: 'the same of one that the Bestie has requested', given: [own, ago(300)], want: true },
        BeforeOwn: { reason: 'both histories have it', given: [own, ago(900)], want: false },
      },
      ([w, time], want) => {
        assert.deepEqual(targetOf(w, time), { type: 'time', time, ...(want && { isGivenUp: true }) });
      },
    );
  });

  describe('of one by hand that ends while a request waits', () => {
    const waiting = (request: Loose): World => {
      const asks = applied(asked(running(), { id: 'tuesday', backup: 'Skip', ...request }));
      return stopped(applied(restore(asks, 'up', 'by-hand')));
    };

    it('leads to its moment as well', () => {
      const { options = [] } = (blockOf(syncOf(waiting({ target: { time: MOMENT } }))) ?? {}) as { options?: string[] };
      assert.deepEqual(options.slice(2), ['--target-timeline=current']);
    });

    it('has no backup yet from which the latest state could be reached: the request is refused before anything is changed', () => {
      const w = waiting({ target: { latest: true } });
      assert.equal(requestedId(syncOf(w)), undefined);
      const [ended] = recordOf(syncOf(w))?.recent ?? [];
      assert.deepEqual([ended?.id, ended?.outcome], ['tuesday', 'Refused']);
      assert.match(ended?.why ?? '', /^the data was replaced at .*, and no backup into repo1 has succeeded since/);
    });

    it('but one that is taken first is waited for', () => {
      const w = waiting({ target: { latest: true }, backup: 'Auto' });
      assert.equal(syncOf(w).status.restore?.phase, 'BackingUp');
    });
  });
});
