import assert from 'node:assert/strict';
import { answers } from '../../src/controllers.ts';
import { record } from '../../src/server/record.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import type { Sample, StateRow, View } from '../../src/telemetry/staterow.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { copying, found, over, passed, verifying } from '../support/drillworlds.ts';
import { created, halves, ailing, migrated, pgoStatus, ready, upgraded, usable } from '../support/stages.ts';
import { deleted, gaveUp, reporting, rolledBack } from '../support/upgrades.ts';
import { ago, carriedOut, edited, overlaid, patched, request, withPods, world, type Loose, type World } from '../support/world.ts';

const AT = 1_700_000_000.25;

/** What the server remembers of a Bestie after it has answered about it in this world. */
function viewOf(w: World, hook: 'sync' | 'finalize' = 'sync'): View {
  const { decision } = answers[hook](request(w, 'v2', hook === 'finalize'), w.now);
  assert.ok(decision);
  const metrics = createMetrics();
  let view: View | undefined;
  record(decision, AT, { ...metrics, states: { ...metrics.states, update: (_, given) => (view = given) } });
  assert.ok(view);
  return view;
}

interface Case {
  reason: string;
  given: () => World;
  hook?: 'finalize';
  want: readonly Sample[];
}

/** A Bestie of which nothing is left but the wish to go. */
const going = (): World => deleted({ ...ready(), children: [], related: [] });
const autoscaled = (): World => ready(world({ maxReplicas: 4 }));
const scaling = (status: Loose): World => patched(autoscaled(), 'HorizontalPodAutoscaler', { status });
/** The parent's spec as a client wrote it past the validation of the API server. */
const absurd = (spec: unknown): World => {
  const w = ready();
  return { ...w, parent: { ...w.parent, spec } };
};
const pulling = (): World => withPods(ready(), ailing(halves.ImagePull?.ErrImagePull ?? {}));
const external = { provider: 'External', secretName: 'theirs' };
const elsewhere = (): World => world({ database: external, sessionSecret: { name: 's', key: 'k' } });
const GIB = 2 ** 30;

/** The second one was never prepared, and a run that its schedule began has failed. */
function twoRepositories(): World {
  const repos = ['repo1', 'repo2'].map((name) => ({ name, volume: {}, schedules: { full: '@hourly' } }));
  const run = {
    cronJobName: 'bestie-pgo-repo1-full',
    type: 'full',
    repo: 'repo1',
    startTime: ago(600),
    completionTime: ago(540),
    succeeded: 1,
  };
  const failed = { cronJobName: 'bestie-pgo-repo2-full', type: 'full', repo: 'repo2', startTime: ago(3600), failed: 7 };
  return reporting(ready(world({ database: { backups: { repos } } })), 'PostgresCluster', {
    ...pgoStatus.usable,
    pgbackrest: {
      repos: [...pgoStatus.usable.pgbackrest.repos, { name: 'repo2', bound: true, volume: 'pvc-2', stanzaCreated: false }],
      scheduledBackups: [run, failed],
    },
  });
}

/** A restore is requested of a Bestie that is Ready. */
const requested = (target: Loose = { latest: true }, w = ready()): World =>
  carriedOut(edited(w, { restore: { id: 'r', target, backup: 'Skip' } }));
/** It was restored before: so many times well, and so many not. */
const restoredBefore = (succeeded: number, failed: number): World => {
  const w = ready();
  const restore = { id: 'q', phase: 'Succeeded', target: 'latest', succeeded, failed };
  return requested(undefined, overlaid(w, { parent: { status: { restore } } }));
};

/** As a release left it that reported no backups. */
function withoutBackups(): World {
  const w = ready();
  const { backup: _, ...status } = w.parent.status as { backup?: unknown; conditions: { type: string }[] };
  return {
    ...w,
    parent: { ...w.parent, status: { ...status, conditions: status.conditions.filter(({ type }) => type !== 'BackupReady') } },
  };
}

/** A drill has succeeded, and the next one has failed. */
const failedAfterSuccess = (): World =>
  over(found('table pets cannot be read: SQLSTATE XX001', verifying({ onDemand: 'second' }, over(passed()))));

