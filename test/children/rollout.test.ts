import { strict as assert } from 'node:assert';
import { onceRolledOut } from '../../src/children/rollout.ts';
import { migrated, ready, rolledOut, rollingOut } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { ago, carriedOut, observe, patched, said, syncOf, without, world, type World } from '../support/world.ts';

/** A Deployment of that age, with nothing else made that serves it. */
const aged = (seconds: number, status: object): World =>
  patched(carriedOut(without(migrated(world({ size: 1 })), 'Ingress')), 'Deployment', {
    metadata: { creationTimestamp: ago(seconds) },
    status,
  });

describe('children/rollout', () => {
  each<World, [gated: boolean, ingress: string, ready: string]>(
    {
      NoDeployment: {
        reason: 'there is nothing to serve',
        given: without(without(migrated(world({ size: 1 })), 'Deployment'), 'Ingress'),
        want: [true, 'False DependencyNotReady', 'False RollingOut'],
      },
      Young: {
        reason: 'its pods come first',
        given: without(aged(29, rollingOut(1)), 'Ingress'),
        want: [true, 'False DependencyNotReady', 'False RollingOut'],
      },
      RolledOut: {
        reason: 'with the answer that calls the Bestie Ready',
        given: without(aged(3, rolledOut(1)), 'Ingress'),
        want: [true, 'False Creating', 'True AllReady'],
      },
      Late: {
        reason: 'what serves, or watches, pods that never come must be there all the same',
        given: without(aged(30, rollingOut(1)), 'Ingress'),
        want: [false, 'False Creating', 'False RollingOut'],
      },
    },
    (given, [gated, ingress, wanted]) => {
      assert.deepEqual(onceRolledOut(observe(given)), gated ? ['DeploymentReady'] : []);
      const answer = syncOf(given);
      assert.deepEqual([said(answer, 'IngressCreated'), said(answer, 'Ready')], [ingress, wanted]);
      assert.equal(
        answer.children.some(({ kind }) => kind === 'Ingress'),
        ingress === 'False Creating',
      );
    },
  );

  it('takes nothing away that is there', () => {
    const young = patched(ready(), 'Deployment', { metadata: { creationTimestamp: ago(1) }, status: rollingOut(2) });
    assert.ok(syncOf(young).children.some(({ kind }) => kind === 'Ingress'));
  });
});
