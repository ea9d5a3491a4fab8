import { strict as assert } from 'node:assert';
import { childKindKeys, EVENT, kinds, POD } from '../../src/api/kinds.ts';
import { kindKey } from '../../src/api/kubernetes.ts';
import { POSTGRES_CLUSTER } from '../../src/database/crunchy/types.ts';
import { table } from '../../src/children/index.ts';

describe('api/kinds', () => {
  it('keys kinds as Metacontroller does', () => {
    assert.equal(kindKey(kinds.service), 'Service.v1');
    assert.equal(kindKey(kinds.horizontalPodAutoscaler), 'HorizontalPodAutoscaler.autoscaling/v2');
    assert.equal(kindKey(kinds.postgresCluster), POSTGRES_CLUSTER);
  });

  it('has every kind in the table of children, and every child of the table', () => {
    assert.deepEqual(new Set(table.map(({ api }) => kindKey(api))), childKindKeys);
    assert.equal(table.length, childKindKeys.size);
  });

  it('never declares what is only read or only sent', () => {
    assert.ok(!childKindKeys.has(POD));
    assert.ok(!childKindKeys.has(EVENT));
  });
});
