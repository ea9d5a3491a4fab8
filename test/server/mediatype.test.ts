import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { HookError } from '../../src/hook/errors.ts';
import { hookApp } from '../../src/server/app.ts';
import { requireJSON } from '../../src/server/mediatype.ts';
import { asking } from '../support/asking.ts';
import { each, type Cases } from '../support/table.ts';
import { eventually, fakeParts } from './parts.ts';

const json = { 'content-type': 'application/json' };
const PREFIX = 'the body is not declared as plain JSON: ';
const PLAIN = 'send the body without an encoding';
const TYPE = 'send application/json in UTF-8';

/** What is said of a body with these headers, less what every such message begins with; nothing where it is taken. */
function complaint(headers: Record<string, string>): string | undefined {
  try {
    requireJSON(headers);
    return undefined;
  } catch (error) {
    const { code, message } = error as HookError;
    assert.equal(code, 'UnsupportedMediaType');
    assert.ok(message.startsWith(PREFIX), message);
    return message.slice(PREFIX.length);
  }
}

describe('server/mediatype', () => {
  const cases: Cases<Record<string, string>, string | undefined> = {
    Plain: { reason: 'what Metacontroller sends', given: json, want: undefined },
    Charset: { reason: 'JSON is UTF-8 anyway', given: { 'content-type': 'application/json; charset=utf-8' }, want: undefined },
    Quoted: { reason: 'a legal spelling of the same', given: { 'content-type': 'Application/JSON ;charset="UTF-8"' }, want: undefined },
    Identity: { reason: 'no encoding, said aloud', given: { ...json, 'content-encoding': 'Identity' }, want: undefined },
    Gzip: {
      reason: 'a small body could become a huge one',
      given: { ...json, 'content-encoding': 'gzip' },
      want: `Content-Encoding is "gzip", ${PLAIN}`,
    },
    EncodedTwice: {
      reason: 'the whole list is what has to go',
      given: { ...json, 'content-encoding': 'gzip, br' },
      want: `Content-Encoding is "gzip, br", ${PLAIN}`,
    },
    IdentityAndAnother: {
      reason: 'one of them is an encoding',
      given: { ...json, 'content-encoding': 'identity, zstd' },
      want: `Content-Encoding is "identity, zstd", ${PLAIN}`,
    },
    EmptyEncoding: {
      reason: 'a header that names nothing',
      given: { ...json, 'content-encoding': '' },
      want: `Content-Encoding is "", ${PLAIN}`,
    },
    Missing: { reason: 'anything could be in it', given: {}, want: `Content-Type is missing, ${TYPE}` },
    Form: {
      reason: 'what a page can post elsewhere',
      given: { 'content-type': 'application/x-www-form-urlencoded' },
      want: `Content-Type is "application/x-www-form-urlencoded", ${TYPE}`,
    },
    Longer: {
      reason: 'another type that begins alike',
      given: { 'content-type': 'application/jsonx' },
      want: `Content-Type is "application/jsonx", ${TYPE}`,
    },
    Latin: {
      reason: 'would be read wrongly',
      given: { 'content-type': 'application/json; charset="latin1"' },
      want: `Content-Type is "application/json; charset=latin1", ${TYPE}`,
    },
    Boundary: {
      reason: 'another one at each request, and equal errors are equal texts',
      given: { 'content-type': 'multipart/form-data; boundary=----x7MA4YWxkTrZu0gW' },
      want: `Content-Type is "multipart/form-data; boundary", ${TYPE}`,
    },
    Both: {
      reason: 'one answer says all that has to change',
      given: { 'content-type': 'text/plain', 'content-encoding': 'br' },
      want: `Content-Encoding is "br", ${PLAIN}; Content-Type is "text/plain", ${TYPE}`,
    },
    Unsafe: {
      reason: 'a reader of Events must not run it, nor a terminal obey it',
      given: { ...json, 'content-encoding': '<b>"\u001b[31m\r\n\u202e`é\\' },
      want: `Content-Encoding is "?b???31m??????", ${PLAIN}`,
    },
    Long: {
      reason: 'an Event has a bound',
      given: { ...json, 'content-encoding': 'x'.repeat(5_000) },
      want: `Content-Encoding is "${'x'.repeat(64)}…", ${PLAIN}`,
    },
  };
  each(cases, (given, want) => {
    assert.equal(complaint(given), want);
  });

  it('over HTTP: a body that is really encoded, its answer and its line in the log', async () => {
    const { parts, lines } = fakeParts();
    const message = `${PREFIX}Content-Encoding is "gzip", ${PLAIN}`;
    const response = await asking(hookApp(parts))
      .post('/sync')
      .set({ ...json, 'content-encoding': 'gzip' })
      .serialize((body: Buffer) => body as unknown as string)
      .send(gzipSync('{}'));
    assert.equal(response.status, 415);
    assert.deepEqual(response.body, { code: 'UnsupportedMediaType', message });
    await eventually(() => {
      assert.deepEqual(
        lines.map(({ level, problem }) => [level, problem]),
        [['warn', message]],
      );
    });
  });
});
