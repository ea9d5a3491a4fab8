/** The rules of the API, as the API server applies them: the same table that the hook is tested with, and random specs beside it. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import rules from '../../src/spec/bestie.rules.json' with { type: 'json' };
import { closingIn } from '../support/closing.ts';
import { hostPath } from '../support/containerfields.ts';
import { randomSpec } from '../support/randomspecs.ts';
import { changeCases, ruleCases } from '../support/rules.ts';
import { each } from '../support/table.ts';
import { observe, world, bestie as wanted, type Loose } from '../support/world.ts';
import { bestie, namespace } from './support/cluster.ts';
import { eventually, get, kubectl, kubectlBoth, kubectlStdin } from './support/kubectl.ts';
import { trying, type Answer } from './support/trying.ts';

const NS = 'e2e-admission';

const outcome = (request: Promise<string>): Promise<string> =>
  request.then(
    () => '',
    (error: unknown) => (error as { stderr: string }).stderr,
  );

/** One text may be the beginning of another. */
const ruleMessages = [...new Set(rules.map(({ message }) => message))].filter(
  (message, _, all) => !all.some((other) => other !== message && other.includes(message)),
);

describe('admission', () => {
  const perSuite = closingIn(after);

  before(() => namespace(NS));

  for (const [name, { reason, given, want }] of Object.entries({ ...ruleCases, ...changeCases })) {
    it(`${name}: ${reason}`, async () => {
      const object = bestie(given.name ?? 'case', given.spec);
      if (given.before !== undefined) await kubectlStdin(bestie('case', given.before), '-n', NS, 'apply');
      const answer = await outcome(kubectlStdin(object, '-n', NS, 'apply', '--dry-run=server'));
      if (given.before !== undefined) await kubectl('-n', NS, 'delete', 'bestie', 'case');
      if (want === undefined) assert.equal(answer, '');
      else assert.ok(answer.includes(want), answer);
    });
  }

  it('says of random specs what the hook says, rule by rule', async function () {
    this.timeout(300_000);
    const tried = await trying(NS, perSuite);
    const isRule = (message: string): boolean => !/^spec[/ ]/.test(message);
    const ofList = (message: string): boolean => message.includes('must not have two items');
    const check = (invalid: readonly string[], { code, message }: Answer, spec: Loose): void => {
      const details = `${JSON.stringify(invalid)} ${message} ${JSON.stringify(spec)}`;
      assert.equal(code, invalid.length === 0 ? 201 : 422, details);
      // What breaks the schema is not held to every rule by the API server, and to none by the hook.
      if (!invalid.every(isRule)) return;
      for (const rule of invalid) assert.ok(message.includes(ofList(rule) ? 'Duplicate value' : rule), details);
      for (const rule of ruleMessages) assert.equal(message.includes(rule), invalid.includes(rule), `${rule}: ${details}`);
    };
    await fc.assert(
      fc.asyncProperty(randomSpec, async (spec) => {
        const { invalid } = observe({ ...world(), parent: { ...wanted(), spec } });
        check(invalid, await tried('pets.bestie.com/v1', 'besties', bestie('random', spec)), spec);
      }),
      { numRuns: 500 },
    );
  });

  it('names every wrong field in one Invalid, on create and on update', async () => {
    const wrong = bestie('both', { size: 0, version: '' });
    const created = await outcome(kubectlStdin(wrong, '-n', NS, 'apply'));
    assert.match(created, /is invalid[^]*spec\.version[^]*spec\.size|is invalid[^]*spec\.size[^]*spec\.version/);
    await kubectlStdin(bestie('both', { size: 1 }), '-n', NS, 'apply');
    const updated = await outcome(kubectlStdin(wrong, '-n', NS, 'apply'));
    assert.match(updated, /spec\.version[^]*spec\.size|spec\.size[^]*spec\.version/);
  });

  it('refuses a volume that is a hostPath, by a policy that the administrator can leave out', async () => {
    const answer = await outcome(kubectlStdin(bestie('host', { size: 1, ...hostPath }), '-n', NS, 'apply', '--dry-run=server'));
    assert.match(answer, /denied request: volume node is a hostPath/);
  });

  it('warns of a moving tag, whose migrations would never run again', async () => {
    const { stderr } = await kubectlBoth(bestie('moving', { size: 1, version: 'latest' }), '-n', NS, 'apply', '--dry-run=server');
    assert.match(stderr, /Warning: .*latest/);
  });

  each<Loose, RegExp | undefined>(
    {
      Requested: { reason: 'the default requests CPU', given: { maxReplicas: 3 }, want: undefined },
      LimitAlone: {
        reason: 'a container without a request asks for its limit',
        given: { maxReplicas: 3, resources: { requests: { memory: '256Mi' } } },
        want: undefined,
      },
      None: {
        reason: 'there is no CPU request to take a share of',
        given: { maxReplicas: 3, resources: { requests: { memory: '256Mi' }, limits: { memory: '512Mi' } } },
        want: /denied request: maxReplicas scales by the share of the CPU request/,
      },
      Zero: {
        reason: 'nor is there with a request of nothing',
        given: { maxReplicas: 3, resources: { requests: { cpu: '0' }, limits: { cpu: '1' } } },
        want: /denied request: maxReplicas/,
      },
      NotAutoscaled: {
        reason: 'nothing scales',
        given: { resources: { requests: { memory: '1Mi' }, limits: { memory: '1Mi' } } },
        want: undefined,
      },
    },
    async (given, want) => {
      const answer = await outcome(kubectlStdin(bestie('scaled', { size: 1, ...given }), '-n', NS, 'apply', '--dry-run=server'));
      if (want === undefined) assert.equal(answer, '');
      else assert.match(answer, want);
    },
  );

  const host = { exposure: { host: 'pets.example.com' } };
  const theirs = { provider: 'External', secretName: 'theirs' };
  each<Loose, boolean>(
    {
      Public: { reason: 'the password of the demo accounts is public, too', given: host, want: true },
      PublicOnRequest: { reason: 'requested', given: { ...host, database: { seed: true } }, want: true },
      Unseeded: { reason: 'there are no such accounts', given: { ...host, database: { seed: false } }, want: false },
      External: {
        reason: 'an external database is not seeded',
        given: { ...host, database: theirs, sessionSecret: { name: 's' } },
        want: false,
      },
      ExternalSeeded: {
        reason: 'unless that is requested',
        given: { ...host, database: { ...theirs, seed: true }, sessionSecret: { name: 's' } },
        want: true,
      },
      Private: { reason: 'no host', given: {}, want: false },
      SwitchedOff: { reason: 'a host that nothing answers for', given: { exposure: { ...host.exposure, enabled: false } }, want: false },
    },
    async (given, want) => {
      const { stderr } = await kubectlBoth(bestie('public', { size: 1, ...given }), '-n', NS, 'apply', '--dry-run=server');
      assert.equal(/Warning: .*demo accounts .*pets\.example\.com/.test(stderr), want, stderr);
    },
  );

  it('lets no user delete the database of a Bestie by hand, and the Bestie delete it with itself', async () => {
    const database = ['postgrescluster', 'guarded-pgo'] as const;
    await kubectlStdin(bestie('guarded', { size: 1 }), '-n', NS, 'apply');
    await eventually('the database', 30, () => get(NS, ...database));
    assert.match(await outcome(kubectl('-n', NS, 'delete', ...database, '--wait=false')), /denied/);
    assert.notEqual(await get(NS, ...database), undefined);
    await kubectl('-n', NS, 'delete', 'bestie', 'guarded', '--timeout=60s');
    await eventually('the database is gone', 60, async () => (await get(NS, ...database)) === undefined);
  });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
