import { strict as assert } from 'node:assert';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { ago, conditionOf, edited, manifestOf, patched, said, syncOf, world } from '../support/world.ts';

const scaled = ready(world({ size: 2, maxReplicas: 5 }));

describe('children/horizontalpodautoscaler', () => {
  it('scales the Deployment between size and maxReplicas by CPU', () => {
    assert.deepEqual(
      manifestOf(syncOf(edited(scaled, { autoscaling: { targetCPUUtilizationPercentage: 70 } })), 'HorizontalPodAutoscaler')?.spec,
      {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'bestie-app' },
        minReplicas: 2,
        maxReplicas: 5,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
      },
    );
  });

  it('comes and goes with maxReplicas, its condition with it', () => {
    const off = syncOf(edited(scaled, { maxReplicas: undefined }));
    assert.equal(manifestOf(off, 'HorizontalPodAutoscaler'), undefined);
    assert.equal(said(off, 'HPACreated'), undefined);
    assert.equal(said(syncOf(edited(ready(), { maxReplicas: 3 })), 'HPACreated'), 'False Creating');
  });

  const conditions = (status: string, seconds: number): unknown => ({
    conditions: [null, { type: 'ScalingActive', status, lastTransitionTime: ago(seconds) }],
  });
  each<unknown, [said: string, recheck?: number]>(
    {
      NoStatus: { reason: 'no controller has looked at it', given: undefined, want: ['True Created'] },
      Active: { reason: 'it decides', given: conditions('True', 500), want: ['True Created'] },
      BlindAtFirst: {
        reason: 'new pods have no metrics yet: no watch will report that they never come',
        given: conditions('False', 20),
        want: ['True Created', 100],
      },
      Blind: { reason: 'usually there is no metrics API', given: conditions('False', 120), want: ['True ScalingInactive'] },
      Unable: {
        reason: 'it cannot scale either',
        given: { conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', lastTransitionTime: ago(500) }] },
        want: ['True ScalingInactive'],
      },
    },
    (given, [wanted, recheck]) => {
      const answer = syncOf(patched(scaled, 'HorizontalPodAutoscaler', { status: given }));
      assert.equal(said(answer, 'HPACreated'), wanted);
      assert.equal(answer.resyncAfterSeconds, recheck);
      assert.equal(said(answer, 'Ready'), 'True AllReady');
    },
  );

  it('says why in the words of the autoscaler, and what that means', () => {
    const message = (reason: string): string | undefined => {
      const status = { conditions: [{ type: 'ScalingActive', status: 'False', reason, lastTransitionTime: ago(500) }] };
      return conditionOf(syncOf(patched(scaled, 'HorizontalPodAutoscaler', { status })), 'HPACreated')?.message;
    };
    assert.equal(
      message('FailedGetResourceMetric'),
      'HorizontalPodAutoscaler bestie-hpa cannot scale (FailedGetResourceMetric: there is no metrics API (metrics-server), or pods have no CPU ' +
        'request: see spec.resources); see its events: kubectl -n pets describe hpa bestie-hpa',
    );
    assert.match(message('InvalidSelector') ?? '', /cannot scale \(InvalidSelector\); see its events/);
  });
});