const cases: Record<keyof typeof stateTable, Record<string, Case>> = {
  lastSync: {
    Synced: { reason: 'the time of the answer, with its fraction', given: ready, want: [[AT]] },
    Gone: { reason: 'a tombstone has it, too', given: going, hook: 'finalize', want: [[AT]] },
  },
  finalized: {
    Alive: { reason: 'nothing let it go', given: ready, want: [] },
    Going: { reason: 'finalize was asked, and children are left', given: () => deleted(ready()), hook: 'finalize', want: [] },
    Gone: { reason: 'the last answer', given: going, hook: 'finalize', want: [[AT]] },
    LetGo: { reason: 'a Bestie that stopped matching belongs to another controller', given: ready, hook: 'finalize', want: [[AT]] },
  },
  info: {
    New: { reason: 'nothing runs yet', given: world, want: [[1, 'quay.io/opdev/bestie', '1.3', undefined]] },
    Ready: { reason: 'what runs is what is wanted', given: ready, want: [[1, 'quay.io/opdev/bestie', '1.3', '1.3']] },
    Upgrade: {
      reason: 'wanted, not running',
      given: () => edited(ready(), { version: '1.4' }),
      want: [[1, 'quay.io/opdev/bestie', '1.4', '1.3']],
    },
    Upgraded: { reason: 'running', given: upgraded, want: [[1, 'quay.io/opdev/bestie', '1.4', '1.4']] },
    NoSpec: { reason: 'a spec that is null is an empty one', given: () => absurd(null), want: [[1, 'quay.io/opdev/bestie', '1.3', '1.3']] },
  },
  specReplicas: {
    One: { reason: 'as the spec says', given: ready, want: [[1]] },
    Three: { reason: 'as the spec says', given: () => ready(world({ size: 3 })), want: [[3]] },
    Text: { reason: 'what is no number is left out when it is written', given: () => absurd({ size: 'three' }), want: [['three']] },
  },
  readyReplicas: {
    None: { reason: 'no pod yet', given: migrated, want: [[0]] },
    Two: { reason: 'both are ready', given: () => ready(world({ size: 2 })), want: [[2]] },
  },
  hpaMaxReplicas: {
    Off: { reason: 'no autoscaling', given: ready, want: [[undefined]] },
    On: { reason: 'as the spec says', given: autoscaled, want: [[4]] },
  },
  hpaDesiredReplicas: {
    Off: { reason: 'there is none', given: ready, want: [[undefined]] },
    New: { reason: 'it has decided nothing yet', given: autoscaled, want: [[undefined]] },
    Three: { reason: 'what it decided', given: () => scaling({ currentReplicas: 1, desiredReplicas: 3 }), want: [[3]] },
    Zero: { reason: 'it cannot decide', given: () => scaling({ desiredReplicas: 0 }), want: [] },
    Null: { reason: 'null is nothing', given: () => scaling({ desiredReplicas: null }), want: [[undefined]] },
  },
  specStorage: {
    Default: { reason: 'data and repository', given: ready, want: [[15 * GIB]] },
    Replicas: {
      reason: 'data of each replica',
      given: () =>
        ready(
          world({ database: { replicas: 3, storage: { size: '2Gi' }, backups: { repos: [{ name: 'repo1', volume: { size: '500M' } }] } } }),
        ),
      want: [[6 * GIB + 500e6]],
    },
    Remote: {
      reason: 'a repository in S3 is no volume',
      given: () =>
        world({
          database: {
            backups: { repos: [{ name: 'repo1', s3: { bucket: 'b', endpoint: 'e', region: 'r' }, credentialsSecret: { name: 'c' } }] },
          },
        }),
      want: [[5 * GIB]],
    },
    External: {
      reason: 'it belongs to another controller',
      given: elsewhere,
      want: [[undefined]],
    },
    Words: { reason: 'no quantity', given: () => absurd({ size: 1, database: { storage: { size: 'much' } } }), want: [[undefined]] },
    Shape: { reason: 'no list', given: () => absurd({ size: 1, database: { backups: { repos: { map: 1 } } } }), want: [[undefined]] },
    List: {
      reason: 'an entry that is null',
      given: () => absurd({ size: 1, database: { backups: { repos: [null] } } }),
      want: [[5 * GIB]],
    },
  },
  condition: {
    Ready: { reason: 'all is as it should be', given: ready, want: [[1, 'Ready', 'True']] },
    New: {
      reason: 'what is not as it should be, either way round',
      given: created,
      want: [
        [1, 'Ready', 'False'],
        [1, 'Stalled', 'True'],
        [1, 'Available', 'False'],
        [1, 'ImagePulled', 'Unknown'],
        [1, 'DatabaseReady', 'False'],
        [1, 'DatabaseSeeded', 'False'],
        [1, 'DeploymentReady', 'False'],
        [1, 'ServiceCreated', 'False'],
        [1, 'PDBCreated', 'False'],
        [1, 'IngressCreated', 'False'],
        [1, 'BackupReady', 'False'],
      ],
    },
    RolledBack: {
      reason: 'what means trouble while it is True',
      given: rolledBack,
      want: [
        [1, 'Ready', 'False'],
        [1, 'Stalled', 'True'],
        [1, 'UpgradeFailed', 'True'],
        [1, 'RolledBack', 'True'],
      ],
    },
  },
  lastBackup: {
    None: { reason: 'before the first', given: created, want: [[NaN]] },
    Some: { reason: 'the one before the upgrade', given: upgraded, want: [[Date.parse('2026-01-01T11:59:30Z') / 1000]] },
  },
  repositoryReady: {
    Unprepared: { reason: 'the database has just been requested', given: created, want: [[0, 'repo1']] },
    Ready: { reason: 'it takes backups', given: ready, want: [[1, 'repo1']] },
    OneOfTwo: {
      reason: 'one that works hides none that does not',
      given: twoRepositories,
      want: [
        [1, 'repo1'],
        [0, 'repo2'],
      ],
    },
    External: { reason: 'up to the team that runs it', given: elsewhere, want: [] },
    FormerRelease: { reason: 'status does not report it', given: withoutBackups, want: [] },
  },
  repositorySuccess: {
    None: { reason: 'before the first', given: created, want: [[NaN, 'repo1']] },
    Some: { reason: 'the one before the upgrade', given: upgraded, want: [[Date.parse('2026-01-01T11:59:30Z') / 1000, 'repo1']] },
    OneOfTwo: {
      reason: 'each its own',
      given: twoRepositories,
      want: [
        [Date.parse(ago(540)) / 1000, 'repo1'],
        [NaN, 'repo2'],
      ],
    },
  },
  repositoryFailure: {
    None: { reason: 'before the first', given: ready, want: [[NaN, 'repo1']] },
    OneOfTwo: {
      reason: 'when it began; nothing states when it ended',
      given: twoRepositories,
      want: [
        [NaN, 'repo1'],
        [Date.parse(ago(3600)) / 1000, 'repo2'],
      ],
    },
  },
  repositoryNext: {
    Unprepared: { reason: 'none would be started', given: created, want: [[NaN, 'repo1']] },
    Ready: { reason: 'incremental, each night but Sunday’s', given: ready, want: [[Date.parse('2026-01-02T01:00:00Z') / 1000, 'repo1']] },
    OneOfTwo: {
      reason: 'of one that takes backups',
      given: twoRepositories,
      want: [
        [Date.parse('2026-01-01T13:00:00Z') / 1000, 'repo1'],
        [NaN, 'repo2'],
      ],
    },
  },
  lastVerified: {
    None: { reason: 'no drill is wanted', given: ready, want: [[NaN]] },
    Copying: { reason: 'the first one has not ended', given: copying, want: [[NaN]] },
    Succeeded: { reason: 'its result is on record', given: () => over(passed()), want: [[Date.parse(ago(20)) / 1000]] },
    Failed: { reason: 'one that fails after it changes nothing', given: failedAfterSuccess, want: [[Date.parse(ago(20)) / 1000]] },
  },
  verifiedDuration: {
    None: { reason: 'no drill is wanted', given: ready, want: [[undefined]] },
    Succeeded: { reason: 'from the creation of its copy to the end of its check', given: () => over(passed()), want: [[230]] },
    Failed: { reason: 'one that fails after it changes nothing', given: failedAfterSuccess, want: [[230]] },
  },
  databaseUsable: {
    Provisioning: { reason: 'no instance yet', given: created, want: [[0]] },
    Ready: { reason: 'role, database and an instance', given: ready, want: [[1]] },
    External: { reason: 'nothing reports it', given: elsewhere, want: [] },
  },
  upgrades: {
    None: { reason: 'zero, so that the first is seen to grow', given: ready, want: [[0]] },
    One: { reason: 'it is up', given: upgraded, want: [[1]] },
    Failed: { reason: 'one that failed is none', given: rolledBack, want: [[0]] },
  },
  upgradeFailures: {
    None: { reason: 'zero, so that the first is seen to grow', given: ready, want: [[0]] },
    One: { reason: 'the target was given up', given: gaveUp, want: [[1]] },
    Succeeded: { reason: 'it is up', given: upgraded, want: [[0]] },
  },
  upgradeFailure: {
    Ready: { reason: 'no container waits for an image that cannot be pulled', given: ready, want: [[0]] },
    Upgrade: { reason: 'the new pod cannot pull', given: pulling, want: [[1]] },
    Install: {
      reason: 'on a first install, too',
      given: () => withPods(usable(), ailing(halves.ImagePull?.ImagePullBackOff ?? {})),
      want: [[1]],
    },
    Crash: {
      reason: 'an image that was pulled and does not run is none',
      given: () => withPods(ready(), ailing(halves.Crash?.Terminated ?? {})),
      want: [[0]],
    },
  },
  upgradePhase: {
    None: { reason: 'before the first', given: ready, want: [] },
    BackingUp: { reason: 'it begins', given: () => carriedOut(edited(ready(), { version: '1.4' })), want: [[1, 'BackingUp']] },
    Refused: { reason: 'a lower version', given: () => edited(ready(), { version: '1.2' }), want: [[1, 'Refused']] },
    Succeeded: { reason: 'it is up', given: upgraded, want: [[1, 'Succeeded']] },
    RolledBack: { reason: 'what ran before runs again', given: rolledBack, want: [[1, 'RolledBack']] },
  },
  restores: {
    None: { reason: 'no restore was ever requested', given: ready, want: [] },
    First: { reason: 'zero, so that the first is seen to grow', given: requested, want: [[0]] },
    Third: { reason: 'those before it stay', given: () => restoredBefore(2, 1), want: [[2]] },
  },
  restoreFailures: {
    None: { reason: 'no restore was ever requested', given: ready, want: [] },
    First: { reason: 'zero, so that the first is seen to grow', given: requested, want: [[0]] },
    Second: { reason: 'those before it stay', given: () => restoredBefore(2, 1), want: [[1]] },
  },
  restorePhase: {
    None: { reason: 'no restore was ever requested', given: ready, want: [] },
    Stopping: { reason: 'the application is to be gone', given: requested, want: [[1, 'Stopping']] },
    Refused: { reason: 'no backup is so old', given: () => requested({ time: '2020-01-01T00:00:00Z' }), want: [[1, 'Refused']] },
  },
};

