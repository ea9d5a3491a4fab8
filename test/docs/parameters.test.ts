/** The table of parameters in the user guide: what it lists is taken at admission, and each once. */
import { strict as assert } from 'node:assert';
import { refusedRowsOfDatabase } from '../support/databasefields.ts';
import { parameterTable } from '../support/parametertable.ts';
import { observe, world } from '../support/world.ts';

const parameters = parameterTable();
const listed = parameters.map(({ name }) => name);
const invalid = (name: string, postgresVersion: number): readonly string[] =>
  observe(world({ database: { postgresVersion, parameters: { [name]: 32 } } })).invalid;

describe('documentation: parameters of Postgres', () => {
  it('are listed once each', () => {
    assert.ok(listed.length > 170, String(listed.length));
    assert.deepEqual(listed, [...new Set(listed)]);
  });

  it('are taken with each version that has them, and refused with those before', () => {
    for (const { name, since } of parameters)
      for (const version of [15, 16, 17, 18]) assert.equal(invalid(name, version).length === 0, version >= since, `${name} of ${version}`);
  });

  it('are none of those that tests show to be refused', () => {
    const refused = Object.values(refusedRowsOfDatabase).flatMap(([, { database }, want]) => {
      const { parameters = {} } = database as { parameters?: object };
      return want.startsWith('database.parameters takes') ? Object.keys(parameters) : [];
    });
    assert.ok(refused.length > 40);
    assert.deepEqual(
      refused.filter((name) => listed.includes(name)),
      [],
    );
  });
});
