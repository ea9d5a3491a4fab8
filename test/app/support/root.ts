/** Prepares the node before the first test, takes it away after the last, and prints what was seen and what was skipped. */
import { cleanUp } from './cleanup.ts';
import { startNode } from './node.ts';
import { everythingSkipped, skipped, table } from './report.ts';
import { missing, requireAll } from './requirements.ts';

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    missing().forEach(skipped);
    if (everythingSkipped().length === 0) await startNode();
    else if (requireAll) throw new Error(`REQUIRE_ALL: ${everythingSkipped().join('; ')}`);
    else this.skip();
  },

  async afterEach(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    await cleanUp('test');
  },

  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(60_000);
    await cleanUp('run');
    console.log(`\n${table()}\n`);
    for (const why of everythingSkipped()) console.log(`SKIPPED: ${why}`);
    if (requireAll && everythingSkipped().length > 0) throw new Error('REQUIRE_ALL: something was skipped');
  },
};
