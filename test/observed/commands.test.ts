import { strict as assert } from 'node:assert';
import { setTo } from '../../src/observed/commands.ts';
import { each } from '../support/table.ts';
import { observe, world } from '../support/world.ts';

const patch = (spec: object): string => `kubectl -n pets patch bestie bestie --type merge -p '${JSON.stringify({ spec })}'`;
const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('observed/commands', () => {
  each<string, string | undefined>(
    {
      Version: { reason: 'the repository stays', given: 'quay.io/opdev/bestie:1.3', want: patch({ version: '1.3' }) },
      Digest: { reason: 'the whole digest', given: `quay.io/opdev/bestie@${DIGEST}`, want: patch({ version: DIGEST }) },
      Repository: {
        reason: 'the spec has another one',
        given: 'registry:5000/bestie:1.3',
        want: patch({ image: 'registry:5000/bestie', version: '1.3' }),
      },
      NoVersion: { reason: 'there is nothing to set', given: 'quay.io/opdev/bestie', want: undefined },
      Quotes: { reason: 'a record may hold anything', given: "bestie:1.3' ; rm -r /", want: undefined },
    },
    (given, want) => {
      assert.equal(setTo(given, observe(world())), want);
    },
  );
});
