import { strict as assert } from 'node:assert';
import { databaseEnvironment, SESSION_VARIABLE } from '../../src/api/environment.ts';
import { brokenRules } from '../../src/spec/rules.ts';
import { ruleTree, type Rule } from '../../src/spec/ruletree.ts';
import { readTable } from '../cron/verdicts.ts';
import { bestieSchema, everySchema, type Schema } from '../support/crd.ts';
import { boundedFields, refusedFields } from '../support/fields.ts';
import { created } from '../support/stages.ts';
import { changeCases, duplicateCases, ruleCases } from '../support/rules.ts';
import { each } from '../support/table.ts';
import { bestie, observe, world, type Loose, type World } from '../support/world.ts';

/** The world of a Bestie that asks for `spec`, after `before` was accepted and carried out. */
function worldOf({ name = 'bestie', spec, before }: (typeof ruleCases)[string]['given']): World {
  const past = before === undefined ? world({}, { name }) : created({ ...world({}, { name }), parent: bestie(before, { name }) });
  return { ...past, parent: { ...bestie({}, { name }), spec } };
}

const celMessages = everySchema(bestieSchema).flatMap(([, schema]) =>
  (schema['x-kubernetes-validations'] ?? []).map(({ message }) => message),
);
const celOf = (schema: Schema): string[] => (schema['x-kubernetes-validations'] ?? []).map(({ rule }) => rule);

/** The rules of the spec itself, and of the Service and the database in it. */
const bestieRules = (): { spec: Rule[]; service: Rule[]; database: Rule[] } => {
  const spec = ruleTree().fields.get('spec');
  const of = (name: string): Rule[] => spec?.fields.get(name)?.rules ?? [];
  return { spec: spec?.rules ?? [], service: of('service'), database: of('database') };
};

