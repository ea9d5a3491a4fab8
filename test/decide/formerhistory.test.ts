/** Histories that restores have given up: a moment on one of them is reached along that history. */
import { strict as assert } from 'node:assert';
import { asked, MOMENT, recordOf, restore, succeeded, type RestoreStep } from '../support/restores.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later } from '../support/upgrades.ts';
import { ago, carriedOut, manifestOf, patched, syncOf, type World } from '../support/world.ts';
import type { RestoreRecord } from '../../src/observed/restorerecord.ts';
import { annotations } from '../../src/api/names.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';

const FROM = ago(900);
/** When every restore here has ended, see test/support/restores.ts. */
const UNTIL = ago(30);
const TO_A_MOMENT = ['--type=time', `--target='${FROM.replace('T', ' ').replace('Z', '+00')}'`];

/** A restore that a person has requested of PGO, as far as it is. */
const byHand = (step: RestoreStep, options = TO_A_MOMENT): World => {
  const block = { enabled: true, repoName: 'repo1', options };
  const patch = { metadata: { annotations: { [RESTORE_ANNOTATION]: 'by-hand' } }, spec: { backups: { pgbackrest: { restore: block } } } };
  return restore(patched(carriedOut(ready()), 'PostgresCluster', patch), step, 'by-hand');
};
const disarmed = (w: World): World =>
  patched(w, 'PostgresCluster', {
    metadata: { annotations: { [RESTORE_ANNOTATION]: undefined } },
    spec: { backups: { pgbackrest: { restore: undefined } } },
  });
const givenUp = (w: World): RestoreRecord['givenUp'] => recordOf(syncOf(w))?.givenUp ?? [];

describe('decide/formerhistory', () => {
  describe('of a restore by hand is on record', () => {
    const span = { from: new Date(FROM).toISOString(), until: UNTIL };
    each<World, RestoreRecord['givenUp']>(
      {
        Runs: { reason: 'it may fail', given: byHand('running'), want: [] },
        Failed: { reason: 'the former history goes on', given: byHand('failed'), want: [] },
        Ended: { reason: 'from its target to its end', given: byHand('up'), want: [span] },
        EndedLongAgo: { reason: 'once, and for good', given: disarmed(later(carriedOut(carriedOut(byHand('up'))), 86_400)), want: [span] },
        OfTheBestie: { reason: 'once, too', given: succeeded(), want: [{ from: MOMENT, until: UNTIL }] },
        Unread: { reason: 'nothing is known of its target any more', given: disarmed(byHand('up')), want: [] },
        Latest: { reason: 'it has given up nothing', given: byHand('up', ['--type=default']), want: [] },
        Unsaid: { reason: 'the same', given: byHand('up', []), want: [] },
      },
      (given, want) => {
        assert.deepEqual(givenUp(given), want);
      },
    );

    it('and nothing else is, where the Bestie never asks for a restore', () => {
      const note = manifestOf(syncOf(byHand('running')), 'PostgresCluster')?.metadata.annotations?.[annotations.restores];
      assert.equal(note, undefined);
    });
  });

  describe('leads to a moment', () => {
    const target = (w: World, time: string): unknown =>
      recordOf(syncOf(carriedOut(asked(w, { id: 'wednesday', target: { time } }))))?.current?.target;
    const hand = carriedOut(byHand('up'));
    const own = succeeded();
    each<[World, string], boolean>(
      {
        ByHand: { reason: 'between its target and its end', given: [hand, ago(300)], want: true },
        BeforeByHand: { reason: 'both histories have it', given: [hand, ago(1200)], want: false },
        Own: { reason: 'the same of one that the Bestie has requested', given: [own, ago(300)], want: true },
        BeforeOwn: { reason: 'both histories have it', given: [own, ago(900)], want: false },
      },
      ([w, time], want) => {
        assert.deepEqual(target(w, time), { type: 'time', time, ...(want && { isGivenUp: true }) });
      },
    );
  });
});
