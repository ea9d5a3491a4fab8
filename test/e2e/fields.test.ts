/** What is copied from a Bestie into a child: the API server is asked about both, for each row of the table that the hook is tested with. */
import assert from 'node:assert/strict';
import { kinds, type ChildKind } from '../../src/api/kinds.ts';
import { closingIn } from '../support/closing.ts';
import { acceptedFields, boundedFields, refusedFields } from '../support/fields.ts';
import { rendered, sent } from '../support/rendered.ts';
import { bestie, namespace } from './support/cluster.ts';
import { kubectl } from './support/kubectl.ts';
import { trying, type Answer, type Try } from './support/trying.ts';

const NS = 'e2e-fields';

describe('fields', () => {
  const perSuite = closingIn(after);
  let tried: Try;
  /** Resources of the cluster, as `deployments.apps`: one without monitoring has no ServiceMonitors. */
  let served = new Set<string>();

  before(async () => {
    await namespace(NS);
    served = new Set((await kubectl('api-resources', '--verbs=create', '-o', 'name')).split('\n'));
    tried = await trying(NS, perSuite);
  });

  const asBestie = (spec: object): Promise<Answer> => tried('pets.bestie.com/v1', 'besties', bestie('tried', spec));
  const kindOf = (wanted: string): ChildKind => {
    const found = Object.values(kinds).find(({ kind }) => kind === wanted);
    if (found === undefined) throw new Error(`${wanted} is no kind of child`);
    return found;
  };
  const isServed = ({ apiVersion, resource }: ChildKind): boolean => {
    const [group = '', version] = apiVersion.split('/');
    return served.has(version === undefined ? resource : `${resource}.${group}`);
  };

  for (const [name, { reason, given, want }] of Object.entries({ ...refusedFields, ...boundedFields })) {
    it(`${name} is refused as a Bestie: ${reason}`, async () => {
      const { code, message } = await asBestie(given);
      assert.equal(code, 422, message);
      // Of a list that repeats an item the API server has words of its own.
      assert.ok(message.includes(want.want.includes('must not have two items') ? 'Duplicate value' : want.want), message);
    });

    if (want.child === undefined) continue;
    const kind = kindOf(want.child);
    it(`${name} would be refused as a part of ${kind.kind}`, async function () {
      if (!isServed(kind)) this.skip();
      const answers = await Promise.all(rendered(given, kind.kind).map((child) => tried(kind.apiVersion, kind.resource, sent(child, NS))));
      assert.notEqual(answers.length, 0);
      // What is no int32 is no Deployment at all: 400.
      for (const { code, message } of answers) assert.ok(code === 422 || code === 400, `${code} ${message}`);
    });
  }

  for (const [name, { reason, given }] of Object.entries(acceptedFields)) {
    it(`${name} is taken, as a Bestie and as its children: ${reason}`, async () => {
      assert.deepEqual(await asBestie(given), { code: 201, message: '' });
      for (const child of rendered(given)) {
        const kind = kindOf(child.kind);
        if (isServed(kind))
          assert.deepEqual(await tried(kind.apiVersion, kind.resource, sent(child, NS)), { code: 201, message: '' }, child.kind);
      }
    });
  }
});
