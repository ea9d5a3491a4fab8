import { strict as assert } from 'node:assert';
import { isRestoring, isUsable } from '../../../src/database/crunchy/cluster.ts';
import { pgoStatus, usable } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { childOf, NOW, overlaid, type Loose } from '../../support/world.ts';

const RESTORE = 'postgres-operator.crunchydata.com/pgbackrest-restore';
const live = childOf(usable(), 'PostgresCluster');
const initialised = (status: string): Loose => ({ conditions: [{ type: 'PostgresDataInitialized', status, reason: 'x' }] });
const progressing = (reason: string): Loose => ({ conditions: [{ type: 'PGBackRestoreProgressing', status: 'True', reason }] });
/** Requested by a user, with PGO's own means. */
const armed = (id: string): Loose => ({
  metadata: { annotations: { [RESTORE]: id } },
  spec: { backups: { pgbackrest: { restore: { enabled: true, repoName: 'repo1' } } } },
});
const restore = (id: string, rest: Loose = {}): Loose => ({ pgbackrest: { restore: { id, finished: false, ...rest } } });
const noLeader = { patroni: undefined };

describe('database/crunchy/cluster', () => {
  each<Loose, boolean>(
    {
      Usable: { reason: 'both revisions prove role and database', given: {}, want: true },
      Deleting: { reason: 'it is on its way out', given: { metadata: { deletionTimestamp: NOW } }, want: false },
      NoStatus: { reason: 'the database operator has not looked at it', given: { status: undefined }, want: false },
      NullStatus: { reason: 'nulls are normal input', given: { status: null }, want: false },
      Seen: {
        reason: 'no instance is ready',
        given: { status: overlaid(pgoStatus.seen, { databaseRevision: 'a', usersRevision: 'b' }) },
        want: false,
      },
      NoInstanceReady: {
        reason: 'instances are there, none is ready',
        given: { status: { instances: [{ name: 'pg', replicas: 1 }] } },
        want: false,
      },
      SecondInstanceReady: {
        reason: 'one of several is enough',
        given: { status: { instances: [null, { name: 'pg' }, { name: 'pg2', readyReplicas: 1 }] } },
        want: true,
      },
      NotInitialised: { reason: 'not bootstrapped', given: { status: { patroni: null } }, want: false },
      NoDatabase: {
        reason: 'the SQL that makes the database has not run',
        given: { status: { databaseRevision: undefined } },
        want: false,
      },
      NoRole: { reason: 'the SQL that makes the role has not run', given: { status: { usersRevision: '' } }, want: false },
      TornDown: {
        reason: 'what is there will be replaced, and is still said to be well',
        given: { ...armed('one'), status: { ...progressing('RestoreInPlaceRequested'), ...restore('one') } },
        want: false,
      },
      Restoring: {
        reason: 'there is no leader until the data is there',
        given: { ...armed('one'), status: { ...progressing('ReadyForRestore'), ...restore('one', { active: 1 }), ...noLeader } },
        want: false,
      },
      BrokenOff: {
        reason: 'a restore that was called off while it ran leaves its condition behind on a database that works',
        given: { status: { ...progressing('ReadyForRestore'), ...restore('one', { active: 1 }) } },
        want: true,
      },
      Skipped: {
        reason: 'PGO found a leader and skipped a restore that is still requested',
        given: { ...armed('one'), status: { ...progressing('ReadyForRestore'), ...restore('one', { active: 1 }) } },
        want: true,
      },
      Bootstrapping: {
        reason: 'the data of another database is not there yet',
        given: { status: { ...initialised('False'), ...noLeader } },
        want: false,
      },
      RestoreDone: { reason: 'the data is there', given: { status: initialised('True') }, want: true },
      FailedAndArmed: {
        reason: 'a failed restore that is still requested',
        given: { ...armed('one'), status: { ...initialised('False'), ...restore('one', { finished: true, failed: 7 }), ...noLeader } },
        want: false,
      },
      FailedAndDisarmed: {
        reason: 'a failed restore that was called off leaves its conditions behind on a database that works',
        given: { status: { ...initialised('False'), ...restore('one', { finished: true, failed: 7 }) } },
        want: true,
      },
    },
    (given, want) => {
      assert.equal(isUsable(overlaid(live, given)), want);
    },
  );

  it('is restoring no more once a failed restore was called off, also while no instance is ready', () => {
    const given = { status: { ...initialised('False'), ...restore('one', { finished: true, failed: 7 }), instances: [{ name: 'pg' }] } };
    assert.equal(isRestoring(overlaid(live, given)), false);
  });

  it('is not usable where there is none', () => {
    assert.equal(isUsable(undefined), false);
  });
});
