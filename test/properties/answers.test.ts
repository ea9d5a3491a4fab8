/** What holds for every answer, in whatever world: over arbitrary Besties and arbitrary observed children, pods and statuses. */
import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { answers } from '../../src/controllers.ts';
import type { SyncResponse } from '../../src/api/hook.ts';
import { kindKey, type KubeObject, type Manifest } from '../../src/api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../../src/api/names.ts';
import { RESTORE_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { table } from '../../src/children/index.ts';
import { migrationAtWork, migrationJobs } from '../../src/observed/migrationjobs.ts';
import { lineageChange } from '../../src/observed/lineage.ts';
import { databaseId, isExternal, migrated, target } from '../../src/observed/migrations.ts';
import { restoreRecord } from '../../src/observed/restorerecord.ts';
import { writers } from '../../src/observed/writers.ts';
import { operationsOf } from '../../src/observed/operations.ts';
import { HookError } from '../../src/hook/errors.ts';
import { anyEditedWorld, anyWorld, invalidSpec } from '../support/arbitrary.ts';
import { eventsOf, finalizeOf, decided, observe, overlaid, request, syncOf, type Loose, type World } from '../support/world.ts';
import { validateStatus } from '../support/schemas.ts';

/** The same in every run; a failure prints it with the path to the smallest counterexample. */
const parameters = { seed: 20260101, numRuns: 150 };
const holds = (check: (w: World) => void, worlds = anyEditedWorld): void => {
  fc.assert(fc.property(worlds, check), parameters);
};

type Identified = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'> | Manifest;
const identity = (object: Identified): string => `${kindKey(object)} ${object.metadata.name}`;
const sorted = ({ children, ...rest }: SyncResponse): object => ({
  ...rest,
  children: [...children].sort((a, b) => (identity(a) < identity(b) ? -1 : 1)),
});

/** The same value with its keys in the opposite order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, child]) => [key, reversed(child)]),
  ) as T;
}

const withStatus = (w: World, status: object): World => ({ ...w, parent: { ...w.parent, status } });

describe('properties of every answer', function () {
  this.timeout(60_000);

  it('is one that Metacontroller and the API server take: never a 500', () => {
    holds((w) => {
      validateStatus(syncOf(w).status);
    });
  });

  it('is the same, byte for byte, for the same request', () => {
    holds((w) => {
      assert.equal(JSON.stringify(syncOf(w)), JSON.stringify(syncOf(structuredClone(w))));
      assert.deepEqual(eventsOf(w), eventsOf(structuredClone(w)));
    });
  });

  it('does not depend on the order of keys, nor on the version of the hook', () => {
    holds((w) => {
      const answerTo = (body: object): object => sorted(answers.sync(body, w.now).response as SyncResponse);
      assert.deepEqual(answerTo(reversed(request(w))), answerTo(request(w)));
      assert.deepEqual(answerTo(request(w, 'v1')), answerTo(request(w)));
    });
  });

  it('has every observed child that is still wanted', () => {
    holds((w) => {
      const o = decided(w);
      const returned = new Set(syncOf(w).children.map(identity));
      const wanted = table.filter((child) => child.includeWhen(o) && o.manages(kindKey(child.api))).flatMap((child) => child.desired(o));
      for (const manifest of wanted)
        assert.ok(o.child(kindKey(manifest), manifest.metadata.name) === undefined || returned.has(identity(manifest)), identity(manifest));
      for (const child of w.children.filter(({ kind }) => ['Deployment', 'Service', 'PodDisruptionBudget'].includes(kind)))
        assert.ok(returned.has(identity(child)), identity(child));
    });
  });

  it('has the database whenever there is one, whatever the rest', () => {
    holds((w) => {
      for (const database of w.children.filter(({ kind }) => kind === 'PostgresCluster')) {
        assert.ok(syncOf(w).children.some((child) => identity(child) === identity(database)));
      }
    });
  });

  it('requests a restore as a whole and alone, with the application stopped, and does not take back what has not ended', () => {
    holds((w) => {
      const o = observe(w);
      const { children } = syncOf(w);
      const database = children.find(({ kind }) => kind === 'PostgresCluster');
      const pgbackrest = (database?.spec as { backups: { pgbackrest: Loose } } | undefined)?.backups.pgbackrest;
      const id = database?.metadata.annotations?.[RESTORE_ANNOTATION];
      assert.equal(pgbackrest?.restore !== undefined, id !== undefined);
      const before = o.provider.restores.armed(o);
      const { state } = before === undefined ? { state: 'none' } : o.provider.restores.stateOf(before, o);
      // Only a success takes it back; another request takes its place.
      if (before !== undefined && state !== 'succeeded' && database?.spec !== undefined) assert.notEqual(id, undefined);
      if (id === undefined) return;
      assert.equal(pgbackrest?.manual, undefined);
      assert.equal((children.find(({ kind }) => kind === 'Deployment')?.spec as Loose | undefined)?.replicas ?? 0, 0);
      // What was not requested before waits until nothing writes any more.
      if (before === undefined && restoreRecord(o)?.current?.stage !== 'Armed') assert.deepEqual(writers(o), []);
    });
  });

  it('keeps every migration that has started, and never begins a second one', () => {
    holds((w) => {
      const o = observe(w);
      const jobs = syncOf(w).children.filter(({ kind }) => kind === 'Job');
      const started = migrationJobs(o).filter(({ phase }) => phase === 'started');
      const database = isExternal(o) ? undefined : databaseId(o);
      // One of a managed database whose name another one has taken would migrate that one next.
      for (const { name } of started.filter((job) => database === undefined || [undefined, database].includes(job.database)))
        assert.ok(
          jobs.some(({ metadata }) => metadata.name === name),
          name,
        );
      const fresh = jobs.filter(({ metadata }) => o.child('Job.batch/v1', metadata.name) === undefined);
      assert.ok(fresh.length <= (started.length > 0 || migrationAtWork(o) || migrated(o).includes(target(o)) ? 0 : 1));
    });
  });

  it('never takes the Deployment to an image whose migrations the database does not have', () => {
    holds((w) => {
      const o = observe(w);
      const { children } = syncOf(w);
      const deployment = children.find(({ kind }) => kind === 'Deployment');
      const before = w.children.find(({ kind }) => kind === 'Deployment');
      const image = deployment?.metadata.annotations?.['pets.bestie.com/running'];
      if (image === undefined || before !== undefined) return;
      assert.ok(migrated(o).includes(image), image);
    });
  });

  it('has names within their bounds', () => {
    holds((w) => {
      for (const { kind, metadata } of syncOf(w).children)
        assert.ok(metadata.name.length <= (kind === 'PostgresCluster' ? 41 : 63), metadata.name);
    });
  });

  it('has lists in status that are sorted or say each thing once', () => {
    holds((w) => {
      const { podstatus = [], database } = syncOf(w).status;
      assert.deepEqual(podstatus, [...podstatus].sort());
      assert.equal(new Set(database?.migrated).size, database?.migrated?.length);
    });
  });

  it('has a status that stays as it is once it was written', () => {
    holds((w) => {
      const first = syncOf(w);
      const second = syncOf(withStatus(w, first.status));
      const third = syncOf(withStatus(w, second.status));
      assert.deepEqual(third.status, second.status);
      // A child that was not seen for long, and was reported missing for another reason, may be reported as taken in the second answer.
      const calm = (status: SyncResponse['status']): unknown => status.conditions.some(({ reason }) => reason === 'NotApplied');
      if (calm(second.status) === calm(first.status)) assert.deepEqual(second.status, first.status);
    });
  });

  it('changes no child when the spec is unacceptable', () => {
    fc.assert(
      fc.property(anyWorld, invalidSpec, (w, spec) => {
        const broken: World = { ...w, parent: { ...w.parent, spec } };
        if (observe(broken).invalid.length === 0) return;
        // The record of migrations is none of data that was replaced.
        if (lineageChange(observe(broken)) !== undefined) return;
        const records = new Map(broken.children.map((child) => [identity(child), observe(broken).applied(child)]));
        const areOurs = broken.children.some(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'bestie-operator');
        if (areOurs && [...records.values()].every((record) => record === undefined)) {
          assert.throws(
            () => syncOf(broken),
            (error) => error instanceof HookError && error.code === 'UnsupportedApplyStrategy',
          );
          return;
        }
        const { children } = syncOf(broken);
        assert.deepEqual(new Set(children.map(identity)), new Set(records.keys()));
        for (const child of children) {
          const record = records.get(identity(child));
          const replicas = (child.spec as Loose | undefined)?.replicas;
          const labelled = { metadata: { labels: { [CONTROLLER_UID_LABEL]: record?.metadata.labels?.[CONTROLLER_UID_LABEL] } } };
          if (record !== undefined)
            assert.deepEqual(overlaid(child, labelled), child.kind === 'Deployment' ? overlaid(record, { spec: { replicas } }) : record);
        }
      }),
      parameters,
    );
  });

  it('changes no child while the Bestie is paused, and has a status that stays as it is', () => {
    holds((w) => {
      const paused = { ...w, parent: overlaid(w.parent, { metadata: { annotations: { 'pets.bestie.com/paused': 'true' } } }) };
      const records = paused.children.map((child) => observe(paused).applied(child));
      const areOurs = paused.children.some(({ metadata }) => metadata.labels?.['app.kubernetes.io/managed-by'] === 'bestie-operator');
      if (areOurs && records.every((record) => record === undefined)) {
        assert.throws(
          () => syncOf(paused),
          (error) => error instanceof HookError && error.code === 'UnsupportedApplyStrategy',
        );
        return;
      }
      const { children, status } = syncOf(paused);
      const replicasOf = (object: { spec?: unknown } | undefined): unknown => (object?.spec as Loose | null | undefined)?.replicas;
      const isScaled = (name: string): boolean => {
        const live = observe(paused).child('Deployment.apps/v1', name);
        return live !== undefined && replicasOf(live) !== replicasOf(observe(paused).applied(live));
      };
      // A child without a record gets one; a Deployment that was scaled by others is recorded as it is.
      const hasRecord = ({ kind, name }: { kind: string; name: string }): boolean =>
        paused.children.some(
          (child) => child.kind === kind && child.metadata.name === name && observe(paused).applied(child) !== undefined,
        );
      const changes = operationsOf(children, observe(paused)).filter(
        (each) => hasRecord(each) && !(each.kind === 'Deployment' && isScaled(each.name)),
      );
      assert.deepEqual(changes, []);
      assert.deepEqual(new Set(children.map(identity)), new Set(paused.children.map(identity)));
      validateStatus(status);
      const second = syncOf(withStatus(paused, status)).status;
      assert.deepEqual(syncOf(withStatus(paused, second)).status, second);
    });
  });

  it('makes nothing when the Bestie is being deleted, and lets it go only when nothing is left', () => {
    holds((w) => {
      const deleted = { ...w, parent: overlaid(w.parent, { metadata: { deletionTimestamp: w.now } }) };
      const { children, finalized } = finalizeOf(deleted);
      const observed = new Set(w.children.map(identity));
      assert.ok(children.every((child) => observed.has(identity(child))));
      assert.equal(finalized === true, observed.size === 0);
    });
  });

  it('deletes nothing when the controller merely lets go', () => {
    holds((w) => {
      assert.deepEqual(finalizeOf(w), { ...syncOf(w), finalized: true });
    });
  });

  it('takes null at any place of any observed object', () => {
    const paths = (value: unknown, path: string[] = []): string[][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, child]) => [[...path, key], ...paths(child, [...path, key])])
        : [];
    const setToNull = (value: unknown, [key, ...rest]: readonly string[]): unknown => {
      if (key === undefined) return null;
      if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === key ? setToNull(item, rest) : item));
      return { ...(value as Loose), [key]: setToNull((value as Loose)[key], rest) };
    };
    const [w] = fc.sample(
      anyWorld.filter(({ children }) => children.length > 6),
      { seed: 7, numRuns: 1 },
    );
    assert.ok(w);
    const identifying = (path: readonly string[]): boolean => ['apiVersion', 'kind', 'metadata', 'metadata/name'].includes(path.join('/'));
    let count = 0;
    for (const object of [...w.children, ...w.related]) {
      for (const path of paths(object).filter((candidate) => !identifying(candidate))) {
        const replace = (all: readonly KubeObject[]): KubeObject[] =>
          all.map((one) => (one === object ? (setToNull(one, path) as KubeObject) : one));
        syncOf({ ...w, children: replace(w.children), related: replace(w.related) });
        count += 1;
      }
    }
    assert.ok(count > 300, String(count));
  });
});
