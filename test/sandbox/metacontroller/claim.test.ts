import assert from 'node:assert/strict';
import { claim, type Claim } from '../../../src/sandbox/metacontroller/claim.ts';
import type { OwnerReference, Resource } from '../../../src/sandbox/apiserver/object.ts';

const object = (metadata: Partial<Resource['metadata']>): Resource => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'x', uid: 'x', resourceVersion: '1', creationTimestamp: 't', ...metadata },
});
const owner = (uid: string, controller: boolean): OwnerReference => ({
  apiVersion: 'pets.bestie.com/v1',
  kind: 'Bestie',
  name: 'b',
  uid,
  controller,
});
const living = object({ uid: 'parent' });
const going = object({ uid: 'parent', deletionTimestamp: 't' });
const owned = object({ ownerReferences: [owner('parent', true)] });
const orphan = object({});

const cases: readonly { name: string; reason: string; parent?: Resource; object: Resource; matches: boolean; want: Claim }[] = [
  { name: 'OwnedAndMatching', reason: 'the normal case', object: owned, matches: true, want: 'claimed' },
  {
    name: 'OwnedAndMatchingWhileDeleting',
    reason: 'finalize sees its children',
    parent: going,
    object: owned,
    matches: true,
    want: 'claimed',
  },
  { name: 'OwnedNoLongerMatching', reason: 'its label was changed', object: owned, matches: false, want: 'release' },
  {
    name: 'OwnedNoLongerMatchingWhileDeleting',
    reason: 'nothing is released then',
    parent: going,
    object: owned,
    matches: false,
    want: 'ignore',
  },
  { name: 'OrphanMatching', reason: 'a user handed it over', object: orphan, matches: true, want: 'adopt' },
  { name: 'OrphanMatchingWhileDeleting', reason: 'nothing is adopted then', parent: going, object: orphan, matches: true, want: 'ignore' },
  { name: 'OrphanNotMatching', reason: 'none of our business', object: orphan, matches: false, want: 'ignore' },
  { name: 'TerminatingOrphan', reason: 'it goes anyway', object: object({ deletionTimestamp: 't' }), matches: true, want: 'ignore' },
  {
    name: 'OwnedByAnother',
    reason: 'even with our label',
    object: object({ ownerReferences: [owner('other', true)] }),
    matches: true,
    want: 'ignore',
  },
  {
    name: 'OwnedButNotControlled',
    reason: 'only the controller counts',
    object: object({ ownerReferences: [owner('other', false)] }),
    matches: true,
    want: 'adopt',
  },
];

describe('sandbox/metacontroller/claim', () => {
  for (const { name, reason, parent = living, object: seen, matches, want } of cases) {
    it(`${name}: ${reason}`, () => {
      assert.equal(claim({ parent, object: seen, matches }), want);
    });
  }
});
