/** Which Job checks which copy. */
import assert from 'node:assert/strict';
import { annotations } from '../../src/api/names.ts';
import { drillRecordIn } from '../../src/observed/drillrecord.ts';
import { passed } from '../support/drillworlds.ts';
import { ago, overlaid, syncOf, type World } from '../support/world.ts';

/** A check that has succeeded, by a Job of that age; the copy was made 250 seconds ago. */
const byJobOf = (seconds: number): World => {
  const w = passed();
  const made = (child: World['children'][number]) =>
    child.kind === 'Job' && child.metadata.name === 'bestie-drill-check'
      ? overlaid(child, { metadata: { creationTimestamp: ago(seconds) } })
      : child;
  return { ...w, children: w.children.map(made) };
};

/** How the last drill has ended, by the record that is answered. */
const lastOf = (w: World): unknown => {
  const { children } = syncOf(w);
  const database = children.find(({ metadata }) => metadata.name === 'bestie-pgo');
  return drillRecordIn(database?.metadata.annotations?.[annotations.drills]).last?.hasSucceeded;
};

describe('the check of a copy', () => {
  it('is a Job that was made after it', () => {
    assert.equal(lastOf(byJobOf(100)), true);
  });

  it('is no Job from before it: what that has found is not of this copy, and it is not kept', () => {
    const w = byJobOf(300);
    assert.equal(lastOf(w), undefined);
    assert.ok(!syncOf(w).children.some(({ metadata }) => metadata.name === 'bestie-drill-check'));
  });
});
