/**
 * Golden cases: one folder of test/cases each, data only. What is observed goes in, the whole answer comes out.
 *
 *   bestie.yaml    the Bestie, with a line that says what the case shows
 *   observed.yaml  what exists: `objects` are its children and pods, `related` what is shown besides; left out, nothing is
 *                  `overlay` names what is installed (default), `hook` who asks (sync)
 *                  an object was last applied as it stands, but for what `applied` beside it says (a patch; null: it was not applied)
 *                  HASH in a name stands for the hash of the Job that this Bestie asks for
 *                  TEMPLATE in what was applied to a Deployment stands for the pods that this Bestie asks for
 *   want.yaml      the answer, always whole; UPDATE=1 writes it
 *
 * Most cases are a small difference from a situation that others share. Such a file says `base: NAME`, and then only what is different from
 * the file of the same name in test/cases/bases/NAME, which is whole:
 *
 *   base: crashing
 *   objects:
 *     Deployment/bestie-app:         an object is chosen by kind and name, a condition by its type, anything else in a list by its name
 *       spec:
 *         replicas: 3                a field takes the place of the one in the base, or is added to it
 *       status:
 *         conditions:
 *           Progressing: null        null takes away: a field, an entry of a list, an object
 *     Ingress/bestie-ingress: null
 *     Pod/other:                     what says its own kind and name (type, name) is whole: it is added, or takes the place of the base's
 *       apiVersion: v1
 *       kind: Pod
 *       metadata:
 *         name: other
 *   related: []                      a list takes the place of the whole list
 *
 * A patch that does not find what it changes or takes away is an error, so that who changes a base sees every case that it breaks. The rules
 * stand in test/support/patch.ts.
 */
import { strict as assert } from 'node:assert';
import { writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { SyncResponse } from '../src/api/hook.ts';
import { root, textOf } from './support/bases.ts';
import { answerTo, folders, read, type Case } from './support/cases.ts';
import { checkAnswer, isWhole } from './support/checks.ts';
import { validateChild, validateStatus } from './support/schemas.ts';

describe('golden cases', () => {
  it('are there', () => {
    assert.ok(folders.length >= 20);
  });

  for (const folder of folders) {
    describe(folder, () => {
      let asked: Case;
      let answer: SyncResponse;

      // Not while mocha collects the tests: a patch that no longer fits its base fails here, and only this case.
      before(() => {
        asked = read(folder);
        answer = answerTo(asked);
      });

      it('is answered as want.yaml says', () => {
        checkAnswer(answer, asked.world);
        const url = new URL(`${folder}/want.yaml`, root);
        if (process.env.UPDATE !== undefined) writeFileSync(url, stringify(answer, { lineWidth: 0, aliasDuplicateObjects: false }));
        assert.deepEqual(answer, parse(textOf(folder, 'want.yaml')));
      });

      it('is answered in the same way with keys of hook version v1', () => {
        assert.deepEqual(answerTo(asked, 'v1'), answer);
      });

      it('has children and a status that the API server takes', async () => {
        await Promise.all(answer.children.filter(isWhole).map(validateChild));
        validateStatus(answer.status);
      });
    });
  }

  it('would notice a wrong child', async () => {
    await assert.rejects(validateChild({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { replicas: 'two' } }));
    assert.throws(() => {
      validateStatus({ conditions: [], more: 1 } as unknown as SyncResponse['status']);
    });
  });
});
