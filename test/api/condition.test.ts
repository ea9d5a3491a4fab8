import { strict as assert } from 'node:assert';
import { conditionTypes, requiredForReady } from '../../src/api/condition.ts';
import { stalls } from '../../src/api/stalls.ts';
import { reasons, type Reason } from '../../src/api/reason.ts';
import { table } from '../../src/children/index.ts';

const rows = Object.entries(reasons) as [Reason, { meaning: string; action?: string; stalls?: unknown }][];

describe('api/condition', () => {
  it('names types and reasons in CamelCase and says what each means in a sentence', () => {
    for (const [name, meaning] of [...Object.entries(conditionTypes), ...rows.map(([reason, row]) => [reason, row.meaning] as const)]) {
      assert.match(name, /^[A-Z][A-Za-z]+$/);
      assert.match(meaning, /^[A-Z].*\.$/, name);
    }
  });

  it('begins with what kubectl wait, Argo CD and Flux read', () => {
    assert.deepEqual(Object.keys(conditionTypes).slice(0, 3), ['Ready', 'Reconciling', 'Stalled']);
  });

  it('says what to do wherever a user has to act', () => {
    for (const [reason, row] of rows.filter(([, { stalls }]) => stalls !== undefined)) assert.ok(row.action, reason);
  });

  it('is in the hands of a user only where the reason, on that condition, says so', () => {
    assert.equal(stalls('ServiceCreated', 'NotApplied'), true);
    assert.equal(stalls('DatabaseReady', 'APINotInstalled'), true);
    assert.equal(stalls('MonitoringReady', 'APINotInstalled'), false);
    assert.equal(stalls('DeploymentReady', 'RollingOut'), false);
  });

  it('asks for Ready only what some child contributes', () => {
    const contributed = table.map(({ condition }) => condition);
    for (const type of requiredForReady) assert.ok(contributed.includes(type), type);
  });
});
