import { strict as assert } from 'node:assert';
import { migrated, ready, usable } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { edited, manifestOf, overlays, patched, said, syncOf, without, world, type Loose, type World } from '../support/world.ts';

const external = (secretName: string): Loose => ({
  database: { provider: 'External', secretName },
  sessionSecret: { name: 's', key: 'k' },
});
const forgetful = patched(ready(), 'PostgresCluster', { metadata: { annotations: undefined } });

describe('children/service', () => {
  each<Loose, string>(
    {
      Default: { reason: 'inside the cluster', given: {}, want: 'ClusterIP' },
      NodePort: { reason: 'requested', given: { serviceType: 'NodePort' }, want: 'NodePort' },
    },
    (given, want) => {
      assert.deepEqual(manifestOf(syncOf(migrated(world(given))), 'Service')?.spec, {
        type: want,
        selector: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie', 'app.kubernetes.io/component': 'web' },
        ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }],
      });
    },
  );

  it('waits on a first install, as all that serves the application', () => {
    const answer = syncOf(usable());
    for (const [kind, type] of [
      ['Service', 'ServiceCreated'],
      ['PodDisruptionBudget', 'PDBCreated'],
      ['Ingress', 'IngressCreated'],
    ] as const) {
      assert.equal(manifestOf(answer, kind), undefined);
      assert.equal(said(answer, type), 'False DependencyNotReady');
    }
  });

  describe('of a running application is put back', () => {
    each<World, true>(
      {
        NoDatabase: { reason: 'the PostgresCluster is gone', given: without(without(ready(), 'PostgresCluster'), 'Job'), want: true },
        NoHistory: { reason: 'the PostgresCluster does not say what it has', given: without(forgetful, 'Job'), want: true },
        NotDeclared: {
          reason: 'its kind is declared no longer',
          given: { ...without(without(ready(), 'PostgresCluster'), 'Job'), declared: overlays.minimal },
          want: true,
        },
        OtherSecret: {
          reason: 'the external database was exchanged',
          given: edited(without(ready(world(external('one'))), 'Job'), external('two')),
          want: true,
        },
      },
      (given) => {
        for (const kind of ['Service', 'PodDisruptionBudget']) {
          assert.ok(manifestOf(syncOf(without(given, kind)), kind), `${kind} is in the answer`);
        }
      },
    );
  });
});
