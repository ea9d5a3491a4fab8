import { strict as assert } from 'node:assert';
import { migrated } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { manifestOf, syncOf, world, type Loose } from '../support/world.ts';

describe('children/service', () => {
  each<Loose, string>(
    {
      Default: { reason: 'inside the cluster', given: {}, want: 'ClusterIP' },
      NodePort: { reason: 'asked for', given: { serviceType: 'NodePort' }, want: 'NodePort' },
    },
    (given, want) => {
      assert.deepEqual(manifestOf(syncOf(migrated(world(given))), 'Service')?.spec, {
        type: want,
        selector: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie', 'app.kubernetes.io/component': 'web' },
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      });
    },
  );
});
