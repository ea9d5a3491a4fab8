import { strict as assert } from 'node:assert';
import {
  armed,
  asked,
  backedUp,
  backingUp,
  failed,
  phaseOf,
  recording,
  recordOf,
  requestedId,
  requestOf,
  restore,
  succeeded,
  takenBack,
  TUESDAY,
  wanting,
} from '../support/restores.ts';
import { backup, created, manualBackup, pgoStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, armedBy, reporting, settled, statusLost } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  conditionOf,
  manifestOf,
  overlaid,
  rerecorded,
  said,
  syncOf,
  UID,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';
import { annotations, requests } from '../../src/api/names.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { outcomeOf } from '../../src/observed/restorerecord.ts';
import { hash8 } from '../../src/lib/hash.ts';

const BY = UID.slice(0, 8);
const WEDNESDAY = { id: 'wednesday', target: { latest: true } };
const wednesday = requestOf('wednesday');
const tuesday = requestOf('tuesday');
const abandoning = (w: World, id = 'tuesday'): World => annotated(w, { [requests.abandonRestore]: id });
const outcomes = (w: World): Record<string, string | undefined> => {
  const record = recordOf(syncOf(w));
  const all = ['tuesday', 'wednesday'].map((id) => [id, record && outcomeOf(id, record)] as const);
  return Object.fromEntries(all.filter(([, outcome]) => outcome !== undefined));
};
const replicas = (w: World): unknown => (manifestOf(syncOf(w), 'Deployment')?.spec as { replicas: number } | undefined)?.replicas;

interface Seen {
  /** The restore that is carried out, and how far it is. */
  current?: string;
  ended: Record<string, string | undefined>;
  /** What is requested from PGO. */
  requested?: string;
}
const seen = (w: World): Seen => {
  const answer = syncOf(w);
  const { current } = recordOf(answer) ?? {};
  const id = requestedId(answer);
  return {
    ...(current && { current: `${current.id} ${current.stage}` }),
    ended: outcomes(w),
    ...(id !== undefined && { requested: id }),
  };
};

/** The database was last applied for another Bestie, which has requested restores of it, or none. */
const attached = (record: Loose | undefined, spec: Loose | 'nothing' = TUESDAY): World => {
  const owner = { apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'bestie', uid: 'another1-0000', controller: true };
  const w = ready();
  const theirs = {
    ...w,
    children: w.children.map((child) =>
      child.kind === 'PostgresCluster' ? rerecorded(child, { metadata: { ownerReferences: [owner] } }) : child,
    ),
  };
  return statusLost(wanting(recording(theirs, record), spec === 'nothing' ? undefined : spec));
};
const theirs = (more: Loose = {}): Loose => ({ by: 'another1', ended: [], ...more });
const current = (stage: string, id = 'tuesday'): Loose => ({
  id,
  request: requestOf(id),
  target: { type: 'time', time: ago(900) },
  repo: 'repo1',
  since: ago(300),
  stage,
  ...(stage === 'Restored' && { restoredAt: ago(100) }),
});

