/** The priority class of the pods of a database: when it is sent, and what is said of it. */
import { strict as assert } from 'node:assert';
import { answers } from '../../../src/controllers.ts';
import type { SyncResponse } from '../../../src/api/hook.ts';
import { PRIORITY_CLASS } from '../../../src/api/kinds.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  NOW,
  overlays,
  patched,
  request,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../../support/world.ts';
import { fresh } from '../../support/released.ts';
import { created, pgoStatus, ready } from '../../support/stages.ts';
import { armedBy, namespace, priorityClass, withoutRelated, withRelated } from '../../support/upgrades.ts';
import { each } from '../../support/table.ts';

const spec = (replicas = 1): Loose => ({ database: { replicas, priorityClassName: 'databases' } });
const CLUSTER = 'PostgresCluster bestie-pgo, whose pods ask for priority class databases,';
const CHECK = 'check that the priority class exists: kubectl -n pets get priorityclass databases; see its';
const WHICH = 'create it, or change spec.database.priorityClassName; which exist: kubectl -n pets get priorityclasses';
const HELD = 'spec.database.priorityClassName is not applied: priority class databases does not exist, and the pods of Postgres';
const withInstances = (w: World, counts: Loose): World =>
  patched(w, 'PostgresCluster', { status: { ...pgoStatus.usable, instances: [{ name: 'pg', ...counts }] } });
/** The Bestie asks for the class, in a cluster that has what is named. */
const asking = (related: readonly string[] = ['databases'], replicas = 1): World =>
  world(spec(replicas), { related: [namespace(), ...related.map(priorityClass)] });
const age = (seconds: number, status: unknown = pgoStatus.seen): World =>
  patched(created(asking()), 'PostgresCluster', { metadata: { creationTimestamp: ago(seconds) }, status });
/** The same, reported for so long. */
const lasting = (w: World, reason: string, seconds: number): World => ({
  ...w,
  parent: {
    ...w.parent,
    status: { reported: [{ reason, kind: 'PostgresCluster', name: 'bestie-pgo', since: ago(seconds) }] },
  },
});
/** A database that serves, and that was asked to have another class, or that has it while it goes. */
const held = (): World => withoutRelated(edited(ready(world({}, { related: [namespace()] })), spec()), 'databases');
const gone = (): World => withoutRelated(ready(asking()), 'databases');
/** The set of the live object, changed by another writer, with what else it has. */
const having = (w: World, change: Loose, ...others: Loose[]): World => {
  const [set] = (childOf(w, 'PostgresCluster').spec as { instances: Loose[] }).instances;
  return patched(w, 'PostgresCluster', { spec: { instances: [...others, { ...set, ...change }] } });
};
/** The answer to Metacontroller before it requests the class, as it does by an answer of customize of an earlier release. */
function beforeRequest(w: World): SyncResponse {
  const { related, ...rest } = request(w) as { related: Loose };
  const { [PRIORITY_CLASS]: _, ...others } = related;
  return answers.sync({ ...rest, related: others }, NOW).response as SyncResponse;
}
/** A backup is requested, and runs. */
function backedUp(w: World): World {
  const requested = edited(w, { database: { priorityClassName: 'databases', backups: { onDemand: 'monday' } } });
  assert.notEqual(armedBy(requested), undefined);
  return requested;
}
const classIn = (response: SyncResponse): unknown =>
  (manifestOf(response, 'PostgresCluster')?.spec as { instances: Loose[] }).instances[0]?.priorityClassName;
const message = (w: World): string => conditionOf(syncOf(w), 'DatabaseReady')?.message ?? '';

