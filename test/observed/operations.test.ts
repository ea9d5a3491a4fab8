import { strict as assert } from 'node:assert';
import { decodeBestie } from '../../src/controllers.ts';
import { operationsOf } from '../../src/observed/operations.ts';
import type { Manifest } from '../../src/api/kubernetes.ts';
import { controllerConfig, overlays } from '../../src/sandbox/metacontroller/controllerconfig.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { BESTIE, DEPLOYMENT, EVENT, HPA, JOB, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import { annotate, bestieOf, conditionOf, isReady, operated, sample } from '../support/sandbox.ts';
import { created, migrated, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { deleted, recorded } from '../support/upgrades.ts';
import {
  carriedOut,
  edited,
  eventsOf,
  finalizeOf,
  manifestOf,
  observe,
  overlaid,
  patched,
  syncOf,
  without,
  world,
  type World,
} from '../support/world.ts';

const shown = (children: readonly Manifest[], w: World): string[] =>
  operationsOf(children, observe(w)).map(({ operation, kind, name }) => `${operation} ${kind} ${name}`);
const asked = (w: World): string[] => shown(syncOf(w).children, w);

const RECORD = 'metacontroller.k8s.io/last-applied-configuration';
const unrecorded = (w: World, kind: string): World => patched(w, kind, { metadata: { annotations: { [RECORD]: undefined } } });
const rekeyed = (w: World): World => ({
  ...w,
  children: w.children.map((child) => {
    const record = JSON.parse(child.metadata.annotations?.[RECORD] ?? '{}') as Record<string, unknown>;
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(record).reverse()));
    return overlaid(child, { metadata: { annotations: { [RECORD]: reversed } } });
  }),
});

describe('observed/operations', () => {
  each<() => World, string[]>(
    {
      New: { reason: 'nothing is there', given: world, want: ['create PostgresCluster bestie-pgo'] },
      Waiting: { reason: 'what waits for the database is not requested', given: created, want: [] },
      Next: {
        reason: 'the database is usable and migrated',
        given: () => without(migrated(), 'Deployment'),
        want: ['create Deployment bestie-app'],
      },
      Rest: { reason: 'the answer is what was applied', given: ready, want: [] },
      Autoscaled: { reason: 'with all that there can be', given: () => ready(world({ maxReplicas: 4 }, {})), want: [] },
      OtherKeys: { reason: 'the order of keys is none of the content', given: () => rekeyed(ready()), want: [] },
      Edited: { reason: 'the spec says something else', given: () => edited(ready(), { size: 2 }), want: ['update Deployment bestie-app'] },
      Env: {
        reason: 'deep inside',
        given: () => edited(ready(), { env: [{ name: 'A', value: 'b' }] }),
        want: ['update Deployment bestie-app'],
      },
      Switched: {
        reason: 'one kind is wanted no more',
        given: () => edited(ready(world({ maxReplicas: 4 })), { maxReplicas: undefined }),
        want: ['delete HorizontalPodAutoscaler bestie-hpa'],
      },
      Lost: { reason: 'a user deleted it', given: () => without(ready(), 'Service'), want: ['create Service bestie-service'] },
      Drifted: {
        reason: 'what was changed by hand is sent again, and recorded as such',
        given: () => patched(ready(), 'Service', { spec: { selector: { app: 'x' } } }),
        want: ['update Service bestie-service'],
      },
      Forged: {
        reason: 'the record itself was changed',
        given: () => recorded(ready(), 'Service', { spec: { type: 'NodePort' } }),
        want: ['update Service bestie-service'],
      },
      Adopted: {
        reason: 'nothing records how it was applied',
        given: () => unrecorded(ready(), 'PostgresCluster'),
        want: ['update PostgresCluster bestie-pgo'],
      },
      Unreadable: {
        reason: 'a record that is no JSON is none',
        given: () => patched(ready(), 'Service', { metadata: { annotations: { [RECORD]: '{' } } }),
        want: ['update Service bestie-service'],
      },
      Job: { reason: 'OnDelete changes none', given: () => recorded(usable(), 'Job', { spec: { backoffLimit: 99 } }), want: [] },
      OldJob: {
        reason: 'a Job that is wanted no more goes',
        given: () => edited(usable(), { version: '1.4' }),
        want: ['delete Job'],
      },
      Going: {
        reason: 'what is going can be neither changed nor deleted',
        given: () =>
          edited(
            patched(ready(world({ maxReplicas: 4 })), 'HorizontalPodAutoscaler', {
              metadata: { deletionTimestamp: '2026-01-01T11:59:00Z' },
            }),
            {
              maxReplicas: undefined,
            },
          ),
        want: [],
      },
      GoingWanted: {
        reason: 'what is going is not changed',
        given: () => edited(patched(ready(), 'Deployment', { metadata: { deletionTimestamp: '2026-01-01T11:59:00Z' } }), { size: 2 }),
        want: [],
      },
      Unacceptable: { reason: 'everything stays as it was applied', given: () => edited(ready(), { size: 0 }), want: [] },
      UnacceptableUnrecorded: {
        reason: 'what is sent by its name alone changes nothing',
        given: () => edited(unrecorded(ready(), 'Service'), { size: 0 }),
        want: [],
      },
    },
    (given, want) => {
      const found = asked(given());
      assert.deepEqual(
        found.map((line) => line.replace(/ Job bestie-job-.*/, ' Job')),
        want,
      );
    },
  );

  it('in finalize: what the answer leaves out is deleted', () => {
    const w = deleted(ready());
    assert.deepEqual(
      new Set(shown(finalizeOf(w).children, w).map((line) => line.split(' ').slice(0, 2).join(' '))),
      new Set(['delete Job', 'delete Deployment', 'delete Service', 'delete PodDisruptionBudget', 'delete Ingress']),
    );
  });

  it('Events are no operations', () => {
    const w = edited(ready(), { version: '1.4' });
    const events = eventsOf(w);
    assert.ok(events.length > 0);
    assert.deepEqual(shown([...syncOf(w).children, ...events], w), asked(w));
  });

  it('what was requested and carried out is not requested again', () => {
    for (const w of [
      world(),
      without(migrated(), 'Service'),
      edited(ready(), { size: 3, maxReplicas: 5 }),
      edited(ready(), { version: '1.4' }),
    ]) {
      assert.notDeepEqual(asked(w), []);
      const done = carriedOut(w);
      assert.deepEqual(asked(done), []);
    }
  });

  it('a Bestie without a Namespace in its children is compared all the same', () => {
    const w = ready();
    const service = manifestOf(syncOf(w), 'Service');
    assert.ok(service);
    const home = { ...service, metadata: { ...service.metadata, namespace: 'pets' } };
    assert.deepEqual(
      shown([home], w).filter((line) => line.includes('Service')),
      [],
    );
  });
});

