import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import type { KubeObject, Manifest } from '../../src/api/kubernetes.ts';
import { drillOf, drillRecord, drillRecordText, drillText, type DrillRecord } from '../../src/observed/drillrecord.ts';
import { ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { observe, patched } from '../support/world.ts';

const AT = '2026-01-01T11:00:00Z';
const last = { id: 'on-demand.monday', hasSucceeded: true, at: AT, repo: 'repo1', words: 'revision 1; rows: none' };
const verified = { at: AT, repository: 'repo1', target: 'latest, at a time', took: 60, revision: '1' };

const recordFrom = (text: string): DrillRecord =>
  drillRecord(observe(patched(ready(), 'PostgresCluster', { metadata: { annotations: { [annotations.drills]: text } } })));

describe('the record of drills', () => {
  each<string, DrillRecord>(
    {
      Whole: {
        reason: 'as it is written',
        given: JSON.stringify({ schedule: '@daily', since: AT, due: AT, token: 'abc', last, verified }),
        want: { schedule: '@daily', since: AT, due: AT, token: 'abc', last, verified },
      },
      NoJson: { reason: 'another writer', given: 'never', want: {} },
      List: { reason: 'another writer', given: '[]', want: {} },
      OtherTypes: {
        reason: 'nothing of it is a fact',
        given: '{"schedule":1,"since":"today","token":{},"last":{"id":"a"},"verified":{"took":"x"}}',
        want: {},
      },
      PartOfAnEnd: {
        reason: 'an end without a result is none',
        given: JSON.stringify({ last: { ...last, hasSucceeded: 'yes' } }),
        want: {},
      },
      BrokenTime: { reason: 'it would be compared', given: JSON.stringify({ verified: { ...verified, at: 'never' } }), want: {} },
    },
    (text, want) => {
      assert.deepEqual(recordFrom(text), want);
    },
  );

  it('of nothing is not written', () => {
    assert.equal(drillRecordText({}), undefined);
  });
});

describe('what a copy records of its drill', () => {
  const copy = (text: string | undefined): KubeObject => ({
    apiVersion: 'example.com/v1',
    kind: 'Cluster',
    metadata: {
      name: 'bestie-drill',
      creationTimestamp: AT,
      ...(text !== undefined && { annotations: { [annotations.drill]: text } }),
    },
  });
  /** What stands on the object is what was applied. */
  const asApplied = { applied: (live: KubeObject) => live as unknown as Manifest };
  const nothingApplied = { applied: () => undefined };
  const drill = { id: 'on-demand.monday', repo: 'repo1', since: AT, until: '2026-01-01T13:00:00Z', token: 'abc' };

  it('is read as it was written', () => {
    assert.deepEqual(drillOf(copy(drillText(drill)), asApplied), drill);
  });

  it('is not read from what others have written: a bound would be none', () => {
    assert.equal(drillOf(copy(drillText(drill)), nothingApplied).until, AT);
  });

  for (const text of [undefined, 'never', '{"until":"soon"}'])
    it(`${text ?? 'nothing'}: it is over at once, because nothing says how long it may take`, () => {
      const { id, until } = drillOf(copy(text), asApplied);
      assert.deepEqual([id, until], [`unknown.${AT}`, AT]);
    });
});
