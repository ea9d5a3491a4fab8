/** Skips everything where something is missing, and prints at the end what was seen and what was skipped. */
import { everythingSkipped, skipped, table } from '../../app/support/report.ts';
import { missing, requireAll } from './requirements.ts';

export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    missing().forEach(skipped);
    if (everythingSkipped().length === 0) return;
    if (requireAll) throw new Error(`REQUIRE_ALL: ${everythingSkipped().join('; ')}`);
    this.skip();
  },

  afterAll(): void {
    console.log(`\n${table()}\n`);
    for (const why of everythingSkipped()) console.log(`SKIPPED: ${why}`);
    if (requireAll && everythingSkipped().length > 0) throw new Error('REQUIRE_ALL: something was skipped');
  },
};
