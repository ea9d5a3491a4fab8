import { strict as assert } from 'node:assert';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { closingIn } from './closing.ts';
import { tool, toolCache } from './tools.ts';

describe('support/tools', () => {
  const home = closingIn(after).folder();
  const put = (folder: string, mode: number): string => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'promtool'), '');
    chmodSync(join(folder, 'promtool'), mode);
    return join(folder, 'promtool');
  };

  it('are in the cache that the environment names', () => {
    assert.equal(toolCache({ CI_CACHE: '/a', XDG_CACHE_HOME: '/b', HOME: '/c' }), '/a/bin');
    assert.equal(toolCache({ CI_CACHE: '', XDG_CACHE_HOME: '/b', HOME: '/c' }), '/b/bestie-operator-ci/bin');
    assert.equal(toolCache({ HOME: '/c' }), '/c/.cache/bestie-operator-ci/bin');
  });

  it('are nowhere', () => {
    assert.equal(tool('promtool', { PATH: '', CI_CACHE: home }), undefined);
    mkdirSync(join(home, 'folder', 'promtool'), { recursive: true });
    assert.equal(tool('promtool', { PATH: join(home, 'folder'), CI_CACHE: home }), undefined, 'a folder is no program');
    put(join(home, 'plain'), 0o644);
    assert.equal(tool('promtool', { PATH: join(home, 'plain'), CI_CACHE: home }), undefined, 'neither is what cannot be run');
  });

  it('are on the PATH before they are in the cache', () => {
    const cached = put(join(home, 'bin'), 0o755);
    assert.equal(tool('promtool', { PATH: '', CI_CACHE: home }), cached);
    const found = put(join(home, 'path'), 0o755);
    assert.equal(tool('promtool', { PATH: `/nowhere:${join(home, 'path')}`, CI_CACHE: home }), found);
  });
});
