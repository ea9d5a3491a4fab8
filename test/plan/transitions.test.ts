import { strict as assert } from 'node:assert';
import type { Status } from '../../src/api/kubernetes.ts';
import { transitions } from '../../src/plan/transitions.ts';
import { carriedOut, syncOf, world } from '../support/world.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';

const condition = { type: 'Ready', status: 'False', reason: 'Creating', message: 'm', lastTransitionTime: '2026-01-01T00:00:00Z' } as const;
const next = { conditions: [condition] } as Status;
const told = { type: 'Ready', to: 'False', reason: 'Creating', message: 'm' };

describe('plan/transitions', () => {
  each<Parameters<typeof transitions>[0], unknown[]>(
    {
      First: { reason: 'a condition that was not there', given: {}, want: [{ ...told, from: undefined }] },
      Same: { reason: 'nothing happened', given: next, want: [] },
      OtherMessage: { reason: 'other words for the same', given: { conditions: [{ ...condition, message: 'n' }] }, want: [] },
      Reason: {
        reason: 'another reason is news',
        given: { conditions: [{ ...condition, reason: 'NotApplied' }] },
        want: [{ ...told, from: 'False' }],
      },
      Flip: { reason: 'a flip is news', given: { conditions: [{ ...condition, status: 'True' }] }, want: [{ ...told, from: 'True' }] },
      Garbage: {
        reason: 'what cannot be read was not there',
        given: { conditions: [null, { type: 'Ready' }] },
        want: [{ ...told, from: undefined }],
      },
    },
    (given, want) => {
      assert.deepEqual(transitions(given, next), want);
    },
  );

  it('tells nothing of a world in which nothing happens', () => {
    const w = carriedOut(ready(world({ maxReplicas: 4 })));
    assert.deepEqual(transitions(w.parent.status as Status, syncOf(w).status), []);
  });
});
