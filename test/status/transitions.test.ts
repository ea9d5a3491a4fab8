import { strict as assert } from 'node:assert';
import type { Status } from '../../src/api/observed.ts';
import { isQuiet, transitions, type Transitions } from '../../src/status/transitions.ts';
import { witness, type Witness } from '../../src/status/witness.ts';
import { carriedOut, edited, observe, syncOf, world, type World } from '../support/world.ts';
import { backingUp, backup, ready, upgraded } from '../support/stages.ts';
import { later } from '../support/upgrades.ts';
import { each } from '../support/table.ts';

type Previous = Parameters<typeof transitions>[0];

/** A world in which every migration and every backup is this Bestie's own, and nothing else happens. */
const own: Witness = { completed: ['a', 'b', 'c'], isOwnBackup: () => true, isNews: () => true, recreated: [] };

const SINCE = '2026-01-01T00:00:00Z';
const condition = { type: 'Ready', status: 'False', reason: 'Creating', message: 'm', lastTransitionTime: SINCE } as const;
const next = { conditions: [condition] } as Status;
const transition = { type: 'Ready', to: 'False', reason: 'Creating', message: 'm' };

describe('status/transitions: conditions', () => {
  each<Previous, unknown[]>(
    {
      First: { reason: 'a condition that was not there', given: {}, want: [{ ...transition, from: undefined, since: undefined }] },
      Same: { reason: 'nothing happened', given: next, want: [] },
      OtherMessage: { reason: 'other words for the same', given: { conditions: [{ ...condition, message: 'n' }] }, want: [] },
      OtherTime: {
        reason: 'other clocks',
        given: { conditions: [{ ...condition, lastTransitionTime: '2025-01-01T00:00:00Z' }] },
        want: [],
      },
      Reason: {
        reason: 'another reason is news',
        given: { conditions: [{ ...condition, reason: 'NotApplied' }] },
        want: [{ ...transition, from: 'False', since: SINCE }],
      },
      Flip: {
        reason: 'a flip is news',
        given: { conditions: [{ ...condition, status: 'True' }] },
        want: [{ ...transition, from: 'True', since: SINCE }],
      },
      Garbage: {
        reason: 'what cannot be read was not there',
        given: { conditions: [null, { type: 'Ready' }] },
        want: [{ ...transition, from: undefined, since: undefined }],
      },
      Gone: {
        reason: 'a condition that does not apply any more is no news',
        given: { conditions: [condition, { ...condition, type: 'HPACreated' }] },
        want: [],
      },
    },
    (given, want) => {
      assert.deepEqual(transitions(given, next, own).conditions, want);
    },
  );
});

describe('status/transitions: upgrades', () => {
  const upgrade = { from: 'a', to: 'b', phase: 'Migrating', since: SINCE } as const;
  const wanted = { from: 'a', to: 'b', phase: 'Migrating', message: undefined };
  each<{ last: Previous['upgrade']; upgrade: object | undefined }, unknown>(
    {
      Never: { reason: 'there was none', given: { last: undefined, upgrade: undefined }, want: undefined },
      First: {
        reason: 'the first that is reported',
        given: { last: undefined, upgrade },
        want: { ...wanted, before: { to: undefined, phase: undefined }, since: undefined },
      },
      Same: { reason: 'it continues', given: { last: upgrade, upgrade }, want: undefined },
      OtherWords: {
        reason: 'the same phase with another message',
        given: { last: { ...upgrade, message: 'm' }, upgrade },
        want: undefined,
      },
      Phase: {
        reason: 'the next phase',
        given: { last: { ...upgrade, phase: 'BackingUp' }, upgrade: { ...upgrade, message: 'why' } },
        want: { ...wanted, message: 'why', before: { to: 'b', phase: 'BackingUp' }, since: undefined },
      },
      Target: {
        reason: 'another target in the same phase',
        given: { last: { ...upgrade, to: 'c', history: [{ at: SINCE }, { at: 'long ago' }] }, upgrade },
        want: { ...wanted, before: { to: 'c', phase: 'Migrating' }, since: SINCE },
      },
      Nulls: {
        reason: 'null is nothing',
        given: { last: { from: null, to: null, phase: null, since: null }, upgrade },
        want: { ...wanted, before: { to: undefined, phase: undefined }, since: undefined },
      },
      Lost: { reason: 'it is not reported any more', given: { last: upgrade, upgrade: undefined }, want: undefined },
    },
    ({ last, upgrade: now }, want) => {
      const found = transitions({ ...(last && { upgrade: last }) }, { conditions: [], ...(now && { upgrade: now }) }, own);
      assert.deepEqual(found.upgrade, want);
      assert.equal('upgrade' in found, want !== undefined);
    },
  );
});

