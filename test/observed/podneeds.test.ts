/** What the spec names and the cluster lacks, read from the words of the API server as a real one wrote them. */
import { strict as assert } from 'node:assert';
import { mayBeMissing, mayHaveLacked, missingNeed } from '../../src/observed/podneeds.ts';
import { each } from '../support/table.ts';
import { observe, world, type Loose } from '../support/world.ts';

const refused = (words: string): string => `pods "bestie-app-5fff89bd6d-" is forbidden: ${words}`;
const ACCOUNT = refused('error looking up service account shop/till: serviceaccount "till" not found');
const PRIORITY = refused('no PriorityClass with name till was found');
const RUNTIME = refused('pod rejected: RuntimeClass "till" not found');
const QUOTA = refused('exceeded quota: small, requested: cpu=200m, used: cpu=1, limited: cpu=1');

describe('observed/podneeds', () => {
  each<[spec: Loose, words: string], string | undefined>(
    {
      Account: { reason: 'it is named', given: [{ serviceAccountName: 'till' }, ACCOUNT], want: 'service account "till"' },
      Priority: { reason: 'it is named', given: [{ priorityClassName: 'till' }, PRIORITY], want: 'priority class "till"' },
      Runtime: { reason: 'it is named', given: [{ runtimeClassName: 'till' }, RUNTIME], want: 'runtime class "till"' },
      OneOfThree: {
        reason: 'that which the words name',
        given: [{ serviceAccountName: 'till', priorityClassName: 'till', runtimeClassName: 'till' }, RUNTIME],
        want: 'runtime class "till"',
      },
      Former: { reason: 'the words are about an earlier spec', given: [{ serviceAccountName: 'counter' }, ACCOUNT], want: undefined },
      NotOfTheSpec: { reason: 'a policy adds it', given: [{}, PRIORITY], want: undefined },
      Quota: { reason: 'something else', given: [{ serviceAccountName: 'till' }, QUOTA], want: undefined },
      Nothing: { reason: 'no words', given: [{ serviceAccountName: 'till' }, ''], want: undefined },
    },
    ([spec, words], want) => {
      const found = missingNeed(words, observe(world(spec)));
      if (want === undefined) assert.equal(found, undefined);
      else assert.ok(found?.startsWith(`when the first was refused, ${want} did not exist; create it, or change spec.`), found);
    },
  );

  it('names all that the spec names where there are no words, and nothing where it names nothing', () => {
    const o = observe(world({ serviceAccountName: 'a', priorityClassName: 'b' }));
    assert.equal(mayBeMissing(o), ', or service account "a" or priority class "b", which the spec names, does not exist');
    assert.equal(mayHaveLacked(o), '; the spec names service account "a" and priority class "b", which must exist');
    assert.equal(mayBeMissing(observe(world())) + mayHaveLacked(observe(world())), '');
  });
});
