import assert from 'node:assert/strict';
import { asked, recordOf } from '../support/restores.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { ago, syncOf, type Loose, type World } from '../support/world.ts';

/** Ahead of this replica's clock, not of that of the one that wrote status; the record is not seen yet. */
const TARGET = { id: 'tuesday', target: { time: ago(-30) } };
const shown = (restore: Loose): World => {
  const w = asked(ready(), TARGET);
  return { ...w, parent: { ...w.parent, status: { ...(w.parent.status as Loose), restore } } };
};

describe('decide/restorewitness: a moment that has come by the clock of another replica', () => {
  each<World, string>(
    {
      TakenOn: {
        reason: 'the other replica has taken the request on',
        given: shown({ id: 'tuesday', phase: 'BackingUp', startedAt: ago(5) }),
        want: `tuesday since ${ago(5)}`,
      },
      Refused: { reason: 'no replica has', given: shown({ id: 'monday', phase: 'BackingUp', startedAt: ago(5) }), want: 'Refused' },
      RefusedBefore: { reason: 'it has ended', given: shown({ id: 'tuesday', phase: 'Refused', startedAt: ago(5) }), want: 'Refused' },
      NothingKnown: { reason: 'it is seen for the first time', given: asked(ready(), TARGET), want: 'Refused' },
    },
    (given, want) => {
      const record = recordOf(syncOf(given));
      const { id, since } = record?.current ?? {};
      assert.equal(id === undefined ? record?.ended.at(-1)?.[1] : `${id} since ${since ?? ''}`, want);
    },
  );
});
