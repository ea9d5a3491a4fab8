/** Selectors that others make narrower. */
import { strict as assert } from 'node:assert';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { settled } from '../support/upgrades.ts';
import {
  carriedOut,
  conditionOf,
  manifestOf,
  overlays,
  patched,
  rerecorded,
  said,
  syncOf,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

const guarded = (): World => settled(ready(world({ networkPolicy: { enabled: true } }, { declared: overlays.monitoring })));

describe('observed/selectors', () => {
  each<[kind: string, spec: Loose], [type: string, added: string]>(
    {
      Service: {
        reason: 'no pod has that label, so nothing is served',
        given: ['Service', { selector: { by: 'hand' } }],
        want: ['ServiceCreated', '/spec/selector/by'],
      },
      Rollouts: {
        reason: 'another controller serves some of the pods alone',
        given: ['Service', { selector: { 'example.com/hash': 'x' } }],
        want: ['ServiceCreated', '/spec/selector/example.com~1hash'],
      },
      Budget: {
        reason: 'no pod is guarded',
        given: ['PodDisruptionBudget', { selector: { matchLabels: { by: 'hand' } } }],
        want: ['PDBCreated', '/spec/selector/matchLabels/by'],
      },
      Policy: {
        reason: 'no pod is shielded',
        given: ['NetworkPolicy', { podSelector: { matchLabels: { by: 'hand' } } }],
        want: ['NetworkPolicyCreated', '/spec/podSelector/matchLabels/by'],
      },
      Expressions: {
        reason: 'the other way to write it',
        given: ['NetworkPolicy', { podSelector: { matchExpressions: [{ key: 'by', operator: 'Exists' }] } }],
        want: ['NetworkPolicyCreated', '/spec/podSelector/matchExpressions'],
      },
      Monitor: {
        reason: 'no Service is scraped',
        given: ['ServiceMonitor', { selector: { matchLabels: { by: 'hand' } } }],
        want: ['MonitoringReady', '/spec/selector/matchLabels/by'],
      },
    },
    ([kind, spec], [type, pointer]) => {
      const answer = syncOf(patched(guarded(), kind, { spec }));
      assert.equal(said(answer, type), 'False SelectorChanged');
      assert.equal(said(answer, 'Stalled'), 'True SelectorChanged');
      assert.notEqual(conditionOf(answer, 'Ready')?.message, 'the current spec is running');
      const { name = '' } = manifestOf(answer, kind)?.metadata ?? {};
      assert.equal(
        conditionOf(answer, type)?.message,
        `${kind} ${name} does not select what it should: others changed ${pointer} in its selector; to fix it: ` +
          `kubectl -n pets patch ${kind.toLowerCase()} ${name} --type json -p '[{"op":"remove","path":"${pointer}"}]'`,
      );
    },
  );

  /** The selector of the Service, after every answer. */
  const always = (w: World, selector: Loose, times = 4): World =>
    Array.from({ length: times }).reduce<World>((so) => patched(carriedOut(so), 'Service', { spec: { selector } }), w);

  it('reports a key of the operator once that is left to others, and corrects it itself before', () => {
    const first = patched(guarded(), 'Service', { spec: { selector: { app: 'green' } } });
    assert.equal(said(syncOf(first), 'ServiceCreated'), 'True Created');
    const answer = syncOf(always(guarded(), { app: 'green' }));
    assert.equal(said(answer, 'Ready'), 'False SelectorChanged');
    assert.match(
      conditionOf(answer, 'ServiceCreated')?.message ?? '',
      /-p '\[{"op":"replace","path":"\/spec\/selector\/app","value":"bestie"}\]'$/,
    );
  });

  it('is nothing of labels that the pods have', () => {
    const w = guarded();
    const template = { spec: { template: { metadata: { labels: { team: 'a' } } } } };
    const labelled = patched(w, 'Deployment', template);
    assert.equal(said(syncOf(patched(labelled, 'Service', { spec: { selector: { team: 'a' } } })), 'Ready'), 'True AllReady');
    assert.equal(said(syncOf(patched(labelled, 'Service', { spec: { selector: { team: 'b' } } })), 'Ready'), 'False SelectorChanged');
  });

  it('names few, and ends no argument of a shell', () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, 'x']));
    const message = (labels: Loose): string =>
      conditionOf(syncOf(patched(guarded(), 'ServiceMonitor', { spec: { selector: { matchLabels: labels } } })), 'MonitoringReady')
        ?.message ?? '';
    assert.match(message(many), /matchLabels\/k4 and 4 more in its selector/);
    assert.match(message({ "x'; y; '": 'z' }), /"path":"\/spec\/selector\/matchLabels\/x\\u0027; y; \\u0027"}\]'$/);
    assert.match(
      message({ ['k'.repeat(100_000)]: 'x' }),
      /^ServiceMonitor bestie-servicemonitor does not select what it should: others changed its selector$/,
    );
  });

  it('is Ready where nothing was added, and where what was added is nothing', () => {
    const w = guarded();
    for (const spec of [{}, { selector: { by: null } }])
      assert.equal(said(syncOf(patched(w, 'Service', { spec })), 'Ready'), 'True AllReady');
    assert.equal(said(syncOf(patched(w, 'Service', { spec: { selector: { by: 'hand' } } })), 'Ready'), 'False SelectorChanged');
  });

  it('is nothing of a key that the operator set before, and that goes with this answer', () => {
    const w = guarded();
    const former: Loose = { spec: { selector: { former: 'x' } } };
    const children = w.children.map((live) => (live.kind === 'Service' ? rerecorded(live, former) : live));
    assert.equal(said(syncOf(patched({ ...w, children }, 'Service', former)), 'ServiceCreated'), 'True Created');
  });

  it('stays as it is: what is sent is what was sent before', () => {
    const w = patched(guarded(), 'Service', { spec: { selector: { by: 'hand' } } });
    assert.deepEqual(syncOf(w).children, syncOf(carriedOut(guarded())).children);
  });
});
