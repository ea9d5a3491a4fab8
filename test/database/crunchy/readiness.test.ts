/** What is said of a database that is not as wanted: as what, whether it serves, and when to look again. */
import { strict as assert } from 'node:assert';
import type { Reason } from '../../../src/api/reason.ts';
import type { Readiness, Report } from '../../../src/api/kubernetes.ts';
import { databaseReadiness } from '../../../src/database/crunchy/readiness.ts';
import { pgoStatus, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';
import {
  ago,
  childOf,
  manifestOf,
  NOW,
  observe,
  overlaid,
  patched,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../../support/world.ts';

const RESTORE = 'postgres-operator.crunchydata.com/pgbackrest-restore';
const three = (): World => ready(world({ database: { replicas: 3 } }));
const instances = (counts: Loose): Loose => ({ status: { ...pgoStatus.usable, instances: [{ name: 'pg', ...counts }] } });
const full = { replicas: 3, readyReplicas: 3, updatedReplicas: 3 };
/** What status keeps of the database. */
const about = (reason: Reason, rest: Partial<Report> = {}): Report => ({ reason, kind: 'PostgresCluster', name: 'bestie-pgo', ...rest });
/** The world in which status reports that. */
const reporting = (w: World, ...reported: readonly Report[]): World => ({ ...w, parent: overlaid(w.parent, { status: { reported } }) });
/** The world in which status has reported that state for so long, and since a while as the fault `late`. */
const lasting = (w: World, young: Reason, seconds: number, late?: Reason): World =>
  reporting(w, about(young, { since: ago(seconds) }), ...(late === undefined ? [] : [about(late, { detail: young })]));
/** A change of the spec that was made so long ago. */
const changed = (seconds: number, status: Loose = {}, patch: Loose = {}): Loose => ({
  metadata: {
    generation: 2,
    managedFields: [
      { manager: 'metacontroller', operation: 'Update', time: ago(seconds) },
      { manager: 'postgres-operator', operation: 'Update', time: ago(1), subresource: 'status' },
      { manager: 'kubectl', operation: 'Update', time: ago(seconds + 900) },
    ],
  },
  status: overlaid(pgoStatus.usable, status),
  ...patch,
});
const condition = (type: string, status: string, reason: string, rest: Loose = {}): Loose => ({ type, status, reason, ...rest });
const withConditions = (...more: Loose[]): Loose => ({
  status: { ...pgoStatus.usable, conditions: [...pgoStatus.usable.conditions, ...more] },
});
const restoring = (restore: Loose, progress: string, ...more: Loose[]): Loose => ({
  metadata: { annotations: { [RESTORE]: 'hand1' } },
  spec: { backups: { pgbackrest: { restore: { enabled: true, repoName: 'repo1' } } } },
  status: {
    ...(withConditions(condition('PGBackRestoreProgressing', 'True', progress), ...more).status as Loose),
    patroni: undefined,
    instances: [{ name: 'pg' }],
    pgbackrest: { restore: { id: 'hand1', finished: false, ...restore } },
  },
});
const parameters = (values: Loose): Loose => ({ spec: { patroni: { dynamicConfiguration: { postgresql: { parameters: values } } } } });

const answer = (given: World) => databaseReadiness(childOf(given, 'PostgresCluster'), observe(given));
const of = (patch: Loose, w: World = ready()): World => patched(w, 'PostgresCluster', patch);

describe('database/crunchy/readiness', () => {
  each<World, [status: string, reason: string, serves: boolean, recheck?: number]>(
    {
      Usable: {
        reason: 'every instance is ready and of the latest spec',
        given: of(instances(full), three()),
        want: ['True', 'Usable', true],
      },
      Deleting: { reason: 'it goes', given: of({ metadata: { deletionTimestamp: NOW } }), want: ['False', 'Deleting', false] },

      OneMissing: {
        reason: 'it serves with less than was requested',
        given: of(instances({ ...full, readyReplicas: 2 }), three()),
        want: ['False', 'InstancesMissing', true, 600],
      },
      OneMissingYoung: {
        reason: 'the clock runs on, whatever the number is',
        given: lasting(of(instances({ ...full, readyReplicas: 1 }), three()), 'InstancesMissing', 540),
        want: ['False', 'InstancesMissing', true, 60],
      },
      OneMissingLong: {
        reason: 'ten minutes are a fault',
        given: lasting(of(instances({ ...full, readyReplicas: 2 }), three()), 'InstancesMissing', 600),
        want: ['False', 'InstancesStuck', true],
      },
      OneMissingReportedByAnother: {
        reason: 'a replica whose clock is behind says the same',
        given: lasting(of(instances({ ...full, readyReplicas: 2 }), three()), 'InstancesMissing', 420, 'InstancesStuck'),
        want: ['False', 'InstancesStuck', true],
      },
      OtherStateBefore: {
        reason: 'what was reported of something else is no clock',
        given: lasting(of(instances({ ...full, readyReplicas: 2 }), three()), 'Provisioning', 900),
        want: ['False', 'InstancesMissing', true, 600],
      },
      NoTimeBefore: {
        reason: 'a time that cannot be read begins the clock',
        given: reporting(
          of(instances({ ...full, readyReplicas: 2 }), three()),
          about('InstancesMissing', { since: '2026-99-99T99:99:00Z' }),
        ),
        want: ['False', 'InstancesMissing', true, 600],
      },
      Lowered: { reason: 'more than is requested', given: of(instances(full)), want: ['True', 'Usable', true] },
      OneMissingOfWhatItIsAskedFor: {
        reason: 'a Bestie that is paused wants another number by now',
        given: of({ spec: { instances: [{ name: 'pg', replicas: 3 }] }, ...instances({ ...full, readyReplicas: 2 }) }),
        want: ['False', 'InstancesMissing', true, 600],
      },
      NoneReady: {
        reason: 'it was up before',
        given: of(instances({ replicas: 1, updatedReplicas: 1 })),
        want: ['False', 'NoInstanceReady', false, 300],
      },
      NoneReadyLong: {
        reason: 'five minutes are a fault',
        given: lasting(of(instances({ replicas: 1 })), 'NoInstanceReady', 300),
        want: ['False', 'InstancesStuck', false],
      },
      NoneReadyAfterOneMissing: {
        reason: 'one that was missing for days does not make an outage old',
        given: lasting(of(instances({ replicas: 3, updatedReplicas: 3 }), three()), 'InstancesMissing', 90_000, 'InstancesStuck'),
        want: ['False', 'NoInstanceReady', false, 300],
      },
      ComingBack: {
        reason: 'the others may take their time after an outage',
        given: lasting(of(instances({ ...full, readyReplicas: 1 }), three()), 'NoInstanceReady', 900, 'InstancesStuck'),
        want: ['False', 'InstancesMissing', true, 600],
      },
      Outdated: {
        reason: 'a rollout is under way; a count of 0 is left out',
        given: of(instances({ replicas: 3, readyReplicas: 3 }), three()),
        want: ['False', 'InstancesOutdated', true, 900],
      },
      OutdatedLong: {
        reason: 'a quarter of an hour is a fault',
        given: lasting(of(instances({ ...full, updatedReplicas: 2 }), three()), 'InstancesOutdated', 900),
        want: ['False', 'RolloutStuck', true],
      },
      LoweredInARollout: {
        reason: 'those that stay are of the latest spec',
        given: of(instances({ replicas: 3, readyReplicas: 3, updatedReplicas: 1 })),
        want: ['True', 'Usable', true],
      },

      Shutdown: {
        reason: 'a person stopped it',
        given: of({ spec: { shutdown: true }, ...instances({}) }),
        want: ['False', 'Suspended', false],
      },
      ShuttingDown: { reason: 'in a second it will', given: of({ spec: { shutdown: true } }), want: ['False', 'Suspended', false] },
      Paused: { reason: 'it serves as it did', given: of({ spec: { paused: true } }), want: ['False', 'Suspended', true] },
      PausedWhileDown: {
        reason: 'nor more than it did',
        given: of({ spec: { paused: true }, ...instances({}) }),
        want: ['False', 'Suspended', false],
      },
      PausedAndShutdown: {
        reason: 'what was switched during the pause is not carried out',
        given: of({ spec: { paused: true, shutdown: true } }),
        want: ['False', 'Suspended', true],
      },
      PausedUnseen: {
        reason: 'nothing is late while a person holds it',
        given: of(changed(900, {}, { spec: { paused: true } })),
        want: ['False', 'Suspended', true],
      },
      Standby: {
        reason: 'all of status is as before',
        given: of({ spec: { standby: { enabled: true, repoName: 'repo1' } } }),
        want: ['False', 'DatabaseReadOnly', false],
      },
      StandbyOff: {
        reason: 'the rest of it may stay',
        given: of({ spec: { standby: { enabled: false, repoName: 'repo1' } } }),
        want: ['True', 'Usable', true],
      },
      StandbyWithoutSource: {
        reason: 'PGO refuses it, and the database still serves',
        given: of({ spec: { standby: { enabled: true } } }),
        want: ['True', 'Usable', true],
      },
      ReadOnly: {
        reason: 'a parameter that was patched',
        given: of(parameters({ default_transaction_read_only: 'on' })),
        want: ['False', 'DatabaseReadOnly', false],
      },
      ReadOnlyByConfig: {
        reason: 'the other place wins',
        given: of(
          overlaid(parameters({ default_transaction_read_only: 'off' }), {
            spec: { config: { parameters: { Default_Transaction_Read_Only: true } } },
          }),
        ),
        want: ['False', 'DatabaseReadOnly', false],
      },
      ReadWriteByConfig: {
        reason: 'the other place wins',
        given: of(
          overlaid(parameters({ default_transaction_read_only: true }), {
            spec: { config: { parameters: { default_transaction_read_only: 0 } } },
          }),
        ),
        want: ['True', 'Usable', true],
      },

      ChangeYoung: { reason: 'nothing is said before its time', given: of(changed(120)), want: ['True', 'Usable', true, 180] },
      ChangeUnseen: {
        reason: 'no controller has looked at it for five minutes',
        given: of(changed(300)),
        want: ['False', 'NotReconciled', true],
      },
      ChangeReportedByAnother: {
        reason: 'a replica whose clock is behind says the same',
        given: reporting(of(changed(280)), about('NotReconciled', { detail: 'change' })),
        want: ['False', 'NotReconciled', true],
      },
      ChangeUnseenWhileDown: {
        reason: 'that PGO does not reconcile it comes first, and the database is down by what was seen last',
        given: of(changed(300, { instances: [{ name: 'pg' }] })),
        want: ['False', 'NotReconciled', false],
      },
      ChangeWithoutClock: {
        reason: 'where no time says since when, nothing is reported',
        given: of({ metadata: { generation: 2, managedFields: [] } }),
        want: ['True', 'Usable', true],
      },
      StuckYoung: {
        reason: 'an armed backup does that for a second',
        given: of(changed(10, { observedGeneration: 2 })),
        want: ['True', 'Usable', true, 290],
      },
      Stuck: {
        reason: 'what stands before the backups fails',
        given: of(changed(300, { observedGeneration: 2 })),
        want: ['False', 'NotCarriedOut', true],
      },
      Done: {
        reason: 'every step was taken',
        given: of(
          changed(900, {
            observedGeneration: 2,
            conditions: pgoStatus.usable.conditions.map((each) => ({ ...each, observedGeneration: 2 })),
          }),
        ),
        want: ['True', 'Usable', true],
      },
      NoSteps: {
        reason: 'a former PGO says nothing of them',
        given: of(changed(900, { observedGeneration: 2, conditions: [null] })),
        want: ['True', 'Usable', true],
      },

      ResizeForbidden: {
        reason: 'time does not fix it',
        given: of(withConditions(condition('PersistentVolumeResizing', 'False', 'Forbidden'))),
        want: ['False', 'VolumeNotResized', true],
      },
      ResizeFailed: {
        reason: 'nor that, while another one is being resized',
        given: of(
          withConditions(
            condition('PersistentVolumeResizing', 'True', 'Resizing'),
            condition('PersistentVolumeResizeError', 'True', 'ControllerResizeError'),
          ),
        ),
        want: ['False', 'VolumeNotResized', true],
      },
      ResizeForbiddenWhileDown: {
        reason: 'a full volume may be why; that it serves no client comes first',
        given: of({
          status: {
            ...(withConditions(condition('PersistentVolumeResizing', 'False', 'Forbidden')).status as Loose),
            instances: [{ name: 'pg', replicas: 1 }],
          },
        }),
        want: ['False', 'NoInstanceReady', false, 300],
      },
      Resizing: {
        reason: 'it takes what it takes',
        given: of(withConditions(condition('PersistentVolumeResizing', 'True', 'Resizing'))),
        want: ['False', 'VolumeResizing', true],
      },

      RestoreAsked: {
        reason: 'its Job is not there yet',
        given: of(restoring({}, 'ReadyForRestore')),
        want: ['False', 'Restoring', false, 600],
      },
      RestoreAskedLong: {
        reason: 'PGO refuses an option, or waits for a host',
        given: lasting(of(restoring({}, 'ReadyForRestore')), 'Restoring', 600),
        want: ['False', 'RestoreStuck', false],
      },
      TearDown: {
        reason: 'the former instances do not go',
        given: of(restoring({ startTime: ago(9) }, 'RestoreInPlaceRequested')),
        want: ['False', 'Restoring', false, 600],
      },
      Restoring: {
        reason: 'it takes what it takes',
        given: lasting(of(restoring({ active: 1, startTime: ago(9000) }, 'ReadyForRestore')), 'Restoring', 9000, 'RestoreStuck'),
        want: ['False', 'Restoring', false],
      },
      RestoreFailed: {
        reason: 'it is still requested',
        given: of(
          restoring(
            { finished: true, failed: 2 },
            'ReadyForRestore',
            condition('PostgresDataInitialized', 'False', 'PGBackRestRestoreFailed'),
          ),
        ),
        want: ['False', 'RestoreFailed', false],
      },
      RestoringLong: {
        reason: 'PGO looks at no other change before a restore has ended',
        given: of(overlaid(restoring({ active: 1, startTime: ago(900) }, 'ReadyForRestore'), { metadata: changed(920).metadata as Loose })),
        want: ['False', 'Restoring', false],
      },
      RestoreRefused: {
        reason: 'a restore that has not started is reported as that, and not as a change that PGO does not reconcile',
        given: lasting(of(overlaid(restoring({}, 'ReadyForRestore'), { metadata: changed(700).metadata as Loose })), 'Restoring', 600),
        want: ['False', 'RestoreStuck', false],
      },
      RestoredAnewAfterAFailure: {
        reason: 'what PGO says of the one before stays until the instances have gone',
        given: of(restoring({}, 'RestoreInPlaceRequested', condition('PostgresDataInitialized', 'False', 'PGBackRestRestoreFailed'))),
        want: ['False', 'Restoring', false, 600],
      },
      RestoreDone: {
        reason: 'the restored instance is coming up',
        given: of({ status: { ...pgoStatus.usable, patroni: undefined, instances: [{ name: 'pg', replicas: 1 }] } }),
        want: ['False', 'Provisioning', false, 900],
      },
      RestoreDoneAndChanged: {
        reason: 'a change that came with it is carried out once there is a leader',
        given: of({
          metadata: changed(400).metadata,
          status: { ...pgoStatus.usable, observedGeneration: 2, patroni: undefined, instances: [{ name: 'pg', replicas: 1 }] },
        }),
        want: ['False', 'Provisioning', false, 900],
      },
      RestoreDoneLong: {
        reason: 'and does not',
        given: lasting(of({ status: { ...pgoStatus.usable, patroni: undefined } }), 'Provisioning', 900),
        want: ['False', 'ProvisioningStuck', false],
      },
    },
    (given, want) => {
      const { status, reason, serves, recheckAfterSeconds } = answer(given);
      assert.deepEqual(
        [status, reason, serves === true || status === 'True', ...(recheckAfterSeconds === undefined ? [] : [recheckAfterSeconds])],
        want,
      );
    },
  );

  it('says the same of a state at every sync, from what status reports on', () => {
    const w = of(instances({ ...full, readyReplicas: 2 }), three());
    const after = ({ reports = [] }: Readiness, seconds: number): Readiness => answer({ ...reporting(w, ...reports), now: ago(-seconds) });
    const first = answer(w);
    assert.deepEqual(first.reports, [about('InstancesMissing', { since: NOW })]);
    const second = after(first, 200);
    assert.deepEqual([second.message, second.reports], [first.message, first.reports]);
    const late = after(first, 600);
    assert.ok(late.message.startsWith(`${first.message}; `));
    assert.deepEqual(late.reports, [...first.reports, about('InstancesStuck', { detail: 'InstancesMissing' })]);
    const later = after(late, 9000);
    assert.deepEqual([later.message, later.reports], [late.message, late.reports]);
  });

  it('takes no time and no words from what PGO says of volumes', () => {
    const at = (time: string, message: string): World =>
      of(withConditions(condition('PersistentVolumeResizing', 'False', 'Forbidden', { lastTransitionTime: time, message })));
    assert.deepEqual(syncOf(at(ago(5), 'one')), syncOf(at(ago(1), 'two')));
  });

  it('gives the command that switches back, and the one that helps a pod of a former spec', () => {
    assert.match(
      answer(of({ spec: { shutdown: true } })).message,
      /patch postgrescluster bestie-pgo --type merge -p '\{"spec":\{"shutdown":false\}\}'$/,
    );
    assert.match(
      answer(of(parameters({ default_transaction_read_only: 'on' }))).message,
      /-p '\{"spec":\{"patroni":\{"dynamicConfiguration":\{"postgresql":\{"parameters":\{"default_transaction_read_only":null\}\}\}\}\}\}'$/,
    );
    const late = answer(lasting(of(instances({ ...full, readyReplicas: 2 }), three()), 'InstancesMissing', 700, 'InstancesStuck')).message;
    assert.match(
      late,
      /^2 of 3 instances of PostgresCluster bestie-pgo are ready, since .*get pods -l postgres-operator.crunchydata.com\/cluster=bestie-pgo.*delete pod/,
    );
    const failed = answer(
      of(
        restoring(
          { finished: true, failed: 2 },
          'ReadyForRestore',
          condition('PostgresDataInitialized', 'False', 'PGBackRestRestoreFailed'),
        ),
      ),
    );
    assert.match(failed.message, /^the restore hand1 of .*logs job\/bestie-pgo-pgbackrest-restore; .*pgbackrest-restore=<new id>/);
  });

  each<[w: World, patch: Loose], string>(
    {
      None: { reason: 'nothing to say', given: [ready(), {}], want: 'PostgresCluster bestie-pgo is usable' },
      Theirs: {
        reason: 'sorted, from both places',
        given: [ready(), overlaid(parameters({ work_mem: '8MB', gone: null }), { spec: { config: { parameters: { jit: 'off' } } } })],
        want: 'PostgresCluster bestie-pgo is usable; Postgres parameters set by others: jit, work_mem',
      },
      Ours: {
        reason: 'what the spec sets is not theirs',
        given: [ready(world({ database: { maxConnections: 300 } })), parameters({ max_connections: 300, jit: 'off' })],
        want: 'PostgresCluster bestie-pgo is usable; Postgres parameters set by others: jit',
      },
      Many: {
        reason: 'bounded',
        given: [ready(), parameters(Object.fromEntries('g f e d c b a'.split(' ').map((name) => [name, 1])))],
        want: 'PostgresCluster bestie-pgo is usable; Postgres parameters set by others: a, b, c, d, e and 2 more',
      },
    },
    ([w, patch], want) => {
      assert.equal(answer(of(patch, w)).message, want);
    },
  );

  it('undoes nothing that a person has set: none of it is sent', () => {
    const spec = {
      shutdown: false,
      paused: true,
      standby: { enabled: true, repoName: 'repo1' },
      config: { parameters: { jit: 'off' } },
      patroni: { dynamicConfiguration: { postgresql: { parameters: { work_mem: '8MB' } } } },
    };
    const before = manifestOf(syncOf(ready()), 'PostgresCluster');
    const after = manifestOf(syncOf(of({ spec })), 'PostgresCluster');
    assert.deepEqual(Object.keys(after?.spec ?? {}).sort(), ['backups', 'instances', 'postgresVersion', 'users']);
    assert.deepEqual(after, before);
  });

  it('lets what depends on a database that serves continue, and holds it where nothing may be written', () => {
    const upgrade = (patch: Loose): World => {
      const w = of(patch, ready(world({ upgrade: { backup: 'Skip' }, database: { replicas: 3 } })));
      return { ...w, parent: overlaid(w.parent, { spec: { version: '1.4' }, metadata: { generation: 2 } }) };
    };
    const jobs = (w: World): number => syncOf(w).children.filter(({ kind, spec }) => kind === 'Job' && spec !== undefined).length;
    const degraded = upgrade(instances({ ...full, readyReplicas: 2 }));
    assert.equal(said(syncOf(degraded), 'Ready'), 'False InstancesMissing');
    assert.equal(jobs(degraded), 1);
    const readOnly = upgrade({ ...instances(full), ...parameters({ default_transaction_read_only: 'on' }) });
    assert.equal(said(syncOf(readOnly), 'DatabaseSeeded'), 'False DependencyNotReady');
    assert.equal(jobs(readOnly), 0);
    assert.equal((syncOf(readOnly).status.database as Loose).usable, false);
    assert.equal((syncOf(degraded).status.database as Loose).usable, true);
  });
});
