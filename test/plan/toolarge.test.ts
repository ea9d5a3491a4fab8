import { strict as assert } from 'node:assert';
import { isTooLarge } from '../../src/plan/toolarge.ts';
import { annotations } from '../../src/api/names.ts';
import { kindKey } from '../../src/api/kubernetes.ts';
import { rendered } from '../support/rendered.ts';
import { ready } from '../support/stages.ts';
import { conditionOf, manifestOf, NAMESPACE, observe, patched, syncOf, UID, world, type Loose } from '../support/world.ts';

const label = (index: number): string => `${'d'.repeat(60)}.${'e'.repeat(60)}/${'k'.repeat(55)}${100 + index}`;
const labels = (count: number): Loose => Object.fromEntries(Array.from({ length: count }, (_, index) => [label(index), 'v'.repeat(63)]));
const terms = (count: number): Loose[] =>
  Array.from({ length: count }, (_, index) => ({ topologyKey: label(index), labelSelector: { matchLabels: labels(20) } }));
/** As long as rules allow, field by field. */
const longest: Loose = {
  size: 2_147_483_647,
  image: `registry.example.com/${'a'.repeat(234)}`,
  version: 'v'.repeat(128),
  resources: {
    limits: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [label(index), '9'.repeat(18)])),
    requests: Object.fromEntries(Array.from({ length: 8 }, (_, index) => [label(index), '9'.repeat(18)])),
  },
  env: [
    ...Array.from({ length: 2 }, (_, index) => ({ name: `PLAIN${index}`, value: 'x'.repeat(32_000) })),
    { name: 'MARKUP', value: '<'.repeat(2_000) },
    { name: 'CATS', value: '猫'.repeat(600) },
  ],
  podLabels: labels(16),
  podAnnotations: { a: 'x'.repeat(4_095) },
  migration: { podLabels: labels(16), podAnnotations: { b: 'x'.repeat(4_095) } },
  imagePullSecrets: Array.from({ length: 8 }, (_, index) => ({ name: `${'s'.repeat(252)}${index}` })),
  imagePullPolicy: 'IfNotPresent',
  priorityClassName: 'p'.repeat(253),
  serviceAccountName: 'a'.repeat(253),
  automountServiceAccountToken: true,
  runtimeClassName: 'r'.repeat(253),
  schedulerName: 's'.repeat(253),
  dnsConfig: {
    nameservers: Array.from({ length: 3 }, () => '2001:0db8:0000:0000:0000:0000:0000:0001'),
    searches: Array.from({ length: 32 }, () => 'd'.repeat(63)),
    options: Array.from({ length: 16 }, (_, index) => ({ name: `${'o'.repeat(61)}${10 + index}`, value: 'v'.repeat(63) })),
  },
  hostAliases: Array.from({ length: 16 }, (_, index) => ({
    ip: `2001:0db8:0000:0000:0000:0000:0000:00${10 + index}`,
    hostnames: ['h'.repeat(110)],
  })),
  probes: { readiness: { timeoutSeconds: 60 } },
  nodeSelector: labels(23),
  tolerations: Array.from({ length: 38 }, (_, index) => ({
    key: label(index),
    value: '',
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: -9_007_199_254_740_991,
  })),
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: label(0), operator: 'In', values: Array.from({ length: 84 }, () => 'v'.repeat(63)) }] },
        ],
      },
    },
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms(1) },
    podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: terms(1) },
  },
  topologySpreadConstraints: [{ maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule', ...terms(1)[0] }],
  containerSecurityContext: {
    capabilities: { add: Array.from({ length: 64 }, () => 'C'.repeat(32)), drop: Array.from({ length: 64 }, () => 'D'.repeat(32)) },
  },
};

describe('plan/toolarge', () => {
  it('has nothing to say of the longest spec that the rules let pass, first Job included', () => {
    assert.deepEqual(observe(world(longest)).invalid, []);
    const children = rendered(longest);
    const job = children.find(({ kind }) => kind === 'Job');
    assert.ok(JSON.stringify(job).length > 190_000, 'the test is about long ones');
    assert.deepEqual(children.filter((child) => isTooLarge(child, undefined, NAMESPACE, UID)).map(kindKey), []);
  });

  it('holds everything as it was applied last, and says which object would be refused, rather than send it', () => {
    const w = patched(ready(), 'Ingress', { metadata: { annotations: { 'example.com/of-a-controller': 'x'.repeat(259_000) } } });
    const wanted = { ...w, parent: { ...w.parent, spec: { size: 2, exposure: { annotations: { a: 'y'.repeat(1_000) } } } } };
    const answer = syncOf(wanted);
    assert.equal((manifestOf(answer, 'Deployment')?.spec as { replicas?: number }).replicas, 1);
    assert.equal(manifestOf(answer, 'Ingress')?.metadata.annotations?.a, undefined);
    assert.equal(manifestOf(answer, 'Ingress')?.metadata.annotations?.[annotations.exposes], 'bestie-service');
    const stalled = conditionOf(answer, 'Stalled');
    assert.equal(`${stalled?.status ?? ''} ${stalled?.reason ?? ''}`, 'True InvalidSpec');
    assert.match(stalled?.message ?? '', /^Ingress bestie-ingress would be too large: .*262144 bytes/);
  });

  it('lets the same pass while it fits', () => {
    const w = patched(ready(), 'Ingress', { metadata: { annotations: { 'example.com/of-a-controller': 'x'.repeat(200_000) } } });
    const answer = syncOf({ ...w, parent: { ...w.parent, spec: { size: 2, exposure: { annotations: { a: 'y'.repeat(1_000) } } } } });
    assert.equal(manifestOf(answer, 'Ingress')?.metadata.annotations?.a?.length, 1_000);
    assert.equal(conditionOf(answer, 'Stalled')?.reason === 'InvalidSpec', false);
  });
});
