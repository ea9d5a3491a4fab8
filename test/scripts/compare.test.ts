/** The comparison of two builds: this tree with itself, and with one whose answers were changed on purpose. */
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { changeOf, isListed, readChanges } from '../../scripts/compare/changes.ts';
import { answerText, load, type Checkout, type Hook, type Resource } from '../../scripts/compare/checkout.ts';
import { compare, type Options, type Outcome } from '../../scripts/compare/compare.ts';
import { differencesOf } from '../../scripts/compare/difference.ts';
import { isObject, type Json, type JsonObject } from '../../scripts/compare/json.ts';
import { grouped, verdict } from '../../scripts/compare/report.ts';
import { perTest } from '../support/pertest.ts';

const folder = fileURLToPath(new URL('../../', import.meta.url));
const loaded = await load(folder);
/** This checkout with a few of its cases. */
const self: Checkout = {
  ...loaded,
  cases: new Map([...loaded.cases].filter(([name]) => /^(?:07-ready|111-shutdown|25-invalid-spec)$/u.test(name))),
  releases: new Map([...loaded.releases].slice(0, 1)),
};
const options: Options = { worlds: 10, seed: 7, changes: [] };

type Answer = JsonObject & { status: JsonObject & { conditions: JsonObject[] }; children: (JsonObject & { spec: JsonObject })[] };

/** The same build with its answers to sync and finalize changed, except errors. */
const changed = (change: (answer: Answer, body: JsonObject) => unknown): Checkout => ({
  ...self,
  ask: (hook, body, now) => {
    const answer = self.ask(hook, body, now);
    return hook === 'customize' ? answer : change(JSON.parse(JSON.stringify(answer)) as Answer, body as JsonObject);
  },
});
const comparedWith = (after: Checkout, some: Partial<Options> = {}): Outcome => compare({ before: self, after }, { ...options, ...some });
const placesOf = (outcome: Outcome): string[] => [...new Set(outcome.found.map(({ what, path }) => `${what} /${path.join('/')}`))].sort();

const reversed = (object: JsonObject): JsonObject => Object.fromEntries(Object.entries(object).reverse());