describe('decide/restore: the record', () => {
  describe('of a request that is first seen', () => {
    const fresh = world({ restore: TUESDAY });
    each<World, Seen>(
      {
        Never: { reason: 'nothing is recorded for a Bestie that never asks', given: ready(), want: { ended: {} } },
        Asked: { reason: 'of a database that this Bestie has', given: asked(), want: { current: 'tuesday Requested', ended: {} } },
        WithTheBestie: { reason: 'it was meant for other data', given: fresh, want: { ended: { tuesday: 'PassedOver' } } },
        WithTheDatabase: {
          reason: 'the database was removed since',
          given: without(asked(), 'PostgresCluster'),
          want: { ended: { tuesday: 'PassedOver' } },
        },
        AfterTheBestie: {
          reason: 'the database is being made',
          given: asked(carriedOut(fresh), WEDNESDAY),
          want: { ended: { tuesday: 'PassedOver', wednesday: 'Refused' } },
        },
        Attached: { reason: 'it was meant for other data', given: attached(undefined), want: { ended: { tuesday: 'PassedOver' } } },
        AttachedAndRecorded: {
          reason: 'the same',
          given: attached(theirs({ ended: [[hash8('monday'), 'Succeeded']] })),
          want: { ended: { tuesday: 'PassedOver' } },
        },
        AttachedWithItsRequest: {
          reason: 'the other Bestie has wanted it, and nothing was changed yet',
          given: attached(theirs({ current: current('Requested') })),
          want: { ended: { tuesday: 'PassedOver' } },
        },
        AttachedWithAnotherRequest: {
          reason: 'neither is of this Bestie',
          given: attached(theirs({ current: current('Requested', 'wednesday') })),
          want: { ended: { tuesday: 'PassedOver', wednesday: 'PassedOver' } },
        },
        AttachedWithoutAWish: {
          reason: 'nothing is left to be called off',
          given: attached(theirs({ current: current('Requested') }), 'nothing'),
          want: { ended: { tuesday: 'PassedOver' } },
        },
        AttachedAfterIt: {
          reason: 'the other Bestie has carried it out',
          given: attached(theirs({ ended: [[hash8('tuesday'), 'Succeeded']] })),
          want: { ended: { tuesday: 'Succeeded' } },
        },
        AttachedAndAskedSince: {
          reason: 'it is this one’s by now',
          given: asked(carriedOut(attached(undefined)), WEDNESDAY),
          want: { current: 'wednesday Requested', ended: { tuesday: 'PassedOver' } },
        },
        FormerRelease: {
          reason: 'a database of this Bestie, without a record: the request is new',
          given: recording(asked(), undefined),
          want: { current: 'tuesday Requested', ended: {} },
        },
        RestoredByHandBefore: {
          reason: 'restores by hand have no id of ours',
          given: asked(restore(ready(), 'up', 'by-hand'), WEDNESDAY),
          want: { current: 'wednesday Requested', ended: {} },
        },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
        assert.deepEqual(seen(carriedOut(given)), want, 'and once more');
      },
    );

    it('is written with the database when that is made', () => {
      const manifest = manifestOf(syncOf(fresh), 'PostgresCluster');
      const record = JSON.parse(manifest?.metadata.annotations?.[annotations.restores] ?? '') as Loose;
      assert.deepEqual([record.by, record.ended], [BY, [[hash8('tuesday'), 'PassedOver']]]);
    });

    it('adds nothing to a database whose Bestie never asks for one', () => {
      for (const w of [world(), created(), ready(), settled(ready())])
        assert.equal(manifestOf(syncOf(w), 'PostgresCluster')?.metadata.annotations?.[annotations.restores], undefined);
    });
  });

  describe('of an armed restore of an attached database goes on', () => {
    const half = (spec: Loose | 'nothing'): World => {
      const w = attached(theirs({ current: current('Armed') }), spec);
      const block = { enabled: true, repoName: 'repo1', options: ['--type=time', "--target='2026-01-01 11:45:00+00'"] };
      const patch = { metadata: { annotations: { [RESTORE_ANNOTATION]: tuesday } }, spec: { backups: { pgbackrest: { restore: block } } } };
      const noted = {
        ...w,
        children: w.children.map((child) => (child.kind === 'PostgresCluster' ? rerecorded(overlaid(child, patch), patch) : child)),
      };
      return restore(noted, 'running');
    };
    each<World, Seen>(
      {
        Wanted: { reason: 'under the same id', given: half(TUESDAY), want: { current: 'tuesday Armed', ended: {}, requested: tuesday } },
        Unwanted: {
          reason: 'Postgres is not started on half of it',
          given: half('nothing'),
          want: { current: 'tuesday Armed', ended: {}, requested: tuesday },
        },
        AnotherWanted: {
          reason: 'that was meant for other data',
          given: half(WEDNESDAY),
          want: { current: 'tuesday Armed', ended: { wednesday: 'PassedOver' }, requested: tuesday },
        },
        RecordLost: {
          reason: 'what was applied shows the request',
          given: recording(half('nothing'), undefined),
          want: { current: `${tuesday} Armed`, ended: {}, requested: tuesday },
        },
        RecordUnreadable: {
          reason: 'the same',
          given: recording(half('nothing'), '{'),
          want: { current: `${tuesday} Armed`, ended: {}, requested: tuesday },
        },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
      },
    );
  });

  describe('of a request whose status, or record, is lost', () => {
    each<World, Seen>(
      {
        Requested: { reason: 'the record has it', given: statusLost(backingUp()), want: { current: 'tuesday Requested', ended: {} } },
        Armed: {
          reason: 'the record has it',
          given: statusLost(restore(armed(), 'running')),
          want: { current: 'tuesday Armed', ended: {}, requested: tuesday },
        },
        Failed: {
          reason: 'the record has it',
          given: statusLost(failed()),
          want: { current: 'tuesday Armed', ended: {}, requested: tuesday },
        },
        Restored: { reason: 'the record has it', given: statusLost(takenBack()), want: { current: 'tuesday Restored', ended: {} } },
        Succeeded: { reason: 'it is not carried out again', given: statusLost(succeeded()), want: { ended: { tuesday: 'Succeeded' } } },
        RecordOfSucceeded: { reason: 'status has it', given: recording(succeeded(), undefined), want: { ended: { tuesday: 'Succeeded' } } },
        RecordUnreadable: { reason: 'the same', given: recording(succeeded(), 'x'), want: { ended: { tuesday: 'Succeeded' } } },
        BothOfSucceeded: {
          reason: 'PGO shows it',
          given: recording(statusLost(restore(succeeded(), 'up')), undefined),
          want: { ended: { tuesday: 'Succeeded' } },
        },
        BothOfFailed: {
          reason: 'PGO shows it, and it is requested still',
          given: recording(statusLost(failed()), undefined),
          want: { current: `${tuesday} Armed`, ended: { tuesday: 'Failed' }, requested: tuesday },
        },
        RecordOfAsked: {
          reason: 'nothing was changed yet: it begins again',
          given: recording(backingUp(), undefined),
          want: { current: 'tuesday Requested', ended: {} },
        },
        RecordOfRefused: {
          reason: 'status has it',
          given: recording(carriedOut(asked(ready(), { id: 'tuesday', target: { time: ago(-60) } })), undefined),
          want: { ended: { tuesday: 'Refused' } },
        },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
        assert.deepEqual(seen(carriedOut(given)), want, 'and once more');
      },
    );
  });

  describe('of a request that is taken away', () => {
    const gone = (w: World): World => wanting(w, undefined);
    const calledOff = { ended: { tuesday: 'CalledOff' } };
    each<World, Seen>(
      {
        Waiting: {
          reason: 'nothing was changed yet',
          given: gone(carriedOut(asked(reporting(ready(), 'PostgresCluster', manualBackup(pgoStatus.usable, 'mine', 'running'))))),
          want: calledOff,
        },
        BackingUp: { reason: 'nothing was changed yet', given: gone(backup(backingUp(), 'running')), want: calledOff },
        Stopping: { reason: 'the application returns', given: gone(backedUp()), want: calledOff },
        Armed: { reason: 'it goes on', given: gone(armed()), want: { current: 'tuesday Armed', ended: {}, requested: tuesday } },
        Running: {
          reason: 'it goes on',
          given: gone(restore(armed(), 'running')),
          want: { current: 'tuesday Armed', ended: {}, requested: tuesday },
        },
        Failed: {
          reason: 'the database stays down',
          given: gone(failed()),
          want: { current: 'tuesday Armed', ended: {}, requested: tuesday },
        },
        Restored: { reason: 'what follows goes on', given: gone(takenBack()), want: { current: 'tuesday Restored', ended: {} } },
        Succeeded: { reason: 'it is over', given: gone(succeeded()), want: { ended: { tuesday: 'Succeeded' } } },
        PassedOver: { reason: 'it is over', given: gone(carriedOut(attached(undefined))), want: { ended: { tuesday: 'PassedOver' } } },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
      },
    );

    it('and is not carried out when it returns', () => {
      const back = wanting(carriedOut(gone(backingUp())), TUESDAY);
      assert.deepEqual([seen(back), armedBy(back), phaseOf(back)], [calledOff, undefined, 'CalledOff']);
    });

    it('lets the application return at once', () => {
      assert.deepEqual([replicas(backedUp()), replicas(gone(backedUp()))], [0, 1]);
    });

    it('is said to go on, where it does', () => {
      const message = conditionOf(syncOf(gone(restore(armed(), 'running'))), 'Restored')?.message ?? '';
      assert.match(
        message,
        /; it is no longer in the spec, and stays requested: to take it back would start Postgres on what it has left so far$/,
      );
    });

    it('lets a backup that runs end, and another one be taken', () => {
      const off = gone(backup(backingUp(), 'running'));
      assert.equal(armedBy(off), armedBy(asked()));
      assert.equal(armedBy(carriedOut(backup(carriedOut(off), 'succeeded', ago(20)))), undefined);
    });
  });

  describe('of a request that another one replaces', () => {
    const next = (w: World, restore: Loose = WEDNESDAY): World => wanting(w, restore);
    each<World, Seen>(
      {
        BackingUp: {
          reason: 'nothing was changed yet',
          given: next(backingUp()),
          want: { current: 'wednesday Requested', ended: { tuesday: 'Replaced' } },
        },
        Stopping: { reason: 'the same', given: next(backedUp()), want: { current: 'wednesday Requested', ended: { tuesday: 'Replaced' } } },
        Running: {
          reason: 'at once: PGO starts over, and Postgres is not started between',
          given: next(restore(armed(), 'running')),
          want: { current: 'wednesday Armed', ended: { tuesday: 'Replaced' }, requested: wednesday },
        },
        Failed: {
          reason: 'the way on',
          given: next(failed()),
          want: { current: 'wednesday Armed', ended: { tuesday: 'Failed' }, requested: wednesday },
        },
        BrokenOff: {
          reason: 'the way on',
          given: next(carriedOut(restore(armed(), 'brokenOff'))),
          want: { current: 'wednesday Armed', ended: { tuesday: 'Failed' }, requested: wednesday },
        },
        Back: {
          reason: 'it had succeeded: the request is taken back first',
          given: next(restore(armed(), 'up')),
          want: { current: 'wednesday Requested', ended: { tuesday: 'Succeeded' } },
        },
        Restored: {
          reason: 'the data was back',
          given: next(takenBack()),
          want: { current: 'wednesday Requested', ended: { tuesday: 'Succeeded' } },
        },
        Succeeded: {
          reason: 'another one',
          given: next(succeeded()),
          want: { current: 'wednesday Requested', ended: { tuesday: 'Succeeded' } },
        },
        OtherTarget: {
          reason: 'under the same id it is the same request',
          given: next(restore(armed(), 'running'), { id: 'tuesday', target: { latest: true } }),
          want: { current: 'tuesday Armed', ended: {}, requested: tuesday },
        },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
      },
    );

    it('says that another target needs another id', () => {
      const w = wanting(restore(armed(), 'running'), { id: 'tuesday', target: { latest: true } });
      assert.match(
        conditionOf(syncOf(w), 'Restored')?.message ?? '',
        /; spec\.restore\.target has changed since under the same id: another target needs a new id$/,
      );
    });
  });

  describe('of a request that a user abandons', () => {
    const abandoned = { ended: { tuesday: 'Abandoned' } };
    const goesOn = { current: 'tuesday Armed', ended: {}, requested: tuesday };
    each<World, Seen>(
      {
        Failed: { reason: 'Postgres is started on what is there', given: abandoning(failed()), want: abandoned },
        Running: { reason: 'one that hangs', given: abandoning(restore(armed(), 'running')), want: abandoned },
        NotAccepted: {
          reason: 'PGO is down: nothing was changed',
          given: abandoning(armed()),
          want: { ended: { tuesday: 'CalledOff' } },
        },
        NotAcceptedAfterAnother: {
          reason: 'what is there is half of the former one',
          given: abandoning(carriedOut(asked(failed(), WEDNESDAY)), 'wednesday'),
          want: { ended: { tuesday: 'Failed', wednesday: 'Abandoned' } },
        },
        BrokenOff: { reason: 'the application returns', given: abandoning(restore(armed(), 'brokenOff')), want: abandoned },
        Back: {
          reason: 'it has succeeded after all',
          given: abandoning(restore(armed(), 'up')),
          want: { current: 'tuesday Restored', ended: {} },
        },
        NotBegun: {
          reason: 'it is called off before anything is changed, or it would be taken back as soon as it was armed',
          given: abandoning(backingUp()),
          want: { ended: { tuesday: 'CalledOff' } },
        },
        BeforeItIsSeen: { reason: 'the annotation came first', given: abandoning(asked()), want: { ended: { tuesday: 'CalledOff' } } },
        Restored: { reason: 'the data is back', given: abandoning(takenBack()), want: { current: 'tuesday Restored', ended: {} } },
        AnotherId: { reason: 'it was meant for another one', given: abandoning(failed(), 'monday'), want: goesOn },
        NoId: { reason: 'which one?', given: abandoning(failed(), ''), want: goesOn },
        Unwanted: { reason: 'it is no longer in the spec', given: abandoning(wanting(failed(), undefined)), want: abandoned },
        AndAnImpossibleOne: {
          reason: 'that one is not carried out',
          given: abandoning(wanting(failed(), { id: 'wednesday', target: { time: ago(-60) } })),
          want: { ended: { tuesday: 'Abandoned', wednesday: 'Refused' } },
        },
        AndAnother: {
          reason: 'the next one comes at once, without Postgres on what is left',
          given: abandoning(wanting(failed(), WEDNESDAY)),
          want: { current: 'wednesday Armed', ended: { tuesday: 'Failed' }, requested: wednesday },
        },
      },
      (given, want) => {
        assert.deepEqual(seen(given), want);
      },
    );

    it('is not carried out again, and the history of its data is not known', () => {
      const up = carriedOut(restore(carriedOut(abandoning(failed())), 'brokenOff'));
      assert.deepEqual(seen(up), abandoned);
      assert.equal(said(syncOf(up), 'Restored'), 'False RestoreAbandoned');
      assert.equal(recordOf(syncOf(up))?.restoredAt, '2026-01-01T12:00:00Z');
    });
  });

  it('is none where the database is an external one', () => {
    const w = world({ sessionSecret: { name: 's' }, database: { provider: 'External', secretName: 'one' } });
    assert.equal(syncOf(w).status.restore, undefined);
    assert.equal(conditionOf(syncOf(w), 'Restored'), undefined);
  });
});
