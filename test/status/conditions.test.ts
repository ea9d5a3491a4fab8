import { strict as assert } from 'node:assert';
import { conditionTypes, type ConditionType } from '../../src/api/condition.ts';
import type { Bestie } from '../../src/api/observed.ts';
import type { Readiness } from '../../src/api/kubernetes.ts';
import { previousConditions } from '../../src/observed/previousconditions.ts';
import { withTransitionTimes, withSummary } from '../../src/status/conditions.ts';
import { deepFreeze } from '../support/freeze.ts';
import { each } from '../support/table.ts';
import { ago, bestie, NOW } from '../support/world.ts';

const withStatus = (status: unknown): Bestie => deepFreeze({ ...bestie(), status: status ?? {} }) as Bestie;
const yes: Readiness = { status: 'True', reason: 'Created', message: 'm' };
const no: Readiness = { status: 'False', reason: 'Creating', message: 'm' };
const findings = (entries: [ConditionType, Readiness][]): ReadonlyMap<ConditionType, Readiness> => new Map(entries);
const before = { type: 'Ready', status: 'True', reason: 'AllReady', message: 'm', lastTransitionTime: ago(500) };

describe('status/conditions', () => {
  describe('withTransitionTimes', () => {
    each<[unknown, Readiness], string>(
      {
        NotATime: {
          reason: 'carried over, it would be refused for ever',
          given: [{ conditions: [{ ...before, lastTransitionTime: 'never' }] }, yes],
          want: NOW,
        },
        New: { reason: 'there was none', given: [{}, yes], want: NOW },
        Same: { reason: 'the time is carried over', given: [{ conditions: [before] }, yes], want: ago(500) },
        OtherReason: {
          reason: 'only the status counts',
          given: [{ conditions: [{ ...before, reason: 'Created' }] }, { ...yes, message: 'new' }],
          want: ago(500),
        },
        Flip: { reason: 'the status flips', given: [{ conditions: [before] }, no], want: NOW },
        Unknown: { reason: 'Unknown is a status of its own', given: [{ conditions: [{ ...before, status: 'Unknown' }] }, no], want: NOW },
        NoTime: { reason: 'a time that no writer set', given: [{ conditions: [{ ...before, lastTransitionTime: null }] }, yes], want: NOW },
      },
      ([status, readiness], want) => {
        const [condition] = withTransitionTimes(findings([['Ready', readiness]]), withStatus(status), NOW);
        assert.deepEqual(condition, {
          type: 'Ready',
          status: readiness.status,
          reason: readiness.reason,
          message: readiness.message,
          lastTransitionTime: want,
        });
      },
    );

    it('stands in the order of the table, whatever the order of the findings', () => {
      const types = Object.keys(conditionTypes) as ConditionType[];
      const found = findings(types.toReversed().map((type) => [type, yes]));
      assert.deepEqual(
        withTransitionTimes(found, withStatus({}), NOW).map(({ type }) => type),
        types,
      );
    });

    it('leaves out what does not apply any more', () => {
      const status = { conditions: [before, { ...before, type: 'HPACreated' }] };
      assert.deepEqual(
        withTransitionTimes(findings([['Ready', yes]]), withStatus(status), NOW).map(({ type }) => type),
        ['Ready'],
      );
    });

    it('does not write what only the plan needs', () => {
      const [condition] = withTransitionTimes(findings([['Ready', { ...no, recheckAfterSeconds: 5 }]]), withStatus({}), NOW);
      assert.ok(condition && !('recheckAfterSeconds' in condition));
    });
  });

  describe('previousConditions', () => {
    each<unknown, unknown[]>(
      {
        None: { reason: 'a new Bestie', given: {}, want: [] },
        Null: { reason: 'nulls are normal input', given: { conditions: null }, want: [] },
        NullCondition: { reason: 'nulls are normal input', given: { conditions: [null, before] }, want: [before] },
        UnknownType: { reason: 'of another release', given: { conditions: [{ ...before, type: 'Progressing' }] }, want: [] },
        InheritedName: {
          reason: 'a word that every object knows',
          given: {
            conditions: [
              { ...before, type: 'constructor' },
              { ...before, reason: 'toString' },
            ],
          },
          want: [{ ...before, reason: 'Progressing' }],
        },
        UnknownStatus: { reason: 'neither True, False nor Unknown', given: { conditions: [{ ...before, status: 'true' }] }, want: [] },
        UnknownReason: {
          reason: 'of another release',
          given: { conditions: [{ ...before, reason: 'Yes' }] },
          want: [{ ...before, reason: 'Progressing' }],
        },
        NullReason: {
          reason: 'nulls are normal input',
          given: { conditions: [{ ...before, reason: null, message: null }] },
          want: [{ ...before, reason: 'Progressing', message: '' }],
        },
        Twice: { reason: 'one per type', given: { conditions: [{ ...before, message: 'old' }, before] }, want: [before] },
        MoreFields: { reason: 'fields of another release', given: { conditions: [{ ...before, lastUpdateTime: NOW }] }, want: [before] },
      },
      (given, want) => {
        assert.deepEqual([...previousConditions(withStatus(given).status).values()], want);
      },
    );
  });

  describe('withSummary', () => {
    const good: [ConditionType, Readiness][] = (['DatabaseReady', 'DatabaseSeeded', 'DeploymentReady', 'ServiceCreated'] as const).map(
      (type) => [type, yes],
    );
    const stuck: Readiness = { status: 'False', reason: 'NotApplied', message: 'taken' };
    each<[ReadonlyMap<ConditionType, Readiness>, Readiness?], string[]>(
      {
        AllGood: { reason: 'nothing left to do', given: [findings(good)], want: ['True AllReady', 'False Settled', 'False NotStalled'] },
        OptionalMissing: {
          reason: 'what a cluster may not have leaves Ready alone',
          given: [findings([...good, ['IngressCreated', no]])],
          want: ['True AllReady', 'False Settled', 'False NotStalled'],
        },
        OnItsWay: {
          reason: 'work continues',
          given: [findings([...good, ['ServiceCreated', no]])],
          want: ['False Creating', 'True Progressing', 'False NotStalled'],
        },
        Stuck: {
          reason: 'no controller works on it',
          given: [findings([...good, ['ServiceCreated', stuck]])],
          want: ['False NotApplied', 'False Settled', 'True NotApplied'],
        },
        OptionalStuck: {
          reason: 'ready, and yet a user has to act',
          given: [findings([...good, ['IngressCreated', stuck]])],
          want: ['True AllReady', 'False Settled', 'True NotApplied'],
        },
        StuckAndOnItsWay: {
          reason: 'never both Reconciling and Stalled',
          given: [findings([...good, ['DatabaseReady', no], ['IngressCreated', stuck]])],
          want: ['False Creating', 'False Settled', 'True NotApplied'],
        },
        Obstacle: {
          reason: 'what no child knows of',
          given: [findings(good), { ...no, reason: 'UnsupportedApplyStrategy' }],
          want: ['True AllReady', 'False Settled', 'True UnsupportedApplyStrategy'],
        },
        Unknown: {
          reason: 'what is not known is not ready',
          given: [findings([...good, ['DatabaseReady', { ...no, status: 'Unknown', reason: 'ExternallyManaged' }]])],
          want: ['False ExternallyManaged', 'True Progressing', 'False NotStalled'],
        },
        FalseBeforeUnknown: {
          reason: 'what is False says more',
          given: [
            findings([
              ...good,
              ['DatabaseReady', { ...no, status: 'Unknown', reason: 'ExternallyManaged' }],
              ['DatabaseSeeded', { ...no, reason: 'Migrating' }],
            ]),
          ],
          want: ['False Migrating', 'True Progressing', 'False NotStalled'],
        },
        TrueWithReason: {
          reason: 'a True condition never stalls, whatever its reason',
          given: [findings([...good, ['IngressCreated', { ...stuck, status: 'True' }]])],
          want: ['True AllReady', 'False Settled', 'False NotStalled'],
        },
      },
      ([found, obstacle], want) => {
        const summary = withSummary(found, { obstacle });
        assert.deepEqual(
          (['Ready', 'Reconciling', 'Stalled'] as const).map(
            (type) => `${summary.get(type)?.status ?? ''} ${summary.get(type)?.reason ?? ''}`,
          ),
          want,
        );
        for (const [type, finding] of found) assert.equal(summary.get(type), finding);
      },
    );

    it('names in Ready and Reconciling what is waited for', () => {
      const summary = withSummary(findings([...good, ['ServiceCreated', no]]));
      assert.equal(summary.get('Ready')?.message, 'ServiceCreated: m');
      assert.equal(summary.get('Reconciling')?.message, 'waiting for ServiceCreated');
    });
  });
});
