import { strict as assert } from 'node:assert';
import { ready } from '../support/stages.ts';
import { annotated } from '../support/upgrades.ts';
import { carriedOut, childOf, conditionOf, edited, patched, syncOf, type Loose, type World } from '../support/world.ts';

/** The Deployment controller has seen the latest template, of which it has made no pod. */
function seen(w: World): World {
  const { metadata, status } = childOf(w, 'Deployment');
  return patched(w, 'Deployment', { status: { ...(status as Loose), observedGeneration: metadata.generation, updatedReplicas: 0 } });
}

const pausedBestie = (w: World): World => annotated(w, { 'pets.bestie.com/paused': 'true' });
const change = { sidecars: [{ name: 'proxy', image: 'proxy:1' }] };

describe('observed/stopped', () => {
  it('has no command to resume a Deployment that the operator has paused to exchange its init containers', () => {
    const between = seen(carriedOut(edited(ready(), change)));
    assert.equal((childOf(between, 'Deployment').spec as Loose).paused, true);
    const found = conditionOf(syncOf(pausedBestie(between)), 'DeploymentReady');
    assert.deepEqual([found?.status, found?.reason], ['False', 'RollingOut']);
  });

  it('names the command that resumes one that a user has paused', () => {
    const changed = seen(carriedOut(edited(ready(), { priorityClassName: 'shop' })));
    const found = conditionOf(syncOf(pausedBestie(patched(changed, 'Deployment', { spec: { paused: true } }))), 'DeploymentReady');
    assert.deepEqual([found?.status, found?.reason], ['False', 'Suspended']);
    assert.match(found?.message ?? '', /rollout resume deployment bestie-app/);
  });
});
