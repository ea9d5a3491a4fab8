import { strict as assert } from 'node:assert';
import { objectsOfVolumes } from '../../src/observed/podvolumes.ts';
import type { Pod } from '../../src/observed/pods.ts';
import { each, type Case } from '../support/table.ts';

const cases: Record<string, Case<unknown, string | undefined>> = {
  None: { reason: 'a pod without a spec', given: null, want: undefined },
  Own: { reason: 'an empty directory needs nothing', given: { volumes: [{ name: 'tmp', emptyDir: {} }, null] }, want: undefined },
  Optional: {
    reason: 'the pod starts without it',
    given: { volumes: [{ name: 'a', secret: { secretName: 's', optional: true } }] },
    want: undefined,
  },
  Token: {
    reason: 'Kubernetes itself adds the token of the ServiceAccount',
    given: { volumes: [{ name: 'kube-api-access-x7k2p', projected: { sources: [{ configMap: { name: 'kube-root-ca.crt' } }] } }] },
    want: undefined,
  },
  Each: {
    reason: 'of every kind, each once',
    given: {
      volumes: [
        { name: 'a', configMap: { name: 'c' } },
        { name: 'b', secret: { secretName: 's' } },
        { name: 'c', persistentVolumeClaim: { claimName: 'p' } },
        { name: 'd', projected: { sources: [{ secret: { name: 's' } }, { configMap: { name: 'd' } }, null] } },
      ],
    },
    want: 'ConfigMap c, Secret s, PersistentVolumeClaim p, ConfigMap d',
  },
  Many: {
    reason: 'a message has a bound',
    given: { volumes: [1, 2, 3, 4, 5, 6, 7].map((n) => ({ name: `v${n}`, configMap: { name: `c${n}` } })) },
    want: 'ConfigMap c1, ConfigMap c2, ConfigMap c3, ConfigMap c4, ConfigMap c5 and 2 more',
  },
};

describe('observed/podvolumes', () => {
  each(cases, (spec, want) => {
    assert.equal(objectsOfVolumes({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec } as Pod), want);
  });
});
