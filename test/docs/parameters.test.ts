/** The table of parameters in the user guide: what it lists is taken at admission, and each once. */
import { strict as assert } from 'node:assert';
import { refusedRowsOfDatabase } from '../support/databasefields.ts';
import { observe, world } from '../support/world.ts';
import { code, text } from './markdown.ts';

const [, section = ''] = text('docs/user-guide.md').split('### Parameters of Postgres\n');
const [table = ''] = section.split('\n\n').filter((part) => part.startsWith('| about'));
const rows = table.split('\n').slice(2);
/** The versions that the table names in brackets. */
const since = new Map([...table.matchAll(/`([\w.]+)` \((\d+)\)/g)].map(([, name = '', version]) => [name, Number(version)]));
const listed = rows.flatMap(code);
const invalid = (name: string, postgresVersion: number): readonly string[] =>
  observe(world({ database: { postgresVersion, parameters: { [name]: 1 } } })).invalid;

describe('documentation: parameters of Postgres', () => {
  it('are listed once each', () => {
    assert.ok(listed.length > 170, String(listed.length));
    assert.deepEqual(listed, [...new Set(listed)]);
  });

  it('are taken with each version that has them, and refused with those before', () => {
    for (const name of listed)
      for (const version of [15, 16, 17, 18])
        assert.equal(invalid(name, version).length === 0, version >= (since.get(name) ?? 15), `${name} of ${version}`);
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
