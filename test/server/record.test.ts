import assert from 'node:assert/strict';
import { answers } from '../../src/controllers.ts';
import { kinds } from '../../src/api/kinds.ts';
import { record } from '../../src/server/record.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { exposition } from '../support/exposition.ts';
import { created, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { deleted, later } from '../support/upgrades.ts';
import { edited, overlays, patched, request, syncOf, without, world, type World } from '../support/world.ts';

const AT = 1_700_000_000;

function recorded(metrics: Metrics, w: World, hook: 'sync' | 'finalize' = 'sync', at = AT) {
  const { decision } = answers[hook](request(w, 'v2', hook === 'finalize'), w.now);
  assert.ok(decision);
  return record(decision, at, metrics);
}

/** What was counted, as `label values: number`, without what is zero. */
async function counted(metrics: Metrics, name: string, at = AT): Promise<string[]> {
  const { samples } = exposition(await metrics.render(at)).get(name) ?? assert.fail(`there is no ${name}`);
  return samples
    .filter(({ value }) => value !== 0)
    .map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`)
    .sort();
}

/** What is counted when these worlds are answered about, one after the other. */
async function countedOf(name: string, worlds: readonly World[], hook?: 'finalize'): Promise<string[]> {
  const metrics = createMetrics();
  for (const w of worlds) recorded(metrics, w, hook);
  return counted(metrics, name);
}

/** The world after its status was written, and nothing else. */
const stated = (w: World): World => ({ ...w, parent: { ...w.parent, status: syncOf(w).status } });
const going = (): World => deleted({ ...ready(), children: [], related: [] });
/** Another owner has the name of the Service: it is requested for three minutes and a minute more, and reported missing. */
const taken = (): World[] => {
  const asked = stated(without(ready(), 'Service'));
  const missing = later(asked, 240);
  return [asked, missing, later(stated(missing), 60), later(stated(missing), 120)];
};
const replicas = (w: World, count: number | undefined): World => patched(w, 'Deployment', { spec: { replicas: count } });

type Worlds = () => readonly World[];

async function check(name: string, given: Worlds, want: readonly string[], hook?: 'finalize'): Promise<void> {
  assert.deepEqual(await countedOf(name, given(), hook), want);
}

interface Row {
  reason: string;
  given: Worlds;
  hook?: 'finalize';
  want: readonly string[];
}

const cases: Record<string, Record<string, Row>> = {
  bestie_operations_total: {
    New: { reason: 'one child is requested', given: () => [world()], want: ['pets create requested: 1'] },
    Rest: { reason: 'nothing is', given: () => [ready(), ready()], want: [] },
    Edited: { reason: 'one is changed', given: () => [edited(ready(), { size: 2 })], want: ['pets update requested: 1'] },
    Switched: {
      reason: 'one is deleted',
      given: () => [edited(ready(world({ maxReplicas: 4 })), { maxReplicas: undefined })],
      want: ['pets delete requested: 1'],
    },
    Taken: {
      reason: 'it is requested each time, and is an error once',
      given: taken,
      want: ['pets create error: 1', 'pets create requested: 4'],
    },
    TakenByOthers: {
      reason: 'the error is logged when the condition turns, not while it stays',
      given: () => taken().slice(2),
      want: ['pets create requested: 2'],
    },
    Going: {
      reason: 'what the answer leaves out',
      given: () => [deleted(ready())],
      hook: 'finalize',
      want: ['pets delete requested: 5'],
    },
  },
  bestie_deployment_size_undesired_count_total: {
    Rest: { reason: 'as wanted', given: () => [ready()], want: [] },
    Drifted: { reason: 'by hand', given: () => [replicas(ready(), 7), replicas(ready(), 0)], want: ['pets: 2'] },
    Edited: { reason: 'the spec is new, the Deployment is not', given: () => [edited(ready(), { size: 2 })], want: ['pets: 1'] },
    Autoscaled: { reason: 'the number is the autoscaler’s', given: () => [replicas(ready(world({ maxReplicas: 9 })), 7)], want: [] },
    None: { reason: 'there is no Deployment', given: () => [created()], want: [] },
    Unset: { reason: 'nothing states how many', given: () => [replicas(ready(), undefined)], want: [] },
    Invalid: { reason: 'what is wanted cannot be known', given: () => [edited(replicas(ready(), 7), { size: 0 })], want: [] },
    Going: { reason: 'it is on its way out', given: () => [deleted(replicas(ready(), 7))], hook: 'finalize', want: [] },
    LetGo: {
      reason: 'it belongs to another controller from now on, but is still as it was wanted',
      given: () => [ready()],
      hook: 'finalize',
      want: [],
    },
  },
  bestie_children_desired_total: {
    New: { reason: 'one', given: () => [world()], want: ['PostgresCluster: 1'] },
    Events: {
      reason: 'an Event is no child',
      given: () => [edited(ready(), { version: '1.4' })],
      want: ['Deployment: 1', 'Ingress: 1', 'Job: 1', 'PodDisruptionBudget: 1', 'PostgresCluster: 1', 'Service: 1'],
    },
    Twice: { reason: 'added up', given: () => [world(), world(), world()], want: ['PostgresCluster: 3'] },
    Gone: { reason: 'none', given: () => [going()], hook: 'finalize', want: [] },
  },
  bestie_children_observed_total: {
    New: { reason: 'none is there', given: () => [world()], want: [] },
    Ready: {
      reason: 'each that was sent, added up',
      given: () => [ready(), ready()],
      want: ['Deployment: 2', 'Ingress: 2', 'Job: 2', 'PodDisruptionBudget: 2', 'PostgresCluster: 2', 'Service: 2'],
    },
    Lost: {
      reason: 'one is missing, which the other counter has',
      given: () => [without(ready(), 'Service')],
      want: ['Deployment: 1', 'Ingress: 1', 'Job: 1', 'PodDisruptionBudget: 1', 'PostgresCluster: 1'],
    },
  },
  bestie_transitions_total: {
    Rest: { reason: 'nothing changed', given: () => [ready()], want: [] },
    Invalid: {
      reason: 'the new status and the new reason',
      given: () => [edited(ready(), { size: 0 })],
      want: ['Ready False InvalidSpec: 1', 'Stalled True InvalidSpec: 1'],
    },
    Repeated: {
      reason: 'an answer whose status was lost is another answer',
      given: () => [edited(ready(), { size: 0 }), edited(ready(), { size: 0 })],
      want: ['Ready False InvalidSpec: 2', 'Stalled True InvalidSpec: 2'],
    },
  },
};

describe('server/record', () => {
  for (const [name, rows] of Object.entries(cases)) {
    describe(name, () => {
      for (const [row, { reason, given, hook, want }] of Object.entries(rows))
        it(`${row}: ${reason}`, () => check(name, given, want, hook));
    });
  }

  it('has the operations of a Namespace from zero on, and no others than it counts', async () => {
    const metrics = createMetrics();
    recorded(metrics, ready());
    const { samples = [] } = exposition(await metrics.render(AT)).get('bestie_operations_total') ?? {};
    const of = ({ operation = '', status = '' }: (typeof samples)[number]['labels']): string => `${operation} ${status}`;
    assert.deepEqual(
      samples.map(({ labels, value }) => [of(labels), value]),
      ['create', 'update', 'delete'].flatMap((operation) => [
        [`${operation} requested`, 0],
        [`${operation} error`, 0],
      ]),
    );
    for (const worlds of Object.values(cases.bestie_operations_total ?? {})) {
      for (const w of worlds.given()) recorded(metrics, w, worlds.hook);
    }
    assert.equal(exposition(await metrics.render(AT)).get('bestie_operations_total')?.samples.length, 6);
  });

  it('says what Metacontroller is asked to do, for the log', () => {
    assert.deepEqual(recorded(createMetrics(), edited(ready(), { size: 2 })), [
      { operation: 'update', kind: 'Deployment', name: 'bestie-app' },
    ]);
    assert.deepEqual(recorded(createMetrics(), ready()), []);
  });

  it('sets the time of the last answer', async () => {
    const metrics = createMetrics();
    recorded(metrics, ready(), 'sync', 12.5);
    recorded(metrics, going(), 'finalize', 13.75);
    assert.deepEqual(await counted(metrics, 'bestie_hook_last_sync_timestamp_seconds'), [': 13.75']);
  });

  each<{ w: World; hook?: 'finalize' }, readonly string[]>(
    {
      Alive: { reason: 'its state', given: { w: ready() }, want: [`pets bestie: ${AT}`, '', 'pets bestie: 1', 'pets bestie: 1'] },
      Going: {
        reason: 'still its state',
        given: { w: deleted(ready()), hook: 'finalize' },
        want: [`pets bestie: ${AT}`, '', 'pets bestie: 1', 'pets bestie: 1'],
      },
      Gone: {
        reason: 'two times and nothing else',
        given: { w: going(), hook: 'finalize' },
        want: [`pets bestie: ${AT}`, `pets bestie: ${AT}`, '', ''],
      },
      LetGo: { reason: 'the same', given: { w: ready(), hook: 'finalize' }, want: [`pets bestie: ${AT}`, `pets bestie: ${AT}`, '', ''] },
    },
    ({ w, hook }, want) => {
      const metrics = createMetrics();
      recorded(metrics, w, hook);
      const names = ['last_sync_timestamp_seconds', 'finalized_timestamp_seconds', 'spec_replicas', 'ready_replicas'];
      const families = exposition(metrics.states.render(AT));
      const lines = names.map((name) =>
        (families.get(`bestie_${name}`)?.samples ?? []).map(({ labels, value }) => `${Object.values(labels).join(' ')}: ${value}`).join(),
      );
      assert.deepEqual(lines, want);
    },
  );

  it('takes a spec that is null, or breaks every rule', () => {
    for (const spec of [null, {}, { size: 'x', maxReplicas: {}, database: { backups: 3 } }]) {
      const w = ready();
      recorded(createMetrics(), { ...w, parent: { ...w.parent, spec } });
      recorded(createMetrics(), deleted({ ...w, parent: { ...w.parent, spec } }), 'finalize');
    }
  });

  it('counts no kind that is not in the table of kinds, whatever the overlay: the label is bounded', async () => {
    const metrics = createMetrics();
    const spec = { maxReplicas: 4, networkPolicy: { enabled: true }, database: { monitoring: { enabled: true } } };
    for (const declared of [overlays.default, overlays.monitoring, overlays.openshift, overlays.everything])
      recorded(metrics, ready(world(spec, { declared })));
    recorded(metrics, ready(world({ exposure: { gateway: { name: 'public' } } }, { declared: overlays.everything })));
    const known: readonly string[] = Object.values(kinds).map(({ kind }) => kind);
    for (const name of ['bestie_children_desired_total', 'bestie_children_observed_total']) {
      const found = (await counted(metrics, name)).map((line) => line.split(':')[0] ?? '');
      assert.deepEqual(found, [...known].sort());
    }
  });
});
