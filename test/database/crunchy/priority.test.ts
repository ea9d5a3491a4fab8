/** What is said of a database whose pods ask for a priority class, for as long as it is not ready. */
import { strict as assert } from 'node:assert';
import { conditionOf, ago, patched, said, syncOf, world, type Loose, type World } from '../../support/world.ts';
import { created, pgoStatus, ready } from '../../support/stages.ts';
import { each } from '../../support/table.ts';

const spec = (replicas = 1): Loose => ({ database: { replicas, priorityClassName: 'databases' } });
const CLUSTER = 'PostgresCluster bestie-pgo, whose pods ask for priority class databases,';
const CHECK = 'check that the priority class exists: kubectl -n pets get priorityclass databases; see its';
const withInstances = (w: World, counts: Loose): World =>
  patched(w, 'PostgresCluster', { status: { ...pgoStatus.usable, instances: [{ name: 'pg', ...counts }] } });
const age = (seconds: number, status: unknown = pgoStatus.seen): World =>
  patched(created(world(spec())), 'PostgresCluster', { metadata: { creationTimestamp: ago(seconds) }, status });
/** The same, reported for so long. */
const lasting = (w: World, reason: string, seconds: number): World => ({
  ...w,
  parent: {
    ...w.parent,
    status: { reported: [{ reason, kind: 'PostgresCluster', name: 'bestie-pgo', since: ago(seconds) }] },
  },
});
const message = (w: World): string => conditionOf(syncOf(w), 'DatabaseReady')?.message ?? '';

describe('database/crunchy/priority', () => {
  each<World, readonly string[]>(
    {
      New: { reason: 'it is named before there is anything to see', given: world(spec()), want: [`${CLUSTER} is coming up`] },
      Young: { reason: 'and from then on', given: age(240), want: [`${CLUSTER} is coming up`] },
      Stuck: {
        reason: 'with the command that shows whether it exists',
        given: age(900),
        want: [`${CLUSTER} has not come up; ${CHECK} events`],
      },
      Gone: {
        reason: 'the pod of a database that served cannot be created again',
        given: withInstances(ready(world(spec())), {}),
        want: [`no instance of ${CLUSTER} is ready, since `],
      },
      GoneForLong: {
        reason: 'with the command',
        given: lasting(withInstances(ready(world(spec())), {}), 'NoInstanceReady', 300),
        want: [`no instance of ${CLUSTER} is ready, since `, `; ${CHECK} pods`],
      },
      ReplicaMissing: {
        reason: 'the primary serves',
        given: lasting(
          withInstances(ready(world(spec(2))), { replicas: 1, readyReplicas: 1, updatedReplicas: 1 }),
          'InstancesMissing',
          600,
        ),
        want: [`1 of 2 instances of ${CLUSTER} are ready, since `, `; ${CHECK} pods`],
      },
      NoneAskedFor: { reason: 'nothing to name', given: world(), want: ['PostgresCluster bestie-pgo is coming up'] },
    },
    (given, want) => {
      for (const words of want) assert.ok(message(given).includes(words), message(given));
    },
  );

  it('is not named once the database is ready', () => {
    const w = ready(world(spec()));
    assert.equal(said(syncOf(w), 'DatabaseReady'), 'True Usable');
    assert.equal(message(w), 'PostgresCluster bestie-pgo is usable');
  });

  it('costs no write when a new database is seen for the first time', () => {
    const before = conditionOf(syncOf(world(spec())), 'DatabaseReady');
    const seen = patched(created(world(spec())), 'PostgresCluster', { metadata: { creationTimestamp: ago(0) } });
    assert.deepEqual(conditionOf(syncOf(seen), 'DatabaseReady'), before);
  });
});
