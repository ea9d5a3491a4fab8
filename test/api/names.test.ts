import { strict as assert } from 'node:assert';
import { clusterName, userSecret } from '../../src/database/crunchy/names.ts';
import { eventName, labels, names, selector } from '../../src/api/names.ts';
import { each } from '../support/table.ts';

const HASH = '0a1b2c3d';
const LONGEST = `a${'b'.repeat(62)}`;

/** Every name that a Bestie's children have. */
const all = (bestie: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...names, postgresCluster: clusterName }).map(([child, name]) => [
      child,
      child === 'job' ? names.job(bestie, HASH) : (name as (bestie: string) => string)(bestie),
    ]),
  );

const isDnsLabel = (name: string): boolean => /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name);

describe('api/names', () => {
  it('an Event is named after its Bestie, whatever that is called', () => {
    assert.equal(eventName('bestie', HASH), `bestie.${HASH}`);
    const long = eventName('b'.repeat(253), HASH);
    assert.ok(long.length === 253 && long.endsWith(`.${HASH}`));
    assert.notEqual(long, eventName(`${'b'.repeat(252)}c`, HASH));
  });

  it('keeps the names of the original for a Bestie named bestie', () => {
    const original = {
      postgresCluster: 'bestie-pgo',
      job: `bestie-job-${HASH}`,
      deployment: 'bestie-app',
      service: 'bestie-service',
      horizontalPodAutoscaler: 'bestie-hpa',
      ingress: 'bestie-ingress',
      route: 'bestie-route',
    };
    assert.deepEqual({ ...all('bestie'), ...original }, all('bestie'));
    assert.equal(userSecret('bestie'), 'bestie-pgo-pguser-bestie');
  });

  each<string, number>(
    {
      Shortest: { reason: 'nothing to cut', given: 'b', want: 5 },
      JustFits: { reason: '37 characters and -pgo are 41', given: 'c'.repeat(37), want: 41 },
      JustTooLong: { reason: 'one more is cut', given: 'c'.repeat(38), want: 41 },
      Longest: { reason: 'the longest name of a Bestie', given: LONGEST, want: 41 },
      HyphenAtTheCut: { reason: 'a hyphen before the hash is still a DNS label', given: `${'d'.repeat(27)}-${'e'.repeat(35)}`, want: 41 },
    },
    (bestie, want) => {
      for (const [child, name] of Object.entries(all(bestie))) {
        assert.ok(isDnsLabel(name), `${child}: ${name}`);
        assert.ok(name.length <= (child === 'postgresCluster' ? 41 : 63), `${child}: ${name.length}`);
      }
      assert.equal(clusterName(bestie).length, want);
      // CronJobs of the database operator: <cluster>-repo1-full; its Job adds 11 characters.
      assert.ok(`${clusterName(bestie)}-repo1-full`.length <= 52);
      assert.ok(userSecret(bestie).length <= 63);
    },
  );

  it('never gives two names the same child, however long their common beginning', () => {
    for (const length of [30, 36, 50, 62]) {
      const common = 'x'.repeat(length);
      const [first, second] = [all(`${common}a`), all(`${common}b`)];
      for (const child of Object.keys(first)) assert.notEqual(first[child], second[child], `${child} after ${length} characters`);
    }
  });

  it('names the children of two kinds of one Bestie by different suffixes', () => {
    const own = Object.values(all(LONGEST));
    assert.equal(new Set(own).size, own.length);
  });

  it('carries every selector in the labels, and the component only where one is requested', () => {
    assert.deepEqual({ ...labels('b', 'web'), ...selector('b', 'web') }, labels('b', 'web'));
    assert.deepEqual(selector('b'), { app: 'bestie', 'app.kubernetes.io/instance': 'b' });
    assert.equal(labels('b')['app.kubernetes.io/component'], undefined);
    assert.equal(labels('b', 'migration')['app.kubernetes.io/component'], 'migration');
  });
});
