import { strict as assert } from 'node:assert';
import { imageReference, isNamed, repositoryOf, shortVersion, versionOf } from '../../src/lib/image.ts';
import { each } from '../support/table.ts';

const DIGEST = `sha256:${'0123456789abcdef'.repeat(4)}`;

describe('lib/image', () => {
  each<{ image: string; version: string }, string>(
    {
      Tag: { reason: 'the ordinary case', given: { image: 'quay.io/opdev/bestie', version: '1.3' }, want: 'quay.io/opdev/bestie:1.3' },
      Digest: {
        reason: 'a digest is joined by @',
        given: { image: 'quay.io/opdev/bestie', version: DIGEST },
        want: `quay.io/opdev/bestie@${DIGEST}`,
      },
      TagAndDigest: {
        reason: 'the digest decides, the tag is for reading',
        given: { image: 'registry:5000/bestie', version: `1.3@${DIGEST}` },
        want: `registry:5000/bestie:1.3@${DIGEST}`,
      },
      Port: {
        reason: 'the colon of a port is no tag',
        given: { image: 'registry:5000/bestie', version: 'v1' },
        want: 'registry:5000/bestie:v1',
      },
    },
    (given, want) => {
      assert.equal(imageReference(given), want);
      assert.equal(versionOf(want), given.version);
      assert.equal(repositoryOf(want), given.image);
    },
  );

  each<string, string | undefined>(
    {
      NoTag: { reason: 'there is no version', given: 'quay.io/opdev/bestie', want: undefined },
      PortAndNoTag: { reason: 'a port is no tag', given: 'registry:5000/bestie', want: undefined },
      PortAndTag: { reason: 'the last colon counts', given: 'registry:5000/bestie:1.3', want: '1.3' },
      NoSlash: { reason: 'an image of the default registry', given: 'bestie:1.3', want: '1.3' },
    },
    (given, want) => {
      assert.equal(versionOf(given), want);
    },
  );

  each<string, string>(
    {
      Tag: { reason: 'as it is, whatever its length', given: `1.3-${'a'.repeat(60)}`, want: `1.3-${'a'.repeat(60)}` },
      Digest: { reason: 'it fits a column', given: DIGEST, want: 'sha256:0123456789ab' },
      TagAndDigest: { reason: 'the tag as it is, the digest cut', given: `1.3@${DIGEST}`, want: '1.3@sha256:0123456789ab' },
    },
    (given, want) => {
      assert.equal(shortVersion(given), want);
    },
  );

  each<readonly [version: string, text: string | undefined], boolean>(
    {
      Same: { reason: 'as it is', given: ['1.3', '1.3'], want: true },
      SameWithDigest: { reason: 'as it is', given: [`1.3@${DIGEST}`, `1.3@${DIGEST}`], want: true },
      TagAlone: { reason: 'the tag is what a user reads', given: [`1.3@${DIGEST}`, '1.3'], want: true },
      AnotherTag: { reason: 'another version', given: [`1.3@${DIGEST}`, '1.4'], want: false },
      DigestAlone: { reason: 'it has no tag', given: [DIGEST, 'sha256'], want: false },
      Nothing: { reason: 'none was named', given: ['1.3', undefined], want: false },
    },
    ([version, text], want) => {
      assert.equal(isNamed(version, text), want);
    },
  );

  it('has no repository but itself where there is neither tag nor digest', () => {
    assert.equal(repositoryOf('registry:5000/bestie'), 'registry:5000/bestie');
  });
});
