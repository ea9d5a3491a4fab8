import { strict as assert } from 'node:assert';
import { databaseEnvironment, reservedEnvironment } from '../../src/api/environment.ts';
import { brokenRules, rules } from '../../src/hook/rules.ts';
import { bestieSchema, everySchema } from '../support/crd.ts';
import { boundedFields, refusedFields } from '../support/fields.ts';
import { created } from '../support/stages.ts';
import { duplicateCases, ruleCases } from '../support/rules.ts';
import { each } from '../support/table.ts';
import { bestie, observe, world, type World } from '../support/world.ts';

/** The world of a Bestie that asks for `spec`, after `before` was accepted and carried out. */
function worldOf({ name = 'bestie', spec, before }: (typeof ruleCases)[string]['given']): World {
  const past = before === undefined ? world({}, { name }) : created({ ...world({}, { name }), parent: bestie(before, { name }) });
  return { ...past, parent: { ...bestie({}, { name }), spec } };
}

const celMessages = everySchema(bestieSchema).flatMap(([, schema]) =>
  (schema['x-kubernetes-validations'] ?? []).map(({ message }) => message),
);
const listMessages = Object.values(duplicateCases).map(({ want }) => want);

describe('hook/rules', () => {
  each({ ...ruleCases, ...duplicateCases }, (given, want) => {
    assert.deepEqual(observe(worldOf(given)).invalid, want === undefined ? [] : [want]);
  });

  it('has a twin for every CEL rule of the CRD, and no other, with its message to the letter', () => {
    const twins = rules.map(({ message }) => message).filter((message) => !listMessages.includes(message));
    // One rule may stand in the CRD at several places.
    assert.deepEqual(twins.sort(), [...new Set(celMessages)].sort());
  });

  it('has a case for every rule', () => {
    const fields = Object.values({ ...refusedFields, ...boundedFields }).map(({ want }) => want.want);
    const told = new Set([...Object.values({ ...ruleCases, ...duplicateCases }).map(({ want }) => want), ...fields]);
    assert.deepEqual(
      rules.map(({ message }) => message).filter((message) => !told.has(message)),
      [],
    );
  });

  it('tells every rule that is broken, in the order of the table', () => {
    const { invalid } = observe(world({ size: 3, maxReplicas: 2, env: [{ name: 'A' }, { name: 'A' }], database: { secretName: 'x' } }));
    assert.deepEqual(invalid, [
      'maxReplicas must be greater than or equal to size',
      'env must not name a variable twice',
      'secretName is required with provider External and refused with any other',
    ]);
  });

  it('reserves in CEL the very variables that carry credentials', () => {
    const rule = everySchema(bestieSchema)
      .flatMap(([, schema]) => schema['x-kubernetes-validations'] ?? [])
      .find(({ rule: text }) => text.includes('DATABASE_URL'));
    assert.deepEqual(
      [...(rule?.rule ?? '').matchAll(/'([A-Z_]+)'/g)].map((match) => match[1]),
      reservedEnvironment,
    );
    const open = Object.keys(databaseEnvironment).filter((name) => !reservedEnvironment.includes(name));
    assert.deepEqual(open, ['PGPORT'], 'the port is no credential, and was free in 0.1.0');
  });

  it('takes the live database where nothing was applied to it, and any gap in it for no objection', () => {
    const { spec } = observe(world({ database: { postgresVersion: 16 } })).bestie;
    assert.deepEqual(brokenRules({ name: 'bestie', spec, before: {} }), []);
    assert.deepEqual(brokenRules({ name: 'bestie', spec, before: { postgresVersion: 17 } }), [
      'the major version of Postgres cannot be changed',
    ]);
  });
});