describe('status/transitions: restores', () => {
  const entry = (id: string, result: string, at = SINCE) => ({ id, target: 'latest', result, at });
  const restore = { id: 'a', target: 'latest', phase: 'Restoring', startedAt: SINCE, since: SINCE };
  const wanted = { id: 'a', target: 'latest', phase: 'Restoring', message: undefined, before: undefined, ended: [] };
  const over = { ...restore, phase: 'Refused', completedAt: SINCE, history: [entry('a', 'Refused')] };
  const ended = { ...wanted, phase: 'Refused', before: 'Restoring', ended: [entry('a', 'Refused')] };
  each<{ last?: Previous['restore']; next?: Status['restore']; seen?: Partial<Witness> }, unknown>(
    {
      Never: { reason: 'there was none', given: {}, want: undefined },
      First: { reason: 'the first', given: { next: restore }, want: wanted },
      Same: { reason: 'it continues', given: { last: restore, next: restore }, want: undefined },
      OtherWords: {
        reason: 'the same phase',
        given: { last: { ...restore, message: 'm' }, next: { ...restore, message: 'n' } },
        want: undefined,
      },
      Phase: {
        reason: 'the next phase',
        given: { last: { ...restore, phase: 'Stopping' }, next: { ...restore, message: 'why' } },
        want: { ...wanted, message: 'why', before: 'Stopping' },
      },
      Another: {
        reason: 'another one in the same phase',
        given: { last: { ...restore, id: 'b' }, next: restore },
        want: wanted,
      },
      Ended: { reason: 'it was refused', given: { last: restore, next: over }, want: ended },
      EndedBefore: { reason: 'that is known', given: { last: over, next: over }, want: undefined },
      EndedBesides: {
        reason: 'another one was refused',
        given: { last: restore, next: { ...restore, history: [entry('b', 'Refused')] } },
        want: { ...wanted, before: 'Restoring', ended: [entry('b', 'Refused')] },
      },
      Nulls: {
        reason: 'null is nothing',
        given: { last: { id: null, phase: null, history: [null] }, next: restore },
        want: wanted,
      },
      CameIntoView: {
        reason: 'it ended long ago, or under another Bestie',
        given: { next: over, seen: { isNews: () => false } },
        want: undefined,
      },
      CameIntoViewBeside: {
        reason: 'the last one is under way',
        given: { next: { ...restore, history: [entry('b', 'Refused')] }, seen: { isNews: () => false } },
        want: wanted,
      },
    },
    ({ last, next: restore, seen }, want) => {
      const found = transitions({ ...(last && { restore: last }) }, { conditions: [], ...(restore && { restore }) }, { ...own, ...seen });
      assert.deepEqual(found.restore, want);
      assert.equal(isQuiet(found), want === undefined);
    },
  );
});

describe('status/transitions: backups', () => {
  const backupOf = (id: string, completedAt: string) => ({ id, completedAt });
  each<{ last: Previous['backup']; backup: Status['backup'] }, unknown>(
    {
      Never: { reason: 'there was none', given: { last: undefined, backup: undefined }, want: undefined },
      First: {
        reason: 'the first',
        given: { last: undefined, backup: backupOf('a', SINCE) },
        want: backupOf('a', SINCE),
      },
      Same: { reason: 'it is known already', given: { last: backupOf('a', SINCE), backup: backupOf('a', SINCE) }, want: undefined },
      Later: {
        reason: 'another one',
        given: { last: backupOf('a', SINCE), backup: backupOf('b', '2026-01-02T00:00:00Z') },
        want: backupOf('b', '2026-01-02T00:00:00Z'),
      },
      Again: {
        reason: 'the same schedule, a day later',
        given: { last: backupOf('a', SINCE), backup: backupOf('a', '2026-01-02T00:00:00Z') },
        want: backupOf('a', '2026-01-02T00:00:00Z'),
      },
      Fraction: {
        reason: 'what a release before wrote with a fraction is the same',
        given: { last: backupOf('a', '2026-01-01T00:00:00.987654321Z'), backup: backupOf('a', SINCE) },
        want: undefined,
      },
      Half: { reason: 'without a time it has not ended', given: { last: undefined, backup: { id: 'a' } }, want: undefined },
      Lost: { reason: 'it is not reported any more', given: { last: backupOf('a', SINCE), backup: undefined }, want: undefined },
    },
    ({ last, backup: now }, want) => {
      const found = transitions({ ...(last && { backup: last }) }, { conditions: [], ...(now && { backup: now }) }, own);
      assert.deepEqual(found.backup, want);
      assert.equal('backup' in found, want !== undefined);
    },
  );
});

