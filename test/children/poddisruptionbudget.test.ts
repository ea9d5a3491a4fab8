import { strict as assert } from 'node:assert';
import { migrated } from '../support/stages.ts';
import { manifestOf, syncOf } from '../support/world.ts';

describe('children/poddisruptionbudget', () => {
  it('lets a drain take one pod of the application at a time, any that is not ready, and none of a migration', () => {
    assert.deepEqual(manifestOf(syncOf(migrated()), 'PodDisruptionBudget')?.spec, {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: { app: 'bestie', 'app.kubernetes.io/instance': 'bestie', 'app.kubernetes.io/component': 'web' } },
    });
  });
});