describe('database/crunchy/priority', () => {
  describe('is named', () => {
    each<World, string>(
      {
        New: { reason: 'before there is anything to see', given: asking(), want: `${CLUSTER} is coming up, requested at` },
        Young: { reason: 'from then on', given: age(240), want: `${CLUSTER} is coming up` },
        Stuck: { reason: 'it exists: that is not why', given: age(900), want: `${CLUSTER} has not come up; see its events` },
        Lost: {
          reason: 'the pod of a database that served cannot be created again',
          given: withInstances(gone(), {}),
          want: `no instance of ${CLUSTER} is ready, since 2026-01-01T12:00Z; priority class databases, which the pods of Postgres ask for, does not exist`,
        },
        LostForLong: {
          reason: 'there is nothing to find out',
          given: lasting(withInstances(gone(), {}), 'NoInstanceReady', 300),
          want: `no instance of ${CLUSTER} is ready, since 2026-01-01T11:55Z; see its pods`,
        },
        AnotherOne: {
          reason: 'it is not the class of the spec, and whether it exists is not known',
          given: lasting(edited(withInstances(gone(), {}), { database: { priorityClassName: 'low' } }), 'NoInstanceReady', 300),
          want: `; ${CHECK} pods`,
        },
        NotAskedForAnyMore: {
          reason: 'the pods still ask for it',
          given: lasting(edited(withInstances(gone(), {}), { database: { priorityClassName: undefined } }), 'NoInstanceReady', 300),
          want: `; ${CHECK} pods`,
        },
        NoneAskedFor: { reason: 'nothing to name', given: world(), want: 'PostgresCluster bestie-pgo is coming up' },
      },
      (given, want) => {
        assert.ok(message(given).includes(want), message(given));
      },
    );
  });

  describe('is sent', () => {
    each<World, [sent: unknown, reason: string, message: string]>(
      {
        Exists: { reason: 'it can be had', given: ready(asking()), want: ['databases', 'Usable', 'is usable'] },
        Created: {
          reason: 'it is there now',
          given: withRelated(held(), priorityClass('databases')),
          want: ['databases', 'Usable', 'is usable'],
        },
        Missing: {
          reason: 'no pod could be created',
          given: held(),
          want: [undefined, 'PriorityClassMissing', `is usable; ${HELD} have none until it does; ${WHICH}`],
        },
        New: {
          reason: 'the database comes up without it',
          given: asking([]),
          want: [undefined, 'Provisioning', `is coming up, requested at 2026-01-01T12:00Z; ${HELD} have none until it does; ${WHICH}`],
        },
        OtherClass: {
          reason: 'the pods keep the class that the spec asked for before',
          given: withoutRelated(
            edited(ready(world({ database: { priorityClassName: 'high' } }, { related: [namespace(), priorityClass('high')] })), spec()),
            'high',
          ),
          want: ['high', 'PriorityClassMissing', `is usable; ${HELD} keep priority class high until it does; ${WHICH}`],
        },
        ClassOfOthers: {
          reason: 'it stays without being sent, and is not removed with the field of the spec',
          given: having(held(), { priorityClassName: 'high' }),
          want: [undefined, 'PriorityClassMissing', `is usable; ${HELD} keep priority class high until it does; ${WHICH}`],
        },
        OtherSet: {
          reason: 'the class of another set is not of this one',
          given: having(held(), {}, { name: 'theirs', replicas: 0, priorityClassName: 'high' }),
          want: [undefined, 'PriorityClassMissing', `is usable; ${HELD} have none until it does; ${WHICH}`],
        },
        EmptyOfOthers: {
          reason: 'that is none',
          given: having(held(), { priorityClassName: '' }),
          want: [undefined, 'PriorityClassMissing', `is usable; ${HELD} have none until it does; ${WHICH}`],
        },
        Gone: {
          reason: 'to remove it would restart Postgres',
          given: gone(),
          want: [
            'databases',
            'PriorityClassGone',
            `is usable; priority class databases, which the pods of Postgres ask for, does not exist: those that run stay, and no other one is created; a change of the spec that replaces them runs them without the class; ${WHICH}`,
          ],
        },
        RemovedByUser: {
          reason: 'it was removed from the object, so that a pod can be created: to set it again would undo that',
          given: having(gone(), { priorityClassName: undefined }),
          want: [undefined, 'PriorityClassMissing', `is usable; ${HELD} have none until it does; ${WHICH}`],
        },
        NotAskedFor: {
          reason: 'nothing is held back',
          given: edited(gone(), { database: { priorityClassName: undefined } }),
          want: [undefined, 'Usable', 'is usable'],
        },
        NothingShown: {
          reason: 'hook version v1 shows nothing that is cluster-scoped',
          given: withoutRelated(held(), 'pets'),
          want: [
            undefined,
            'PriorityClassUnknown',
            'is usable; spec.database.priorityClassName is not applied: Metacontroller does not show whether priority class databases exists, and the ' +
              'pods of Postgres have none meanwhile; this ends by itself within 20 minutes of an upgrade of the operator',
          ],
        },
      },
      (given, [sent, reason, words]) => {
        assert.equal(classIn(syncOf(given)), sent);
        const condition = conditionOf(syncOf(given), 'DatabaseReady');
        assert.equal(condition?.reason, reason);
        assert.equal(condition.message, `PostgresCluster bestie-pgo ${words}`);
      },
    );

    it('by no replica before Metacontroller requests it, and what pods have stays', () => {
      assert.deepEqual(
        [classIn(beforeRequest(held())), said(beforeRequest(held()), 'DatabaseReady')],
        [undefined, 'True PriorityClassUnknown'],
      );
      const w = ready(asking());
      assert.deepEqual(beforeRequest(w).children, (answers.sync(request(w), NOW).response as SyncResponse).children);
      assert.equal(said(beforeRequest(w), 'DatabaseReady'), 'True Usable');
    });

    it('once, and nothing is written while it is held back or after it has gone', () => {
      for (const given of [held(), gone()]) {
        const rest = carriedOut(given);
        assert.deepEqual(syncOf(rest), syncOf(carriedOut(rest)));
        assert.equal(childOf(rest, 'PostgresCluster').metadata.generation, childOf(given, 'PostgresCluster').metadata.generation);
      }
      const arrived = carriedOut(withRelated(carriedOut(held()), priorityClass('databases')));
      assert.equal(classIn(syncOf(arrived)), 'databases');
      assert.deepEqual(syncOf(arrived), syncOf(carriedOut(arrived)));
    });

    describe('no more, once it is gone, with what restarts Postgres anyway: its pods could not be created again', () => {
      const also = (change: Loose): World => edited(gone(), { database: { priorityClassName: 'databases', ...change } });
      each<World, string | undefined>(
        {
          Resources: { reason: 'other pods', given: also({ resources: { requests: { memory: '2Gi' } } }), want: undefined },
          Monitoring: { reason: 'another container', given: also({ monitoring: { enabled: true } }), want: undefined },
          Replicas: { reason: 'one pod more', given: also({ replicas: 2 }), want: undefined },
          Parameters: {
            reason: 'Postgres restarts in its pod',
            given: also({ parameters: { max_worker_processes: 4 } }),
            want: 'databases',
          },
          Pooler: { reason: 'pods of its own', given: also({ pooler: { enabled: true } }), want: 'databases' },
          Backup: { reason: 'a Job', given: backedUp(gone()), want: 'databases' },
          ChangedByOthers: {
            reason: 'nothing is sent',
            given: having(gone(), { metadata: { annotations: { a: 'b' } } }),
            want: 'databases',
          },
        },
        (given, want) => {
          assert.equal(classIn(syncOf(given)), want);
          const after = carriedOut(given);
          assert.equal(classIn(syncOf(after)), want);
          assert.equal(message(after).includes('the pods of Postgres have none until it does'), want === undefined);
        },
      );
    });

    it('although another writer had set another class while it was held back', () => {
      const theirs = having(carriedOut(held()), { priorityClassName: 'high' });
      assert.equal(classIn(syncOf(withRelated(theirs, priorityClass('databases')))), 'databases');
    });
  });

  describe('is not spoken of', () => {
    each<World, string>(
      {
        ToBeAttached: { reason: 'the database is not of this Bestie', given: fresh(spec()), want: 'DatabaseNotAttached' },
        NotInstalled: { reason: 'there is no database', given: world(spec(), { declared: overlays.minimal }), want: 'APINotInstalled' },
      },
      (given, want) => {
        assert.equal(conditionOf(syncOf(given), 'DatabaseReady')?.reason, want);
        assert.ok(!message(given).toLowerCase().includes('priority'), message(given));
      },
    );
  });

  describe('leaves Ready True', () => {
    each<World, string>(
      {
        Missing: {
          reason: 'the database serves',
          given: held(),
          want: 'the current spec is running, except for what DatabaseReady says is not applied',
        },
        Gone: { reason: 'the spec is applied', given: gone(), want: 'the current spec is running' },
      },
      (given, want) => {
        const { status, message: words } = conditionOf(syncOf(given), 'Ready') ?? {};
        assert.deepEqual([status, words], ['True', want]);
        assert.equal(said(syncOf(given), 'Stalled'), 'False NotStalled');
      },
    );
  });

  it('costs no write when a new database is seen for the first time', () => {
    for (const given of [asking(), asking([])]) {
      const before = conditionOf(syncOf(given), 'DatabaseReady');
      const seen = patched(created(given), 'PostgresCluster', { metadata: { creationTimestamp: ago(0) } });
      assert.deepEqual(conditionOf(syncOf(seen), 'DatabaseReady'), before);
    }
  });
});
