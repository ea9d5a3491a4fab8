/** Fields that the spec has as the Pod API has them: whose pods take them, and that a Bestie without them has the pods of before. */
import { strict as assert } from 'node:assert';
import { rendered } from '../support/rendered.ts';
import { each } from '../support/table.ts';
import { observe, world, type Loose } from '../support/world.ts';

const BOTH = ['Deployment', 'Job'];
const WEB = ['Deployment'];

interface Rendered {
  spec: { template: { spec: Loose & { containers: Loose[]; initContainers: Loose[] } }; strategy?: unknown };
}
const podOf = (spec: Loose, kind: string): Rendered['spec']['template']['spec'] => {
  const [child] = rendered({ size: 1, ...spec }, kind);
  assert.ok(child, kind);
  return (child as unknown as Rendered).spec.template.spec;
};

describe('children/podfields', () => {
  each<Loose, [field: string, kinds: string[]]>(
    {
      PullSecrets: { reason: 'both pull', given: { imagePullSecrets: [{ name: 'registry' }] }, want: ['imagePullSecrets', BOTH] },
      PriorityClass: { reason: 'both are scheduled', given: { priorityClassName: 'shop' }, want: ['priorityClassName', BOTH] },
      Account: { reason: 'both may need its rights', given: { serviceAccountName: 'shop' }, want: ['serviceAccountName', BOTH] },
      Token: { reason: 'requested', given: { automountServiceAccountToken: true }, want: ['automountServiceAccountToken', BOTH] },
      RuntimeClass: { reason: 'both run', given: { runtimeClassName: 'gvisor' }, want: ['runtimeClassName', BOTH] },
      Scheduler: { reason: 'both are scheduled', given: { schedulerName: 'packing' }, want: ['schedulerName', BOTH] },
      Dns: { reason: 'both look up the database', given: { dnsConfig: { searches: ['a.example'] } }, want: ['dnsConfig', BOTH] },
      Aliases: { reason: 'likewise', given: { hostAliases: [{ ip: '10.0.0.1', hostnames: ['a'] }] }, want: ['hostAliases', BOTH] },
      Grace: {
        reason: 'a migration has no requests to finish',
        given: { terminationGracePeriodSeconds: 60 },
        want: ['terminationGracePeriodSeconds', WEB],
      },
    },
    (given, [field, kinds]) => {
      for (const kind of BOTH) {
        assert.deepEqual(podOf(given, kind)[field], kinds.includes(kind) ? given[field] : undefined, kind);
        const { [field]: _, serviceAccount: __, ...rest } = podOf(given, kind);
        const { [field]: ___, ...before } = podOf({}, kind);
        // The graceful time of gunicorn is in the environment.
        if (field !== 'terminationGracePeriodSeconds') assert.deepEqual(rest, before);
      }
    },
  );

  it('mount no token that the spec does not request, and say so to the API server', () => {
    for (const kind of BOTH) {
      assert.equal(podOf({}, kind).automountServiceAccountToken, false);
      assert.equal(podOf({ serviceAccountName: 'shop' }, kind).automountServiceAccountToken, false);
    }
  });

  it('name the account under both of its fields, or the API server would keep it for ever', () => {
    assert.equal(podOf({ serviceAccountName: 'shop' }, 'Deployment').serviceAccount, 'shop');
    assert.equal('serviceAccount' in podOf({}, 'Deployment'), false);
  });

  it('give the pull policy to every container of the operator', () => {
    for (const kind of BOTH) {
      const { containers, initContainers } = podOf({ imagePullPolicy: 'Always', database: { seed: true } }, kind);
      for (const container of [...containers, ...initContainers]) assert.equal(container.imagePullPolicy, 'Always', String(container.name));
      assert.equal('imagePullPolicy' in (podOf({}, kind).containers[0] ?? {}), false);
    }
  });

  each<Loose, string>(
    {
      Default: { reason: '30 seconds, five before and five after', given: {}, want: '--graceful-timeout=20' },
      Short: { reason: 'the shortest', given: { terminationGracePeriodSeconds: 15 }, want: '--graceful-timeout=5' },
      Long: { reason: 'the longest', given: { terminationGracePeriodSeconds: 3600 }, want: '--graceful-timeout=3590' },
    },
    (given, want) => {
      const variable = (podOf(given, 'Deployment').containers[0]?.env as { name: string; value?: string }[]).find(
        ({ name }) => name === 'GUNICORN_CMD_ARGS',
      );
      assert.ok(variable?.value?.endsWith(want), variable?.value);
      const ofJob = JSON.stringify(podOf(given, 'Job'));
      assert.equal(ofJob, JSON.stringify(podOf({}, 'Job')), 'the Job is another one for no reason');
    },
  );

  each<Loose | undefined, Loose>(
    {
      Default: { reason: 'all former pods stay', given: undefined, want: { maxSurge: 1, maxUnavailable: 0 } },
      Empty: { reason: 'nothing requested', given: {}, want: { maxSurge: 1, maxUnavailable: 0 } },
      Surge: { reason: 'the other one stays', given: { maxSurge: '50%' }, want: { maxSurge: '50%', maxUnavailable: 0 } },
      Unavailable: { reason: 'likewise', given: { maxUnavailable: 2 }, want: { maxSurge: 1, maxUnavailable: 2 } },
      Both: { reason: 'as requested', given: { maxSurge: 0, maxUnavailable: '25%' }, want: { maxSurge: 0, maxUnavailable: '25%' } },
    },
    (strategy, want) => {
      const [deployment] = rendered({ size: 1, ...(strategy && { strategy }) }, 'Deployment');
      assert.deepEqual((deployment as unknown as Rendered).spec.strategy, { type: 'RollingUpdate', rollingUpdate: want });
      assert.deepEqual(observe(world({ ...(strategy && { strategy }) })).invalid, []);
    },
  );
});
