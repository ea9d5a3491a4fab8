import { strict as assert } from 'node:assert';
import { armed, backedUp, blockOf, failed, requestOf, restore, stopped, takenBack } from '../../support/restores.ts';
import { ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import { reporting } from '../../support/upgrades.ts';
import { ago, conditionOf, edited, observe, patched, syncOf, world, type Loose, type World } from '../../support/world.ts';
import { RESTORE_ANNOTATION } from '../../../src/database/crunchy/names.ts';
import { crunchyRestores } from '../../../src/database/crunchy/restore.ts';
import type { RestoreState } from '../../../src/api/restore.ts';

const tuesday = requestOf('tuesday');
const stateOf = (w: World, id = tuesday): RestoreState => crunchyRestores.stateOf(id, observe(w));
const started = { startedAt: ago(90) };
const ended = { ...started, endedAt: ago(30) };
const block = (patch: Loose | undefined, id: string | undefined = 'by-hand'): World =>
  patched(ready(), 'PostgresCluster', {
    metadata: { annotations: { [RESTORE_ANNOTATION]: id } },
    spec: { backups: { pgbackrest: { restore: patch } } },
  });
const enabled = { enabled: true, repoName: 'repo1' };

describe('database/crunchy/restore', () => {
  describe('knows how far a request is', () => {
    each<World, RestoreState>(
      {
        NotSeen: { reason: 'PGO may be down', given: armed(), want: { state: 'waiting' } },
        OfAnother: { reason: 'the former one is shown for a while', given: restore(armed(), 'up', 'former'), want: { state: 'waiting' } },
        FailureOfAnother: { reason: 'the same', given: restore(armed(), 'failed', 'former'), want: { state: 'waiting' } },
        Accepted: { reason: 'the conditions of before are still there', given: restore(armed(), 'accepted'), want: { state: 'preparing' } },
        TornDown: { reason: 'no Job yet', given: restore(armed(), 'tornDown'), want: { state: 'preparing' } },
        Running: { reason: 'a Job', given: restore(armed(), 'running'), want: { state: 'running', ...started } },
        Retrying: {
          reason: 'a pod of it has failed',
          given: restore(armed(), 'retrying'),
          want: { state: 'running', ...started, hasFailed: true },
        },
        Failed: { reason: 'all of them', given: restore(armed(), 'failed'), want: { state: 'failed', ...started } },
        BrokenOff: {
          reason: 'Patroni was there before its end',
          given: restore(armed(), 'brokenOff'),
          want: { state: 'brokenOff', ...started },
        },
        Finished: { reason: 'no instance is up yet', given: restore(armed(), 'finished'), want: { state: 'running', ...ended } },
        NotReady: {
          reason: 'none is ready',
          given: patched(restore(armed(), 'up'), 'PostgresCluster', { status: { instances: [{ name: 'pg', replicas: 1 }] } }),
          want: { state: 'running', ...ended },
        },
        Up: { reason: 'it serves', given: restore(armed(), 'up'), want: { state: 'succeeded', ...ended } },
        StaleConditions: {
          reason: 'those of a former failure stay for ever',
          given: patched(restore(armed(), 'up'), 'PostgresCluster', {
            status: {
              conditions: [
                { type: 'PGBackRestoreProgressing', status: 'True', reason: 'ReadyForRestore' },
                { type: 'PostgresDataInitialized', status: 'False', reason: 'PGBackRestRestoreFailed' },
              ],
            },
          }),
          want: { state: 'succeeded', ...ended },
        },
        SuccessOfBefore: {
          reason: 'PostgresDataInitialized of an earlier restore is still there',
          given: patched(restore(armed(), 'accepted'), 'PostgresCluster', {
            status: {
              conditions: [
                { type: 'PostgresDataInitialized', status: 'True', reason: 'PGBackRestRestoreComplete' },
                { type: 'PGBackRestoreProgressing', status: 'True', reason: 'RestoreInPlaceRequested' },
              ],
            },
          }),
          want: { state: 'preparing' },
        },
        Nulls: {
          reason: 'null is nothing',
          given: reporting(armed(), 'PostgresCluster', {
            pgbackrest: { restore: { id: tuesday, finished: null, startTime: null, failed: null } },
          }),
          want: { state: 'preparing' },
        },
        NoStatus: { reason: 'it has none', given: reporting(armed(), 'PostgresCluster', null), want: { state: 'waiting' } },
      },
      (given, want) => {
        assert.deepEqual(stateOf(given), want);
      },
    );
  });

  describe('knows what others restore', () => {
    each<World, string | undefined>(
      {
        Nothing: { reason: 'none', given: ready(), want: undefined },
        Ours: { reason: 'it is ours', given: restore(armed(), 'running'), want: undefined },
        Running: { reason: 'it replaces the data', given: restore(block(enabled), 'running', 'by-hand'), want: 'by-hand' },
        NotBegun: { reason: 'another one may take its place', given: restore(block(enabled), 'accepted', 'by-hand'), want: undefined },
        NotSeen: { reason: 'the same', given: block(enabled), want: undefined },
        Ended: { reason: 'it is over', given: restore(block(enabled), 'up', 'by-hand'), want: undefined },
        Failed: { reason: 'it is over', given: restore(block(enabled), 'failed', 'by-hand'), want: undefined },
        Disabled: {
          reason: 'PGO ignores it',
          given: restore(block({ ...enabled, enabled: false }), 'running', 'by-hand'),
          want: undefined,
        },
        WithoutId: {
          reason: 'PGO ignores it',
          given: restore(
            patched(block(enabled), 'PostgresCluster', { metadata: { annotations: { [RESTORE_ANNOTATION]: undefined } } }),
            'running',
            'by-hand',
          ),
          want: undefined,
        },
      },
      (given, want) => {
        assert.equal(crunchyRestores.byOthers(observe(given)), want);
      },
    );
  });

  it('knows what it has requested by what it last applied', () => {
    const id = (w: World): string | undefined => crunchyRestores.armed(observe(w));
    assert.deepEqual([id(ready()), id(armed()), id(takenBack()), id(block(enabled))], [undefined, tuesday, undefined, undefined]);
    assert.equal(id(patched(armed(), 'PostgresCluster', { metadata: { annotations: { [RESTORE_ANNOTATION]: undefined } } })), tuesday);
  });

  it('runs where the instances may run, and takes as much as one of them', () => {
    const pod = {
      tolerations: [{ key: 'databases', operator: 'Exists', effect: 'NoSchedule' }],
      resources: { limits: { memory: '2Gi' } },
    };
    const block = blockOf(syncOf(stopped(backedUp(ready(world({ size: 2, database: pod }))))));
    assert.deepEqual([block?.tolerations, block?.resources, block?.affinity], [pod.tolerations, pod.resources, undefined]);
  });

  it('names the id of a user, and not its own, in what it says of a failure', () => {
    const message = (w: World): string => conditionOf(syncOf(w), 'DatabaseReady')?.message ?? '';
    assert.match(
      message(restore(block(enabled), 'failed', 'by-hand')),
      /^the restore by-hand of PostgresCluster bestie-pgo failed, and no instance is started; /,
    );
    assert.match(
      message(failed()),
      /^the restore of PostgresCluster bestie-pgo failed, and no instance is started; .*; the condition Restored names the ways on$/,
    );
  });

  it('lists the backups where pgBackRest runs: beside Postgres, where no repository is on a volume', () => {
    const repo = { name: 'repo1', s3: { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' } };
    const inBucket = edited(ready(), { database: { backups: { repos: [repo] } } });
    assert.deepEqual(
      [ready(), inBucket].map((w) => crunchyRestores.catalogue(observe(w))),
      [
        'kubectl -n pets exec bestie-pgo-repo-host-0 -c pgbackrest -- pgbackrest info',
        'kubectl -n pets exec $(kubectl -n pets get pods -o name -l postgres-operator.crunchydata.com/cluster=bestie-pgo,' +
          'postgres-operator.crunchydata.com/data=postgres | head -n 1) -c database -- pgbackrest info',
      ],
    );
  });
});