describe('spec/rules', () => {
  each({ ...ruleCases, ...duplicateCases }, (given, want) => {
    assert.deepEqual(observe(worldOf(given)).invalid, want === undefined ? [] : [want]);
  });

  describe('about changes that the API server alone compares', () => {
    const defaulted = (spec: Loose): unknown => observe({ ...world(), parent: { ...bestie(), spec } }).bestie.spec;
    const { spec: ofSpec, service, database } = bestieRules();

    each(changeCases, ({ spec, before = {} }, want) => {
      const [self, oldSelf] = [defaulted(spec), defaulted(before)] as { service?: object; database?: object }[];
      const pairs = [
        ...ofSpec.map((rule) => [rule, self, oldSelf] as const),
        ...service.map((rule) => [rule, self?.service, oldSelf?.service] as const),
        ...database.map((rule) => [rule, self?.database, oldSelf?.database] as const),
      ];
      const broken = pairs
        .filter(([{ isTransition }, now, then]) => isTransition && now !== undefined && then !== undefined)
        .filter(([{ holds }, now, then]) => holds({ self: now, oldSelf: then }) !== true);
      assert.deepEqual(
        broken.map(([{ message }]) => message),
        want === undefined ? [] : [want],
      );
    });

    each(changeCases, (given) => {
      assert.deepEqual(observe(worldOf(given)).invalid, [], 'the hook has no record of what was before');
    });
  });

  it('has a case for every rule of the CRD', () => {
    const fields = Object.values({ ...refusedFields, ...boundedFields }).map(({ want }) => want.want);
    const covered = new Set<string | null | undefined>([
      ...Object.values({ ...ruleCases, ...changeCases }).map(({ want }) => want),
      ...fields,
    ]);
    assert.ok(celMessages.length > 80, `${celMessages.length} rules`);
    assert.deepEqual(
      celMessages.filter((message) => !covered.has(message)),
      [],
    );
  });

  it('reports every rule that is broken, in the order of the CRD, and duplicates last', () => {
    const { invalid } = observe(world({ size: 3, maxReplicas: 2, env: [{ name: 'A' }, { name: 'A' }], database: { secretName: 'x' } }));
    assert.deepEqual(invalid, [
      'maxReplicas must be greater than or equal to size',
      'secretName is required with provider External and refused with any other',
      'env must not have two items with the same name',
    ]);
  });

  it('leaves a schedule that no CronJob takes where it stood before, and only there', () => {
    const withSchedules = (...all: Loose[]): Loose => ({
      size: 1,
      database: { backups: { repos: all.map((schedules, index) => ({ name: `repo${index + 1}`, gcs: { bucket: 'pets' }, schedules })) } },
    });
    /** The first words of what is wrong, after a Bestie that was accepted before there was the rule. */
    const invalid = (spec: Loose): string[] => {
      const accepted = worldOf({ before: withSchedules({ full: '0 1 * * 6', incremental: '@daily' }, {}), spec });
      const children = JSON.parse(JSON.stringify(accepted.children).replaceAll('0 1 * * 6', '0 1 * * 7')) as World['children'];
      return observe({ ...accepted, children }).invalid.map((each) => each.split(' ')[0] ?? '');
    };
    const old = withSchedules({ full: '0 1 * * 7', incremental: '@daily' }, {});
    assert.deepEqual(invalid({ ...old, size: 2 }), []);
    assert.deepEqual(invalid(withSchedules({ full: '0 1 * * 8', incremental: '@daily' }, {})), ['schedules.full']);
    assert.deepEqual(invalid(withSchedules({ incremental: '0 1 * * 7' }, {})), ['schedules.incremental'], 'another kind');
    assert.deepEqual(invalid(withSchedules({}, { full: '0 1 * * 7' })), ['schedules.full'], 'another repository');
    const { spec } = observe(worldOf({ spec: old })).bestie;
    const repos = [{ name: 'repo1', kind: 'gcs', schedules: { full: null, incremental: '@daily' } }] as const;
    assert.equal(brokenRules({ name: 'bestie', spec, before: { repos } }).length, 1, 'none');
  });

  it('says of schedules what robfig/cron says, for every line of test/cron/table.tsv that is as long as one may be', () => {
    const lines = readTable().filter(([line]) => Array.from(line).length >= 6 && Array.from(line).length <= 100);
    assert.ok(lines.length > 250, String(lines.length));
    for (const [line, verdict] of lines) {
      const repos = [{ name: 'repo1', volume: {}, schedules: { full: line } }];
      const { invalid } = observe(world({ database: { backups: { repos } } }));
      assert.equal(invalid.length === 0, verdict !== undefined, JSON.stringify(line));
    }
  });

  it('takes a key for a key, be it that of a constructor', () => {
    const { invalid } = observe(world({ podLabels: { constructor: 'a', app: 'b' }, resources: { limits: { constructor: '1' } } }));
    assert.deepEqual(invalid, [
      'resources: a name is cpu, memory, ephemeral-storage, hugepages-<size>, or one of a domain such as nvidia.com/gpu',
    ]);
  });

  it('has one rule of CEL for the schedules of each kind', () => {
    const found = everySchema(bestieSchema).filter(([path]) => path.includes('.schedules.'));
    assert.equal(found.length, 3);
    const [verify] = everySchema(bestieSchema).flatMap(([path, schema]) => (path.endsWith('.verify.schedule') ? celOf(schema) : []));
    assert.equal(verify, celOf(found[0]?.[1] ?? {})[0]);
    const [one, ...others] = found.map(([, schema]) => ({ ...schema, description: '', 'x-kubernetes-validations': celOf(schema) }));
    for (const other of others) assert.deepEqual(other, one);
  });

  it('reserves in CEL the very variables that carry credentials', () => {
    const rule = everySchema(bestieSchema)
      .flatMap(([, schema]) => schema['x-kubernetes-validations'] ?? [])
      .find(({ rule: text }) => text.includes('DATABASE_URL'));
    // The port is no credential, and was free in 0.1.0.
    const credentials = Object.keys(databaseEnvironment).filter((name) => name !== 'PGPORT');
    const reserved = [...(rule?.rule ?? '').matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]);
    assert.deepEqual(reserved, [...credentials, SESSION_VARIABLE]);
  });

  it('takes the live database where nothing was applied to it, and any gap in it for no objection', () => {
    const { spec } = observe(world({ database: { postgresVersion: 16 } })).bestie;
    assert.deepEqual(brokenRules({ name: 'bestie', spec, before: {} }), []);
    assert.deepEqual(brokenRules({ name: 'bestie', spec, before: { postgresVersion: 17 } }), [
      'the major version of Postgres cannot be changed',
    ]);
  });
});
