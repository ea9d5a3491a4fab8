/** PgBouncer in a PostgresCluster: what is sent, what is read from its status, and what status reports. */
import { strict as assert } from 'node:assert';
import { appliedPooler, isPoolerReady, proxyOf } from '../../../src/database/crunchy/pooler.ts';
import { postgresCluster } from '../../../src/database/crunchy/cluster.ts';
import { annotations } from '../../../src/api/names.ts';
import { bouncer, inUse, off, on, requested, started, WITH, WITHOUT } from '../../support/pooled.ts';
import { created, ready, usable } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  observe,
  patched,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../../support/world.ts';

const note = (w: World): string | undefined => manifestOf(syncOf(w), 'PostgresCluster')?.metadata.annotations?.[annotations.withoutPooler];
const isReady = (w: World): boolean => isPoolerReady(postgresCluster(observe(w)), observe(w));
const status = (w: World, patch: Loose): World => patched(w, 'PostgresCluster', { status: patch });

describe('database/crunchy/pooler', () => {
  it('is requested with a connection for one transaction, and limits', () => {
    assert.deepEqual(proxyOf({ replicas: 2, clients: 38, servers: 30 }), {
      pgBouncer: {
        replicas: 2,
        config: { global: { pool_mode: 'transaction', max_client_conn: '38', default_pool_size: '28', max_db_connections: '30' } },
      },
    });
    const o = observe(started());
    assert.deepEqual(appliedPooler(postgresCluster(o), o), { replicas: 2, clients: 38, servers: 30 });
  });

  it('leaves out everything where the spec wants none', () => {
    const { spec, metadata } = manifestOf(syncOf(ready(world(off))), 'PostgresCluster') ?? assert.fail('no database');
    assert.deepEqual([Object.hasOwn(spec as Loose, 'proxy'), metadata.annotations?.[annotations.withoutPooler]], [false, undefined]);
  });

  each<World, string | undefined>(
    {
      Requested: { reason: 'PGO has written this without a pooler', given: edited(ready(), on()), want: WITHOUT },
      Kept: { reason: 'while there is a pooler', given: inUse(), want: WITHOUT },
      SwitchedOff: { reason: 'with the pooler', given: carriedOut(edited(started(), off)), want: undefined },
      NotSeen: {
        reason: 'what PGO wrote may be of a former pooler',
        given: status(edited(ready(), on()), { observedGeneration: 0 }),
        want: undefined,
      },
      NotUndone: {
        reason: 'PGO has failed before it removed a former pooler: what it wrote is still of that',
        given: edited(patched(bouncer(ready()), 'PostgresCluster', { spec: {} }), on()),
        want: undefined,
      },
      NewDatabase: { reason: 'it never was without one', given: usable(created(world(on()))), want: undefined },
      Foreign: {
        reason: 'there was a pooler of another owner',
        given: patched(edited(ready(), on()), 'PostgresCluster', { spec: { proxy: { pgBouncer: { replicas: 1 } } } }),
        want: undefined,
      },
    },
    (given, want) => {
      assert.equal(note(given), want);
    },
  );

  each<World, boolean>(
    {
      Started: { reason: 'everything is there', given: started(), want: true },
      FirstDatabase: { reason: 'it had a pooler from the beginning', given: bouncer(usable(created(world(on())))), want: true },
      NullStatus: {
        reason: 'nothing is known',
        given: patched(requested(), 'PostgresCluster', { status: null }),
        want: false,
      },
      NullFields: { reason: 'nothing is known', given: status(started(), { proxy: { pgBouncer: null } }), want: false },
      NullConditions: { reason: 'nothing is known', given: status(started(), { conditions: [null] }), want: false },
      OldCondition: { reason: 'of a spec without it', given: bouncer(requested(), { seen: 1 }), want: false },
      OldLogin: { reason: 'of a spec without it', given: bouncer(requested(), { revision: WITHOUT }), want: false },
      Restoring: { reason: 'the database is not usable', given: status(started(), { patroni: undefined }), want: false },
    },
    (given, want) => {
      assert.equal(isReady(given), want);
    },
  );

  const late = (w: World): World => ({
    ...w,
    parent: {
      ...w.parent,
      status: {
        ...(w.parent.status as Loose),
        reported: [{ reason: 'PoolerNotReady', kind: 'PostgresCluster', name: 'bestie-pgo', since: ago(660) }],
      },
    },
  });
  each<World, [condition: string, message?: RegExp]>(
    {
      Usable: { reason: 'it takes logins', given: started(), want: ['True Usable'] },
      Missing: {
        reason: 'a pod is not ready',
        given: bouncer(requested(), { ready: 1 }),
        want: ['False PoolerNotReady', /^1 of 2 pods of PgBouncer/],
      },
      NoLogin: {
        reason: 'PGO has not made it',
        given: bouncer(requested(), { revision: WITHOUT }),
        want: ['False PoolerNotReady', /^PgBouncer of PostgresCluster bestie-pgo has no login/],
      },
      Late: {
        reason: 'for ten minutes',
        given: late(bouncer(requested(), { ready: 0 })),
        want: ['False PoolerStuck', /describe pods -l .*role=pgbouncer, and kubectl -n pets describe postgrescluster bestie-pgo$/],
      },
      LateLogin: {
        reason: 'for ten minutes',
        given: late(bouncer(requested(), { revision: WITHOUT })),
        want: ['False PoolerStuck', /the log of Crunchy PGO/],
      },
      OldCondition: {
        reason: 'a change of something else is seen in a moment',
        given: bouncer(inUse(), { seen: 1 }),
        want: ['True Usable'],
      },
      Foreign: {
        reason: 'the pooler of another owner',
        given: patched(ready(), 'PostgresCluster', { spec: { proxy: { pgBouncer: { replicas: 1 } } } }),
        want: ['True Usable'],
      },
      ScaledToZero: {
        reason: 'another owner wants no pod of it: none is missing',
        given: patched(bouncer(requested(), { ready: 0 }), 'PostgresCluster', { spec: { proxy: { pgBouncer: { replicas: 0 } } } }),
        want: ['True Usable'],
      },
      MoreImportant: {
        reason: 'an instance is missing',
        given: status(bouncer(requested({ database: { replicas: 2 } }), { ready: 1 }), {}),
        want: ['False InstancesMissing'],
      },
    },
    (given, [want, message = /^/]) => {
      const answer = syncOf(given);
      assert.equal(said(answer, 'DatabaseReady'), want);
      assert.match(conditionOf(answer, 'DatabaseReady')?.message ?? '', message);
    },
  );

  it('delays nothing while it is not ready: the application is upgraded', () => {
    const w = carriedOut(edited(bouncer(requested({ upgrade: { backup: 'Skip' } }), { ready: 0 }), { version: '1.4' }));
    assert.equal(w.children.filter(({ kind }) => kind === 'Job').length, 2);
  });

  it('is in status while the application connects through it, also while the spec is unacceptable', () => {
    const database = (w: World): unknown => (syncOf(w).status as { database?: { pooler?: boolean } }).database?.pooler;
    assert.deepEqual([database(ready()), database(requested()), database(inUse())], [undefined, undefined, true]);
    assert.equal(database(edited(inUse(), { size: 0 })), true);
    assert.equal(childOf(inUse(), 'PostgresCluster').metadata.annotations?.[annotations.withoutPooler], WITHOUT);
    assert.notEqual(WITH, WITHOUT);
  });
});
