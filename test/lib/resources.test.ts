import { strict as assert } from 'node:assert';
import { storedResources } from '../../src/lib/resources.ts';
import { each } from '../support/table.ts';

type Given = Parameters<typeof storedResources>[0];

describe('lib/resources', () => {
  each<Given, object>(
    {
      Both: {
        reason: 'in the form of the API server',
        given: { requests: { cpu: '0.1', memory: '1024Mi' }, limits: { cpu: 1 } },
        want: { requests: { cpu: '100m', memory: '1Gi' }, limits: { cpu: '1' } },
      },
      Empty: { reason: 'the API server drops an empty map', given: { requests: { cpu: 1 }, limits: {} }, want: { requests: { cpu: '1' } } },
      Nothing: { reason: 'nothing is asked for', given: {}, want: {} },
    },
    (given, want) => {
      assert.deepEqual(storedResources(given), want);
    },
  );
});
