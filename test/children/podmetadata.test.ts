/** What the spec adds to the pods, and where they may run: for the application, for the migrations, and for both. */
import { strict as assert } from 'node:assert';
import { labels } from '../../src/api/names.ts';
import { placement } from '../../src/children/placement.ts';
import { podMetadata } from '../../src/children/podmetadata.ts';
import { migrated, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { edited, manifestOf, observe, syncOf, world, type Loose, type World } from '../support/world.ts';

interface Template {
  metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
  spec: Loose;
}
const template = (w: World, kind: string): Template => (manifestOf(syncOf(w), kind)?.spec as { template: Template }).template;

const nodeAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'Exists' }] }] },
};
const podAffinity = {
  requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'bestie' } } }],
};
const topologySpreadConstraints = [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }];
const nodes = { nodeSelector: { disk: 'ssd' }, tolerations: [{ key: 'dedicated', operator: 'Exists' }] };

describe('children/podmetadata', () => {
  each<Loose, [web: Loose, migration: Loose]>(
    {
      None: { reason: 'nothing is added', given: {}, want: [{}, {}] },
      Both: {
        reason: 'they hold for every pod',
        given: { podLabels: { team: 'pets' }, podAnnotations: { a: '1' } },
        want: [
          { labels: { team: 'pets' }, annotations: { a: '1' } },
          { labels: { team: 'pets' }, annotations: { a: '1' } },
        ],
      },
      EmptyValues: {
        reason: 'an empty value has a meaning',
        given: { podLabels: { team: '' }, podAnnotations: { a: '' }, migration: { podLabels: { job: '' }, podAnnotations: { b: '' } } },
        want: [
          { labels: { team: '' }, annotations: { a: '' } },
          { labels: { team: '', job: '' }, annotations: { a: '', b: '' } },
        ],
      },
      Migration: {
        reason: 'they hold for the Job alone, over the others',
        given: {
          podLabels: { team: 'pets' },
          podAnnotations: { a: '1', b: '1' },
          migration: { podLabels: { team: 'data' }, podAnnotations: { b: '2', 'sidecar.istio.io/inject': 'false' } },
        },
        want: [
          { labels: { team: 'pets' }, annotations: { a: '1', b: '1' } },
          { labels: { team: 'data' }, annotations: { a: '1', b: '2', 'sidecar.istio.io/inject': 'false' } },
        ],
      },
      OursWin: {
        reason: 'the selectors, and what the operator and the controllers keep for themselves',
        given: {
          podLabels: {
            app: 'x',
            'app.kubernetes.io/component': 'x',
            'app.kubernetes.io/version': '1',
            'pod-template-hash': 'x',
            'job-name': 'x',
          },
          podAnnotations: { 'pets.bestie.com/database': 'x', 'batch.kubernetes.io/job-completion-index': '0' },
        },
        want: [{ labels: { 'app.kubernetes.io/version': '1' } }, { labels: { 'app.kubernetes.io/version': '1' } }],
      },
    },
    (given, [web, migration]) => {
      const expected = (component: 'web' | 'migration', { labels: added, ...rest }: Loose): Loose => ({
        labels: { ...(added as Loose | undefined), ...labels('bestie', component) },
        ...rest,
      });
      const o = observe(world(given));
      assert.deepEqual(podMetadata(o, 'web'), expected('web', web));
      assert.deepEqual(podMetadata(o, 'migration'), expected('migration', migration));
    },
  );

  it('is what the Deployment and the Job have, the Job with the annotation of its own', () => {
    const fields = { podLabels: { team: 'pets' }, migration: { podAnnotations: { 'sidecar.istio.io/inject': 'false' } } };
    const job = template(usable(world(fields)), 'Job').metadata;
    assert.equal(job.labels.team, 'pets');
    assert.equal(job.annotations?.['sidecar.istio.io/inject'], 'false');
    assert.ok(job.annotations['pets.bestie.com/database']);
    const web = template(migrated(world(fields)), 'Deployment').metadata;
    assert.equal(web.labels.team, 'pets');
    assert.equal(web.annotations?.['sidecar.istio.io/inject'], undefined);
  });

  it('of migrations is no reason to restart the application, nor to migrate again', () => {
    const before = migrated();
    const after = edited(before, { migration: { podLabels: { a: 'b' } } });
    assert.deepEqual(template(after, 'Deployment'), template(before, 'Deployment'));
    assert.deepEqual(
      syncOf(after).children.filter(({ kind }) => kind === 'Job'),
      syncOf(before).children.filter(({ kind }) => kind === 'Job'),
    );
  });
});

describe('children/placement', () => {
  each<Loose, [web: Loose, migration: Loose]>(
    {
      Nodes: { reason: 'terms about nodes hold for both', given: nodes, want: [nodes, nodes] },
      NodeAffinity: {
        reason: 'so does this one',
        given: { affinity: { nodeAffinity } },
        want: [{ affinity: { nodeAffinity } }, { affinity: { nodeAffinity } }],
      },
      Pods: {
        reason: 'terms about other pods stay with the application',
        given: { ...nodes, affinity: { nodeAffinity, podAffinity, podAntiAffinity: podAffinity }, topologySpreadConstraints },
        want: [
          { ...nodes, affinity: { nodeAffinity, podAffinity, podAntiAffinity: podAffinity }, topologySpreadConstraints },
          { ...nodes, affinity: { nodeAffinity } },
        ],
      },
      PodsOnly: { reason: 'no empty affinity is left', given: { affinity: { podAffinity } }, want: [{ affinity: { podAffinity } }, {}] },
    },
    (given, want) => {
      const o = observe(world(given));
      assert.deepEqual([placement(o, 'web'), placement(o, 'migration')], want);
    },
  );
});
