import { strict as assert } from 'node:assert';
import { events } from '../../src/api/event.ts';
import { ready } from '../support/stages.ts';
import { checkTable } from '../support/markdown.ts';
import { edited, eventsOf } from '../support/world.ts';
import { blocks } from './markdown.ts';

const PAGE = 'docs/events.md';

describe('docs/events.md', () => {
  it('has every reason of the catalogue', () => {
    const rows = Object.entries(events).map(([reason, { type, action, meaning }]) => [`\`${reason}\``, type, `\`${action}\``, meaning]);
    checkTable(PAGE, ['Reason', 'Type', 'Action', 'When'], rows);
  });

  it('shows an Event as it is sent', () => {
    const [example, ...others] = blocks(PAGE).filter(({ language }) => language === 'json');
    assert.ok(example && others.length === 0);
    assert.deepEqual(JSON.parse(example.content), eventsOf(edited(ready(), { version: '1.4' }))[0]);
  });
});