describe('status/transitions: what only came into view', () => {
  it('a backup of another Bestie is no news', () => {
    const backup = { id: 'a', completedAt: SINCE };
    assert.deepEqual(transitions({}, { conditions: [], backup }, own).backup, backup);
    assert.equal('backup' in transitions({}, { conditions: [], backup }, { ...own, isOwnBackup: () => false }), false);
  });

  it('a migration that no Job of this Bestie did is no news', () => {
    const [last, database] = [
      { name: 'bestie-pgo', migrated: [] },
      { name: 'bestie-pgo', migrated: ['x', 'a'] },
    ];
    assert.deepEqual(transitions({ database: last }, { conditions: [], database }, own).migrated, ['a']);
  });
});

describe('status/transitions: migrations', () => {
  const name = 'bestie-pgo';
  each<{ last: Previous['database']; database: Status['database'] }, string[]>(
    {
      First: { reason: 'the list was empty', given: { last: { name, migrated: [] }, database: { name, migrated: ['a'] } }, want: ['a'] },
      Same: { reason: 'known already', given: { last: { name, migrated: ['a'] }, database: { name, migrated: ['a'] } }, want: [] },
      Next: { reason: 'what was added', given: { last: { name, migrated: ['a'] }, database: { name, migrated: ['a', 'b'] } }, want: ['b'] },
      Bounded: {
        reason: 'the oldest is forgotten',
        given: { last: { name, migrated: ['a', 'b'] }, database: { name, migrated: ['b', 'c'] } },
        want: ['c'],
      },
      Untold: {
        reason: 'nothing says what is new in a database that was not reported',
        given: { last: undefined, database: { name, migrated: ['a'] } },
        want: [],
      },
      Null: { reason: 'the same', given: { last: { name, migrated: null }, database: { name, migrated: ['a'] } }, want: [] },
      Other: {
        reason: 'it was run on another database',
        given: { last: { name: 'x', migrated: [] }, database: { name, migrated: ['a'] } },
        want: [],
      },
      Lost: { reason: 'it is not reported any more', given: { last: { name, migrated: ['a'] }, database: undefined }, want: [] },
    },
    ({ last, database }, want) => {
      assert.deepEqual(
        transitions({ ...(last && { database: last }) }, { conditions: [], ...(database && { database }) }, own).migrated,
        want,
      );
    },
  );
});

describe('status/transitions: whole worlds', () => {
  const of = (w: World): Transitions => {
    const { status, children } = syncOf(w);
    return transitions(w.parent.status as Status, status, witness(children, observe(w)));
  };

  it('reports nothing of a world in which nothing happens, now and later', () => {
    const w = carriedOut(ready(world({ maxReplicas: 4 })));
    for (const seconds of [0, 1, 60, 3600, 36_000])
      assert.deepEqual(of(later(w, seconds)), { conditions: [], migrated: [], recreated: [] });
    assert.ok(isQuiet(of(w)));
  });

  each<() => World, boolean>(
    {
      Rest: { reason: 'nothing', given: ready, want: true },
      Edited: { reason: 'an upgrade and conditions', given: () => edited(ready(), { version: '1.4' }), want: false },
      BackedUp: { reason: 'a backup', given: () => backup(backingUp(), 'succeeded'), want: false },
      Upgraded: { reason: 'reported already', given: upgraded, want: true },
    },
    (given, want) => {
      assert.equal(isQuiet(of(given())), want);
    },
  );

  it('each of the six alone is news', () => {
    const quiet = { conditions: [], migrated: [], recreated: [] };
    assert.ok(isQuiet(quiet));
    assert.ok(!isQuiet({ ...quiet, migrated: ['a'] }));
    const upgrade = {
      from: 'a',
      to: 'b',
      phase: 'Failed',
      message: undefined,
      before: { to: undefined, phase: undefined },
      since: undefined,
    };
    assert.ok(!isQuiet({ ...quiet, upgrade }));
    assert.ok(!isQuiet({ ...quiet, backup: { id: 'a', completedAt: SINCE } }));
    assert.ok(!isQuiet({ ...quiet, recreated: [{ kind: 'Service', name: 's', since: SINCE }] }));
    assert.ok(!isQuiet({ ...quiet, scaled: { from: 1, to: 2, generation: 3 } }));
    assert.ok(!isQuiet(transitions({}, next, own)));
  });
});