describe('telemetry/statetable', () => {
  for (const [key, byName] of Object.entries(cases)) {
    const row: StateRow = stateTable[key as keyof typeof stateTable];
    describe(row.name, () => {
      for (const [name, { reason, given, hook, want }] of Object.entries(byName)) {
        it(`${name}: ${reason}`, () => {
          const samples = row.of(viewOf(given(), hook));
          assert.deepEqual(samples, want);
          for (const [, ...labels] of samples) assert.equal(labels.length, row.labels.length, 'a value per label');
        });
      }

      it('its cases want different things, or it could be a constant', () => {
        const wants = new Set(Object.values(byName).map(({ want }) => JSON.stringify(want)));
        assert.ok(wants.size > 1 || row.name === stateTable.lastSync.name);
      });
    });
  }

  it('reads whatever a spec and a status may hold', () => {
    const anything = [null, undefined, 0, -1, NaN, 1e300, '', 'x'.repeat(1e6), '"\\\n', [], [null], {}, { size: {} }, true];
    for (const value of anything) {
      const database = { provider: value, replicas: value, storage: value, backups: value };
      for (const spec of [value, { image: value, version: value, size: value, maxReplicas: value, database }, { database: value }]) {
        const view = {
          at: AT,
          isGone: false,
          spec,
          status: { conditions: [], appversion: value, upgrade: { succeeded: value }, restore: { phase: value, failed: value } },
          autoscaled: value,
        };
        for (const row of Object.values(stateTable) as StateRow[]) if (spec != null) row.of(view as unknown as View);
      }
    }
  });

  it('only an image that is known not to be pulled is a failure', () => {
    const said = (status: 'True' | 'False' | 'Unknown', type: 'ImagePulled' | 'Ready' = 'ImagePulled'): readonly Sample[] =>
      stateTable.upgradeFailure.of({
        ...viewOf(ready()),
        status: { conditions: [{ type, status, reason: 'ImagePullFailed', message: '', lastTransitionTime: '' }] },
      });
    assert.deepEqual([said('True'), said('False'), said('Unknown'), said('False', 'Ready')], [[[0]], [[1]], [[0]], [[0]]]);
  });

  it('takes every condition of the API for what it is: normal where True, or where False', () => {
    const w = ready();
    const view = viewOf(w);
    for (const [type, normal] of [
      ['Stalled', 'False'],
      ['UpgradeFailed', 'False'],
      ['DeletionBlocked', 'False'],
      ['ImagePulled', 'True'],
      ['MonitoringReady', 'True'],
    ] as const) {
      for (const status of ['True', 'False', 'Unknown'] as const) {
        const conditions = [{ type, status, reason: 'Settled', message: '', lastTransitionTime: w.now }] as const;
        const samples = stateTable.condition.of({ ...view, status: { conditions: [...conditions] } });
        assert.deepEqual(samples, status === normal ? [] : [[1, type, status]]);
      }
    }
  });
});
