/** Lives that once broke a law, each cut down to what broke it: they are played again whatever the random ones are. */
import assert from 'node:assert/strict';
import { POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import { live, type Life } from '../support/life.ts';
import type { Event } from '../support/lifecycle.ts';

const request = (id: string, to: 'latest' | 'nosuch' | 'future'): Event => ({
  do: 'request',
  id,
  to,
  seconds: 2,
  backup: 'Auto',
});

/** What shortens the waits of an upgrade whose migrations are undone. */
const UNDO = { onFailure: 'Restore', progressDeadlineSeconds: 30, migrationDeadlineSeconds: 60, backupTimeoutSeconds: 60 };

const drill = (when: 'token' | 'soon'): Event => ({ do: 'verify', when, token: 'one', repository: '', seconds: 300 });

const cases: Record<string, { reason: string; given: Partial<Life>; restores: number; drills?: number; clones?: number }> = {
  StaleRecord: {
    reason: 'two replicas that do not see the record yet agree since when a restore is requested; they wrote in turn without end',
    given: {
      events: [
        { what: { do: 'fault', fault: { at: 'cache', kinds: [POSTGRES_CLUSTER], seconds: 2 } }, wait: 0 },
        { what: request('mon', 'latest'), wait: 40 },
      ],
      skewSeconds: 60,
    },
    restores: 1,
  },
  PausedByTwoClocks: {
    reason: 'of two replicas one takes the moment for one to come: what a paused plan would do is reported by neither',
    given: {
      events: [
        { what: { do: 'spec', spec: { version: '1.4' } }, wait: 0 },
        { what: { do: 'pause', value: 'true' }, wait: 5 },
        { what: request('mon', 'future'), wait: 40 },
      ],
      skewSeconds: 60,
    },
    restores: 1,
  },
  PausedAtOnce: {
    reason: 'the same without a backup, where one of the plans would stop the application',
    given: {
      events: [
        { what: { do: 'pause', value: 'true' }, wait: 0 },
        { what: { do: 'request', id: 'mon', to: 'future', seconds: 2, backup: 'Skip' }, wait: 40 },
      ],
      skewSeconds: 60,
    },
    restores: 1,
  },
  GivenUpEarly: {
    reason: 'a request that is given up by its id before it is armed is called off; it was carried out and taken back half-way',
    given: {
      events: [
        { what: { do: 'abandon', id: 'mon' }, wait: 30 },
        { what: request('mon', 'latest'), wait: 40 },
      ],
    },
    restores: 0,
  },
  BackedUpBesidePods: {
    reason:
      'a backup by hand hides that the first attempt has failed: the backup that a failed migration is set back to was taken beside pods',
    given: {
      events: [
        { what: { do: 'backups', fail: true }, wait: 0 },
        { what: { do: 'spec', spec: { version: '1.4-badmigration', upgrade: UNDO } }, wait: 9 },
        { what: { do: 'touch', value: 'by-hand' }, wait: 0 },
      ],
    },
    restores: 1,
  },
  GoodImageForgotten: {
    reason:
      'the whole status is lost while the application is stopped: what ran well before a version without an image was not known any more',
    given: {
      events: [
        { what: request('mon', 'latest'), wait: 5 },
        { what: { do: 'spec', spec: { version: '1.4-lost' } }, wait: 5 },
        { what: { do: 'disarm' }, wait: 5 },
        { what: { do: 'forget', all: true }, wait: 5 },
      ],
      ending: 'abandon',
    },
    restores: 0,
  },
  BrokenOff: {
    reason: 'a person takes the request away twice, and requests another restore: nothing is migrated or served until it is carried out',
    given: {
      events: [
        { what: request('tue', 'latest'), wait: 10 },
        { what: { do: 'disarm' }, wait: 1 },
        { what: { do: 'restore', id: 'tuesday', back: 0 }, wait: 1 },
      ],
    },
    restores: 1,
  },
  NoSuchLabel: {
    reason: 'a restore that has failed is given up, and Postgres is started on what it has left',
    given: { events: [{ what: request('mon', 'nosuch'), wait: 20 }], ending: 'abandon' },
    restores: 0,
  },
  DueByOneClock: {
    reason: 'of two replicas one takes a drill for due: its policy was made and removed in turn, without end',
    given: {
      events: [
        { what: { do: 'annotate', key: 'allow-downgrade', value: '1.3' }, wait: 5 },
        { what: drill('soon'), wait: 5 },
        { what: { do: 'spec', spec: { env: [{ name: 'A', value: 'x' }] } }, wait: 60 },
      ],
      skewSeconds: 60,
    },
    restores: 0,
    drills: 1,
  },
  WaitsByOneClock: {
    reason: 'of two replicas one takes a drill for due that waits for a restore: only one of them reported that, in turn with the other',
    given: {
      events: [
        { what: request('mon', 'latest'), wait: 5 },
        { what: drill('soon'), wait: 60 },
      ],
      skewSeconds: 60,
    },
    restores: 1,
    drills: 1,
  },
  FutureByOneClock: {
    reason:
      'a clone of a moment that has come by one clock alone, and of another Postgres: each replica reported its own cause, in turn without end',
    given: {
      events: [{ what: { do: 'clone', from: 'older', to: 'future', seconds: 50, repository: '' }, wait: 20 }],
      skewSeconds: 60,
    },
    restores: 0,
  },
  CopyWithoutRecords: {
    reason:
      'every record and label is taken from the copy of a drill while nothing reconciles: it was taken for a database of the user, and stayed',
    given: {
      events: [
        { what: drill('token'), wait: 6 },
        { what: { do: 'fault', fault: { at: 'outage', of: 'metacontroller', seconds: 20 } }, wait: 1 },
        { what: { do: 'drill', what: 'copy', act: 'wipe' }, wait: 0 },
        { what: { do: 'drill', what: 'copy', act: 'strip' }, wait: 60 },
      ],
    },
    restores: 0,
  },
  BoundOfOthers: {
    reason: 'a person writes another bound where the record of the operator was removed: the copy was kept for years',
    given: {
      events: [
        { what: { do: 'copies', fate: 'hang' }, wait: 0 },
        { what: drill('token'), wait: 6 },
        { what: { do: 'fault', fault: { at: 'outage', of: 'metacontroller', seconds: 20 } }, wait: 1 },
        { what: { do: 'drill', what: 'copy', act: 'wipe' }, wait: 0 },
        { what: { do: 'drill', what: 'copy', act: 'prolong' }, wait: 500 },
      ],
    },
    restores: 0,
  },
};

describe('a life that once broke a law', function () {
  this.timeout(60_000);

  for (const [name, { reason, given, restores, drills = 0, clones = 0 }] of Object.entries(cases)) {
    it(`${name}: ${reason}`, async () => {
      assert.deepEqual(await live({ events: [], skewSeconds: 0, ending: 'leave', ...given }), { restores, drills, clones });
    });
  }
});
