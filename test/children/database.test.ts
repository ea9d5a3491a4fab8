import { strict as assert } from 'node:assert';
import { isUsable } from '../../src/children/database.ts';
import { pgoStatus, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { childOf, NOW, overlaid, type Loose } from '../support/world.ts';

const RESTORE = 'postgres-operator.crunchydata.com/pgbackrest-restore';
const live = childOf(usable(), 'PostgresCluster');
const initialised = (status: string): Loose => ({ conditions: [{ type: 'PostgresDataInitialized', status, reason: 'x' }] });

describe('children/database', () => {
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
      Restoring: {
        reason: 'what is there will be replaced',
        given: { status: { conditions: [{ type: 'PGBackRestoreProgressing', status: 'True' }] } },
        want: false,
      },
      RestoreWaits: { reason: 'the data is not there yet', given: { status: initialised('False') }, want: false },
      RestoreDone: { reason: 'the data is there', given: { status: initialised('True') }, want: true },
      FailedAndArmed: {
        reason: 'a failed restore that is still asked for',
        given: {
          metadata: { annotations: { [RESTORE]: 'one' } },
          status: { ...initialised('False'), pgbackrest: { restore: { id: 'one', finished: true } } },
        },
        want: false,
      },
      FailedAndDisarmed: {
        reason: 'a failed restore that was called off leaves its conditions behind on a database that works',
        given: { status: { ...initialised('False'), pgbackrest: { restore: { id: 'one', finished: true } } } },
        want: true,
      },
    },
    (given, want) => {
      assert.equal(isUsable(overlaid(live, given)), want);
    },
  );

  it('is not usable where there is none', () => {
    assert.equal(isUsable(undefined), false);
  });
});
