import { clusterIsThere, install, uninstall } from './cluster.ts';

/** Installs the operator before the first test and stops what was started here after the last; skips all of them without a cluster. */
export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    this.timeout(120_000);
    if (!(await clusterIsThere())) this.skip();
    await install();
  },
  async afterAll(): Promise<void> {
    await uninstall();
  },
};
