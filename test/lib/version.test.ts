import { strict as assert } from 'node:assert';
import { compareVersions, parseVersion, type Version } from '../../src/lib/version.ts';
import { each } from '../support/table.ts';

const release = (...numbers: [number, number, number]): Version => ({ numbers, prerelease: [] });

describe('lib/version', () => {
  describe('parseVersion', () => {
    each<string, Version | undefined>(
      {
        Whole: { reason: 'Semantic Versioning 2', given: '1.2.3', want: release(1, 2, 3) },
        Letter: { reason: 'a usual prefix of tags', given: 'v1.2.3', want: release(1, 2, 3) },
        Two: { reason: 'what is left out is 0', given: '1.3', want: release(1, 3, 0) },
        One: { reason: 'what is left out is 0', given: '2', want: release(2, 0, 0) },
        Prerelease: { reason: 'in parts', given: '1.4.0-rc.1', want: { numbers: [1, 4, 0], prerelease: ['rc', '1'] } },
        Hyphens: { reason: 'they belong to a part', given: '1.4.0-a-b.c', want: { numbers: [1, 4, 0], prerelease: ['a-b', 'c'] } },
        Variant: { reason: 'the flavour of an image, no pre-release', given: '1.4-alpine', want: undefined },
        Branch: { reason: 'no version', given: 'main', want: undefined },
        Latest: { reason: 'no version', given: 'latest', want: undefined },
        Digest: { reason: 'no version', given: `sha256:${'a'.repeat(64)}`, want: undefined },
        Four: { reason: 'no version', given: '1.2.3.4', want: undefined },
        Commit: { reason: 'no version', given: '3f2c9e1', want: undefined },
        DayWithHyphens: { reason: 'a date is no version', given: '2024-01-15', want: undefined },
        Day: { reason: 'a date is no version', given: '20240115', want: undefined },
        NoNumber: { reason: 'a part is missing', given: '1..2', want: undefined },
        EmptyPrerelease: { reason: 'a part is missing', given: '1.2.3-', want: undefined },
        EmptyPart: { reason: 'a part is missing', given: '1.2.3-a..b', want: undefined },
        Huge: { reason: 'a number that could not be compared exactly', given: '12345678901234567890', want: undefined },
        Spaces: { reason: 'no version', given: ' 1.2.3', want: undefined },
        Empty: { reason: 'no version', given: '', want: undefined },
      },
      (given, want) => {
        assert.deepEqual(parseVersion(given), want);
      },
    );
  });

  describe('compareVersions', () => {
    /** Each is lower than all that follow; the order of Semantic Versioning 2, section 11. */
    const ascending = [
      '0.9.9',
      '1.0.0-alpha',
      '1.0.0-alpha.1',
      '1.0.0-alpha.beta',
      '1.0.0-beta',
      '1.0.0-beta.2',
      '1.0.0-beta.11',
      '1.0.0-rc.1',
      '1.0.0',
      '1.0.1',
      '1.2.0-1',
      '1.2.0-2',
      '1.2.0-10',
      '1.2.0-a',
      'v1.2.0',
      '1.9',
      '1.10',
      '2',
    ].map((text) => {
      const version = parseVersion(text);
      assert.ok(version, text);
      return version;
    });

    it('orders numbers as numbers, and what comes before a release before it', () => {
      for (const [i, a] of ascending.entries())
        for (const [j, b] of ascending.entries()) assert.equal(Math.sign(compareVersions(a, b)), Math.sign(i - j), `${i} ${j}`);
    });

    each<[string, string], number>(
      {
        Short: { reason: 'what is left out is 0', given: ['1.3', '1.3.0'], want: 0 },
        Letter: { reason: 'it means nothing', given: ['v1.3.0', '1.3'], want: 0 },
        LeadingZero: { reason: 'numbers, not text', given: ['1.03.0', '1.3.0'], want: 0 },
      },
      ([a, b], want) => {
        assert.equal(compareVersions(parseVersion(a) ?? release(9, 9, 9), parseVersion(b) ?? release(8, 8, 8)), want);
      },
    );
  });
});