interface Sync {
  inferred: string[];
  /** What Metacontroller wrote until the next one, whatever came of it; Events and the Bestie left out. */
  written: string[];
}

/** A cluster, and what was inferred and written at each of its syncs. */
function watched(options: Parameters<typeof operated>[0] = {}): { cluster: Cluster; syncs: () => Sync[] } {
  const marks: { from: number; inferred: string[] }[] = [];
  const cluster: Cluster = operated({
    config: controllerConfig(overlays.monitoring),
    ...options,
    wrap: (call, now) => async (hook, body) => {
      const reply = await call(hook, body);
      if (hook === 'customize' || reply.status !== 200) return reply;
      const { children } = JSON.parse(reply.body) as { children: Manifest[] };
      const operations = operationsOf(children, decodeBestie(JSON.parse(body), now()));
      const inferred = operations.map(({ operation, kind, name }) => `${operation} ${kind} ${name}`);
      marks.push({ from: cluster.server.writes.length, inferred: inferred.sort() });
      return reply;
    },
  });
  const written = (from: number, to?: number): string[] =>
    cluster.server.writes
      .slice(from, to)
      .filter(({ by, kind }) => by === 'metacontroller' && kind !== BESTIE && kind !== EVENT)
      .map(({ verb, kind, name }) => `${verb} ${kind.split('.')[0] ?? ''} ${name}`)
      .sort();
  return { cluster, syncs: () => marks.map(({ from, inferred }, index) => ({ inferred, written: written(from, marks[index + 1]?.from) })) };
}

const changeSpec = (cluster: Cluster, spec: object): void => {
  cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...spec } }));
};
const upgraded = (cluster: Cluster, version: string): Promise<void> =>
  cluster.until(version, () => bestieOf(cluster)?.status?.appversion === version && isReady(cluster)(), 1200);

