/** A migration that nothing older can live with stays one, whatever becomes of its version. */
import { strict as assert } from 'node:assert';
import { annotations, requests } from '../../src/api/names.ts';
import { isReversible, refusal } from '../../src/decide/skew.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { recorded } from '../support/upgrades.ts';
import { edited, observe, overlaid, type World } from '../support/world.ts';

const image = (tag: string): string => `quay.io/opdev/bestie:${tag}`;
/** A Bestie that wants that version, on a database with those migrations; a person says so of 2.0. */
const world = (version: string, ...done: string[]): World => {
  const list = JSON.stringify(done.map(image));
  const w = edited(recorded(ready(), 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: list } } }), { version });
  return { ...w, parent: overlaid(w.parent, { metadata: { annotations: { [requests.irreversibleMigration]: '2.0' } } }) };
};

describe('decide/skew of an irreversible migration', () => {
  each<{ world: World; to: string }, boolean>(
    {
      Before: { reason: 'older than the barrier', given: { world: world('2.0', '1.3', '2.0'), to: '1.3' }, want: false },
      OneLater: {
        reason: 'the barrier stays one version later',
        given: { world: world('2.1', '1.3', '2.0', '2.1'), to: '1.3' },
        want: false,
      },
      Itself: { reason: 'it can live with its own', given: { world: world('2.1', '1.3', '2.0', '2.1'), to: '2.0' }, want: true },
      After: { reason: 'younger than the barrier', given: { world: world('2.2', '1.3', '2.0', '2.1', '2.2'), to: '2.1' }, want: true },
      NotYet: { reason: 'its migrations have not run', given: { world: world('2.0', '1.2', '1.3'), to: '1.2' }, want: true },
      Unknown: { reason: 'another image comes after it', given: { world: world('2.1', '1.3', '2.0'), to: '2.1' }, want: true },
    },
    ({ world: w, to }, want) => {
      assert.equal(isReversible(observe(w), image(to)), want);
    },
  );

  it('is refused by hand, too, also where versions say nothing', () => {
    assert.equal(refusal(observe(world('1.3', '1.3', '2.0', '2.1')), image('1.3'))?.reason, 'DowngradeRefused');
    assert.equal(refusal(observe(world('a-build', 'a-build', '2.0')), image('a-build'))?.reason, 'DowngradeRefused');
    assert.equal(refusal(observe(world('2.0', '1.3', '2.0', '2.1')), image('2.0')), undefined);
  });
});