describe('the comparison of two builds', function () {
  this.timeout(120_000);

  it('finds no difference between a checkout and itself, in cases, releases and random worlds', () => {
    const outcome = comparedWith(self);
    assert.deepEqual(outcome.found, []);
    assert.deepEqual([outcome.lost, outcome.fresh], [[], []]);
    assert.equal(outcome.chains, self.cases.size * 2 + self.releases.size * 2 + options.worlds);
    assert.equal(outcome.compared, outcome.chains * 3 * 2);
  });

  const planted: { name: string; reason: string; after: Checkout; want: string[] }[] = [
    {
      name: 'Word',
      reason: 'a message is an interface',
      after: changed(({ status, ...rest }) => ({
        ...rest,
        status: { ...status, conditions: status.conditions.map((one) => (one.type === 'Stalled' ? { ...one, message: 'fine' } : one)) },
      })),
      want: ['changed /status/conditions/Stalled/message'],
    },
    {
      name: 'NewField',
      reason: 'a field that the build before does not know is listed, or it is an accident',
      after: changed(({ status, ...rest }) => ({ ...rest, status: { ...status, since: {} } })),
      want: ['added /status/since'],
    },
    {
      name: 'Child',
      reason: 'the children are what changes in the cluster',
      after: changed(({ children, ...rest }) => ({ ...rest, children: children.filter(({ kind }) => kind !== 'Service') })),
      want: ['removed /children/Service'],
    },
    {
      name: 'KeyOrder',
      reason: 'children are equal to the byte',
      after: changed(({ children, ...rest }) => ({
        ...rest,
        children: children.map((child) => (child.kind === 'Service' ? { ...child, spec: reversed(child.spec) } : child)),
      })),
      want: ['order /children/Service/spec'],
    },
    {
      name: 'Resync',
      reason: 'when to ask again is part of the answer',
      after: changed((answer) => ({ ...answer, resyncAfterSeconds: 1 })),
      want: ['added /resyncAfterSeconds'],
    },
    {
      name: 'Customize',
      reason: 'the related objects decide what is seen next',
      after: {
        ...self,
        ask: (hook, body, now) => (hook === 'customize' ? { relatedResources: [] } : self.ask(hook, body, now)),
      },
      want: ['removed /relatedResources/0', 'removed /relatedResources/1', 'removed /relatedResources/2'],
    },
  ];
  for (const { name, reason, after, want } of planted) {
    it(`finds ${name}: ${reason}`, () => {
      assert.deepEqual(placesOf(comparedWith(after, { only: 'case/07-ready' })), want);
    });
  }

  it('finds an answer that became an error, and an error with other words', () => {
    const failing = (code: string, message: string): Pick<Checkout, 'ask'> => ({
      ask: () => {
        throw Object.assign(new Error(message), { code });
      },
    });
    const errorOf = (build: Pick<Checkout, 'ask'>): Json => JSON.parse(answerText(build, 'sync', {}, '')) as Json;
    assert.deepEqual(errorOf(failing('Internal', 'a')), { error: { code: 'Internal', message: 'a' } });
    assert.deepEqual(
      differencesOf(errorOf(failing('Internal', 'a')), errorOf(failing('Overloaded', 'b'))).map(({ path }) => path.join('/')),
      ['error/code', 'error/message'],
    );
    const { found } = comparedWith({ ...self, ...failing('Internal', 'a') }, { only: 'case/07-ready' });
    assert.ok(found.some(({ what, path }) => what === 'added' && path.join('/') === 'error'));
  });

  it('does not mind the order of keys in status: the API server keeps none', () => {
    const after = changed(({ status, ...rest }) => ({ ...rest, status: reversed(status) }));
    assert.deepEqual(comparedWith(after, { only: 'case/07-ready' }).found, []);
  });

  it('finds in random worlds what no case shows, and an id repeats it', () => {
    const after = changed((answer, body) => ((body.parent as Resource).metadata.name === 'b' ? { ...answer, more: 1 } : answer));
    const { found } = comparedWith(after, { worlds: 30 });
    const [first] = found;
    assert.match(first?.id ?? '', /^world\//u);
    assert.deepEqual(
      comparedWith(after, { only: first?.id ?? '' }).found,
      found.filter(({ id }) => id === first?.id),
    );
  });

  it('shows each build the status that it wrote itself, with the generation that it saw', () => {
    const seen: Record<string, unknown[]> = { before: [], after: [] };
    const signed = (name: string): Checkout => ({
      ...self,
      ask: (hook: Hook, body: unknown, now: string) => {
        if (hook === 'customize') return self.ask(hook, body, now);
        const { parent } = body as { parent: { status?: Json } };
        seen[name]?.push(parent.status);
        return { status: { writer: name }, children: [] };
      },
    });
    compare({ before: signed('before'), after: signed('after') }, { ...options, only: 'case/07-ready' });
    for (const name of ['before', 'after']) assert.deepEqual(seen[name]?.slice(1), Array(2).fill({ writer: name, observedGeneration: 1 }));
  });

  it('shows no build a status of the other one when they are kept apart', () => {
    const reads = changed((answer, body) => ((body.parent as Resource).status === undefined ? answer : { ...answer, more: 1 }));
    const [id, questions] = ['case/07-ready/handover', (outcome: Outcome): number[] => outcome.found.map(({ step }) => step)];
    assert.deepEqual(questions(comparedWith(reads, { only: id })), [1, 2, 3]);
    assert.deepEqual(questions(comparedWith(reads, { only: id, apart: true })), [2, 3]);
    assert.ok(comparedWith(reads, { only: id, apart: true }).found.every(({ sharedStatus }) => !sharedStatus));
  });

  it('names the cases that are gone and those that are new; only those that are gone count', () => {
    const fewer: Checkout = { ...self, cases: new Map([...self.cases].slice(1)) };
    const lost = compare({ before: self, after: fewer }, { ...options, worlds: 0 });
    assert.deepEqual(lost.lost, ['07-ready']);
    assert.equal(verdict(lost, options).isSame, false);
    const fresh = compare({ before: fewer, after: self }, { ...options, worlds: 0 });
    assert.deepEqual(fresh.fresh, ['07-ready']);
    assert.equal(verdict(fresh, options).isSame, true);
  });
});

describe('the list of changes', () => {
  const why = 'Stalled says so in other words.';
  const wording = (before: Json, after: Json) =>
    ({ path: ['status', 'conditions', 'Stalled', 'message'], what: 'changed', before, after }) as const;

  it('accounts for words, new fields and removed ones, and counts its uses', () => {
    const words = changeOf({ path: '/status/conditions/*/message', before: 'asked for at (\\d+)', after: 'requested at $1', why });
    const added = changeOf({ path: '/status/since', added: true, why });
    const removed = changeOf({ path: '/status/a~1b', removed: true, why });
    const list = [words, added, removed];
    assert.ok(isListed(wording('asked for at 12', 'requested at 12'), list));
    assert.ok(isListed({ path: ['status', 'since'], what: 'added', after: {} }, list));
    assert.ok(isListed({ path: ['status', 'a/b'], what: 'removed', before: 1 }, list));
    assert.deepEqual(
      list.map(({ used }) => used),
      [1, 1, 1],
    );
  });

  it('accounts for nothing else', () => {
    const list = [
      changeOf({ path: '/status/conditions/*/message', before: 'asked for', after: 'requested', why }),
      changeOf({ path: '/status/since', added: true, why }),
    ];
    assert.ok(!isListed(wording('asked for at 12', 'requested at 13'), list));
    assert.ok(!isListed(wording('asked for', 'asked for, again'), list));
    assert.ok(!isListed({ path: ['status', 'since'], what: 'removed', before: {} }, list));
    assert.ok(!isListed({ path: ['status', 'since', 'deeper'], what: 'added', after: 1 }, list));
    assert.ok(!isListed({ path: ['children', 'Job'], what: 'order' }, list));
    assert.deepEqual(
      list.map(({ used }) => used),
      [0, 0],
    );
  });

  it('applies two rows to one sentence', () => {
    const list = ['one', 'two'].map((before) => changeOf({ path: '/status/conditions/Stalled/message', before, after: `${before}!`, why }));
    assert.ok(isListed(wording('one two', 'one! two!'), list));
  });

  it('reports a row that applied nowhere, unless only a part was compared', () => {
    const changes = [changeOf({ path: '/status/never', added: true, why })];
    const outcome: Outcome = { chains: 1, compared: 1, found: [], lost: [], fresh: [] };
    assert.equal(verdict(outcome, { ...options, changes }).isSame, false);
    assert.equal(verdict(outcome, { ...options, changes, worlds: 0 }).isSame, true);
    assert.equal(verdict(outcome, { ...options, changes, only: 'world/1' }).isSame, true);
  });

  const malformed: Record<string, unknown> = {
    NoReason: { path: '/a', added: true },
    NoPath: { added: true, why },
    NeitherOfThree: { path: '/a', why },
    TwoOfThree: { path: '/a', added: true, removed: true, why },
    NoReplacement: { path: '/a', before: 'x', why },
    UnknownField: { path: '/a', added: true, why, where: 'there' },
  };
  for (const [name, row] of Object.entries(malformed)) {
    it(`refuses a row with ${name}`, () => {
      assert.throws(() => changeOf(row));
    });
  }

  it('of this release is well-formed', () => {
    for (const { row } of readChanges(new URL('../../scripts/compare/changes.yaml', import.meta.url))) assert.ok(isObject(row));
  });
});

describe('the report of a comparison', () => {
  it('puts differences together that differ only in names, times and numbers', () => {
    const one = { id: 'world/1', step: 1, hook: 'sync', what: 'changed', path: ['status', 'podstatus', '0'], sharedStatus: false } as const;
    const groups = grouped([
      { ...one, name: 'bestie', before: 'bestie-app since 2026-01-01T12:00:00Z', after: 'bestie-app: 3' },
      { ...one, name: 'b', before: 'b-app since 2026-01-01T13:00:00Z', after: 'b-app: 12' },
      { ...one, name: 'b', before: 'b-app since 2026-01-01T13:00:00Z', after: 'b-job: 12' },
    ]);
    assert.deepEqual(
      groups.map(({ count }) => count),
      [2, 1],
    );
  });
});

describe('npm run compare', () => {
  const env = { ...process.env, NODE_V8_COVERAGE: undefined };
  const run = async (...args: string[]): Promise<{ code: number; output: string }> => {
    const child = perTest.child(spawn(process.execPath, ['--import', 'tsx', 'scripts/compare.ts', ...args], { cwd: folder, env }));
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, output };
  };

  it('ends with 0 where nothing differs', async () => {
    const { code, output } = await run('.', '.', '--only', 'case/01-first-sync');
    assert.equal(code, 0, output);
    assert.match(output, /^6 answers of 1 chains compared .*: no difference$/mu);
  });

  it('ends with 2 and says why where it cannot compare', async () => {
    const { code, output } = await run('.', 'docs', '--worlds', '0');
    assert.equal(code, 2);
    assert.match(output, /docs has no src\/controllers\.ts and no src\/answer\.ts/u);
  });
});