/** From nothing to nothing, by way of everything that makes, changes and deletes a child. */
async function live(cluster: Cluster): Promise<void> {
  cluster.apply(sample());
  await cluster.until('Ready', isReady(cluster), 600);
  changeSpec(cluster, { size: 4, env: [{ name: 'A', value: 'b' }] });
  await cluster.settle();
  changeSpec(cluster, { maxReplicas: undefined, monitoring: { enabled: false } });
  await cluster.settle();
  changeSpec(cluster, { maxReplicas: 8, networkPolicy: { enabled: true }, monitoring: {} });
  await cluster.settle();
  changeSpec(cluster, { version: '1.4' });
  await upgraded(cluster, '1.4');
  changeSpec(cluster, { version: '1.5-crash', upgrade: { backup: 'Skip' } });
  await cluster.until('rolled back', () => conditionOf(cluster, 'RolledBack') === 'True/RolledBack', 1200);
  changeSpec(cluster, { version: '1.4' });
  annotate(cluster, 'retry-upgrade', '1');
  await upgraded(cluster, '1.4');
  for (const [kind, name] of [
    [SERVICE, 'bestie-service'],
    [DEPLOYMENT, 'bestie-app'],
    [HPA, 'bestie-hpa'],
  ] as const)
    cluster.remove(kind, 'shop', name);
  await cluster.until('Ready', isReady(cluster), 600);
  await cluster.settle();
  changeSpec(cluster, { size: 0 });
  await cluster.settle();
  changeSpec(cluster, { size: 2 });
  await cluster.settle();
  await cluster.resync(5);
  cluster.remove(BESTIE, 'shop', 'bestie');
  await cluster.settle();
}

const only = (operation: string, lines: readonly string[]): string[] => lines.filter((line) => line.startsWith(operation));

describe('observed/operations: what Metacontroller really does', function () {
  this.timeout(60_000);

  it('over a whole life, sync by sync: the same creations, updates and deletions', async () => {
    const { cluster, syncs } = watched();
    await live(cluster);
    for (const { inferred, written } of syncs()) assert.deepEqual(written, inferred);
    const all = syncs().flatMap(({ inferred }) => inferred);
    for (const operation of ['create', 'update', 'delete']) assert.ok(only(operation, all).length >= 8, operation);
    assert.ok(syncs().filter(({ inferred }) => inferred.length === 0).length > 20, 'most syncs ask for nothing');
  });

  it('with caches that lag behind: what is requested is tried, also where it comes too late', async () => {
    const { cluster, syncs } = watched();
    const { informer } = cluster.metacontroller;
    let held = false;
    cluster.server.watch(() => {
      const hold = Math.floor(Date.parse(cluster.now()) / 3000) % 3 === 0;
      if (hold !== held) informer.hold(hold ? [SERVICE, HPA, JOB, POSTGRES_CLUSTER] : []);
      held = hold;
    });
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 600);
    changeSpec(cluster, { version: '1.4', size: 4 });
    await upgraded(cluster, '1.4');
    for (const { inferred, written } of syncs()) assert.deepEqual(written, inferred);
    assert.ok(
      cluster.server.writes.some(({ by, outcome }) => by === 'metacontroller' && outcome !== 'ok'),
      'nothing came too late',
    );
  });

  it('what a person changed by hand is repaired once, and inferred', async () => {
    const { cluster, syncs } = watched();
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 600);
    await cluster.settle();
    const before = syncs().length;
    cluster.edit(SERVICE, 'shop', 'bestie-service', (service) => ({ ...service, spec: { ...service.spec, selector: { app: 'nobody' } } }));
    await cluster.settle();
    const since = syncs().slice(before);
    for (const key of ['inferred', 'written'] as const)
      assert.deepEqual(
        since.flatMap((sync) => sync[key]),
        ['update Service bestie-service'],
      );
  });

  it('a name that is taken is requested at every sync, and never made', async () => {
    const { cluster, syncs } = watched();
    cluster.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'bestie-service', namespace: 'shop' },
      spec: { ports: [{ port: 80 }], selector: { app: 'other' } },
    });
    cluster.apply(sample());
    await cluster.until('reported', () => conditionOf(cluster, 'ServiceCreated') === 'False/NotApplied', 600);
    const before = syncs().length;
    await cluster.resync(3);
    for (const { inferred, written } of syncs().slice(before)) {
      assert.deepEqual(inferred, ['create Service bestie-service']);
      assert.deepEqual(written, inferred);
    }
  });

  it('in a foreground deletion Metacontroller leaves the children to the collector: nothing is inferred', async () => {
    const { cluster, syncs } = watched();
    cluster.apply(sample());
    await cluster.until('Ready', isReady(cluster), 600);
    await cluster.settle();
    const before = syncs().length;
    cluster.remove(BESTIE, 'shop', 'bestie', { propagation: 'Foreground' });
    await cluster.settle();
    const since = syncs().slice(before);
    assert.ok(since.length > 0);
    assert.deepEqual(
      since.flatMap(({ inferred }) => inferred),
      [],
    );
    assert.deepEqual(
      since.flatMap(({ written }) => written),
      [],
    );
  });
});
