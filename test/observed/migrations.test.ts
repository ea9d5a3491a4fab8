import { strict as assert } from 'node:assert';
import { historyIsMissing, migrated, MIGRATED_LIMIT, record, recorded, seeds } from '../../src/observed/migrations.ts';
import { deployedImage } from '../../src/observed/releaserecord.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { annotations } from '../../src/api/names.ts';
import { bestieSchema } from '../support/crd.ts';
import { created, jobStatus, migrating, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  observe,
  overlaid,
  patched,
  rerecorded,
  said,
  syncOf,
  without,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const IMAGE = 'quay.io/opdev/bestie:1.3';
/** A database that nothing of ours was applied to yet. */
const attached = (list: string | undefined, w = usable()): World =>
  patched(w, 'PostgresCluster', {
    metadata: {
      labels: { 'app.kubernetes.io/managed-by': undefined },
      annotations: { [LAST_APPLIED_ANNOTATION]: undefined, [annotations.migrated]: list },
    },
  });
/** Whether the Job that is requested loads the sample data after the migrations. */
const loadsSamples = (w: World): boolean => {
  const { template } = manifestOf(syncOf(w), 'Job')?.spec as { template: { spec: { containers: { name: string }[] } } };
  return template.spec.containers.some(({ name }) => name === 'seed');
};

describe('observed/migrations', () => {
  describe('the record of a managed database', () => {
    each<World, readonly string[] | undefined>(
      {
        NoDatabase: { reason: 'what is created has none', given: world(), want: [] },
        New: { reason: 'written as an empty list at creation', given: created(), want: [] },
        Migrated: { reason: 'written when the Job is complete', given: ready(), want: [IMAGE] },
        Attached: { reason: 'a database of a former Bestie says it itself', given: attached(`["${IMAGE}"]`), want: [IMAGE] },
        Missing: { reason: 'a database that does not say', given: attached(undefined), want: undefined },
        NotJSON: { reason: 'unreadable is missing: nothing is migrated on a guess', given: attached('quay.io'), want: undefined },
        NotAList: { reason: 'the same', given: attached('{}'), want: undefined },
        NotOfText: { reason: 'the same', given: attached('[1]'), want: undefined },
      },
      (given, want) => {
        assert.deepEqual(recorded(observe(given)), want);
        assert.equal(historyIsMissing(observe(given)), want === undefined);
      },
    );
  });

  it('neither migrates nor seeds a database that does not say what it has, and shows how to state it', () => {
    const w = without(attached(undefined), 'Job');
    const answer = syncOf(w);
    assert.equal(manifestOf(answer, 'Job'), undefined);
    assert.equal(manifestOf(answer, 'PostgresCluster')?.metadata.annotations?.[annotations.migrated], undefined);
    assert.equal(said(answer, 'Stalled'), 'True MigrationHistoryMissing');
    assert.match(
      conditionOf(answer, 'DatabaseSeeded')?.message ?? '',
      /kubectl -n pets annotate --overwrite postgrescluster bestie-pgo 'pets.bestie.com\/migrated-images=\["<image reference>"\]'/,
    );
    const stated = patched(carriedOut(w), 'PostgresCluster', { metadata: { annotations: { [annotations.migrated]: `["${IMAGE}"]` } } });
    assert.equal(said(syncOf(stated), 'DatabaseSeeded'), 'True MigrationCompleted');
    assert.equal(manifestOf(syncOf(stated), 'PostgresCluster')?.metadata.annotations?.[annotations.migrated], `["${IMAGE}"]`);
  });

  it('continues a migration that runs although the record was lost meanwhile', () => {
    const w = attached(undefined, migrating());
    assert.equal(said(syncOf(w), 'DatabaseSeeded'), 'False Migrating');
    assert.ok(manifestOf(syncOf(w), 'Job'));
  });

  describe('migrated', () => {
    it('is the record and the completed Jobs, the latest last', () => {
      const job = childOf(patched(migrating(), 'Job', { status: jobStatus.complete }), 'Job');
      const done = (name: string, secondsAgo: number): typeof job =>
        overlaid(rerecorded(job, { metadata: { name, annotations: { [annotations.image]: `i:${name}` } } }), {
          metadata: { name, annotations: { [annotations.image]: `i:${name}` } },
          status: { conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: ago(secondsAgo) }] },
        });
      const w = ready();
      const o = observe({ ...w, children: [...w.children, done('late', 1), done('early', 2)] });
      assert.deepEqual(migrated(o), [IMAGE, 'i:early', 'i:late']);
      assert.deepEqual(record(o), { name: 'bestie-pgo', migrated: [IMAGE, 'i:early', 'i:late'] });
    });

    it('is bounded, the oldest go first, and longer than the Jobs that can be kept', () => {
      const list = Array.from({ length: MIGRATED_LIMIT + 5 }, (_, index) => `i:${index}`);
      const o = observe(attached(JSON.stringify(list)));
      assert.deepEqual(migrated(o), list.slice(5));
      const { maximum } = bestieSchema.properties?.spec?.properties?.successfulJobsHistoryLimit ?? {};
      assert.ok(maximum !== undefined && MIGRATED_LIMIT > maximum);
    });

    it('does not count a Job of another database, nor one that names none', () => {
      const w = attached('[]', patched(migrating(), 'Job', { status: jobStatus.complete }));
      for (const database of ['another', undefined, null]) {
        const template = { spec: { template: { metadata: { annotations: { [annotations.database]: database } } } } };
        const given = patched(
          { ...w, children: w.children.map((each) => (each.kind === 'Job' ? rerecorded(each, template) : each)) },
          'Job',
          template,
        );
        assert.deepEqual(migrated(observe(given)), []);
        assert.deepEqual(migrated(observe(without(given, 'PostgresCluster'))), []);
      }
    });

    const complete = patched(migrating(), 'Job', { status: jobStatus.complete });
    const withImages = (image: string): Loose => ({ spec: { template: { spec: { containers: [{ name: 'migrate', image }] } } } });

    it('counts the image that a Job was made for, whatever admission made of it', () => {
      const rewritten = attached('[]', patched(complete, 'Job', withImages('mirror.example/opdev/bestie:1.3')));
      assert.deepEqual(migrated(observe(rewritten)), [IMAGE]);
      const former = rerecorded(childOf(rewritten, 'Job'), { metadata: { annotations: { [annotations.image]: undefined } } });
      const unannotated = overlaid(former, { metadata: { annotations: { [annotations.image]: undefined } } });
      assert.deepEqual(migrated(observe({ ...rewritten, children: [childOf(rewritten, 'PostgresCluster'), unannotated] })), [IMAGE]);
    });

    it('does not count a Job that has no record of its image', () => {
      const noRecord = { [annotations.image]: undefined, [LAST_APPLIED_ANNOTATION]: undefined };
      assert.deepEqual(migrated(observe(attached('[]', patched(complete, 'Job', { metadata: { annotations: noRecord } })))), []);
    });
  });

  describe('an external database', () => {
    const fields = (database: Loose = {}): Loose => ({
      sessionSecret: { name: 's' },
      database: { provider: 'External', secretName: 'one', ...database },
    });
    const external = (database: Loose = {}): World => created(world(fields(database)));
    const done = (w: World): World => carriedOut(patched(w, 'Job', { status: jobStatus.complete }));
    const exchanged = (w: World): World => edited(w, { database: { secretName: 'two' } });

    it('keeps its record in status', () => {
      assert.deepEqual((carriedOut(done(external())).parent.status as Loose).database, { name: 'one', migrated: [IMAGE] });
      assert.equal(manifestOf(syncOf(without(carriedOut(done(external())), 'Job')), 'Job'), undefined);
    });

    each<World, boolean>(
      {
        Unset: { reason: 'what is in it is not known', given: external(), want: false },
        Asked: { reason: 'its list in status is empty', given: external({ seed: true }), want: true },
        Exchanged: {
          reason: 'another Secret may point to a database full of data',
          given: exchanged(without(done(external({ seed: true })), 'Job')),
          want: false,
        },
        ExchangedAndAnswered: {
          reason: 'and the answer to the exchange must not make it a new one',
          given: carriedOut(exchanged(without(done(external({ seed: true })), 'Job'))),
          want: false,
        },
        ExchangedTwice: {
          reason: 'nor a second exchange',
          given: edited(without(carriedOut(exchanged(without(done(external({ seed: true })), 'Job'))), 'Job'), {
            database: { secretName: 'three' },
          }),
          want: false,
        },
      },
      (given, want) => {
        assert.equal(loadsSamples(given), want);
      },
    );

    it('has no record in a list without a name, and that in each answer', () => {
      const w = without(done(external({ seed: true })), 'Job');
      const nameless = { ...w, parent: { ...w.parent, status: { ...(w.parent.status as Loose), database: { migrated: [IMAGE] } } } };
      const again = { ...nameless, parent: { ...nameless.parent, status: syncOf(nameless).status as unknown as Loose } };
      assert.deepEqual([loadsSamples(nameless), loadsSamples(again)], [true, true]);
    });

    it('is named in status once its migrations are done', () => {
      const w = carriedOut(exchanged(without(done(external({ seed: true })), 'Job')));
      assert.deepEqual((w.parent.status as Loose).database, { name: 'one', migrated: [IMAGE] });
      assert.deepEqual((done(w).parent.status as Loose).database, { name: 'two', migrated: [IMAGE] });
    });

    it('is not migrated beside a completed Job without a record, until that Job is deleted as the message says', () => {
      const noRecord = Object.fromEntries(Object.values(annotations).map((key) => [key, undefined]));
      const metadata = { annotations: { ...noRecord, [LAST_APPLIED_ANNOTATION]: undefined } };
      const w = edited(patched(ready(world(fields())), 'Job', { metadata, status: jobStatus.complete }), { version: '1.4' });
      const lost = { ...w, parent: { ...w.parent, status: undefined } };
      const answer = syncOf(lost);
      assert.equal(said(answer, 'Stalled'), 'True MigrationHistoryMissing');
      const job = childOf(lost, 'Job').metadata.name;
      assert.match(
        conditionOf(answer, 'DatabaseSeeded')?.message ?? '',
        new RegExp(`^Job ${job} .*, then kubectl -n pets delete job ${job}$`),
      );
      const after = syncOf(without(lost, 'Job'));
      assert.notEqual(manifestOf(after, 'Job')?.metadata.name, job);
      assert.equal(said(after, 'Stalled'), 'False NotStalled');
    });

    it('keeps the Deployment of its predecessor meanwhile', () => {
      const w = exchanged(ready(world(fields())));
      assert.equal(deployedImage(observe(w)), IMAGE);
      assert.ok(manifestOf(syncOf(w), 'Deployment'));
    });

    it('takes nulls in the status for nothing', () => {
      const w = external({ seed: true });
      const o = observe({ ...w, parent: overlaid(w.parent, { status: { database: { name: 'one', migrated: [null, IMAGE] } } }) });
      assert.deepEqual(recorded(o), [IMAGE]);
      assert.equal(seeds(observe({ ...w, parent: overlaid(w.parent, { status: { database: null } }) })), true);
    });

    it('is Unknown until the migrations have reached it, and keeps nothing waiting', () => {
      const before = syncOf(external());
      assert.equal(said(before, 'DatabaseReady'), 'Unknown ExternallyManaged');
      assert.equal(said(before, 'Ready'), 'False Migrating');
      assert.equal(said(syncOf(done(external())), 'DatabaseReady'), 'True ExternallyManaged');
    });
  });
});
