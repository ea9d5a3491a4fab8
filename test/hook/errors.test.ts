import { strict as assert } from 'node:assert';
import { errors, HookError, RETRY_AFTER_SECONDS, type ErrorCode } from '../../src/hook/errors.ts';

describe('hook/errors', () => {
  for (const [code, { status, message, action }] of Object.entries(errors)) {
    it(`${code}: one short stable sentence, never a success, and what to do`, () => {
      assert.match(code, /^[A-Z][A-Za-z]+$/);
      assert.ok((status >= 400 && status < 429) || status === 429 || status === 500, String(status));
      assert.match(message, /^[a-zA-Z][^\n]{5,140}[^.]$/);
      assert.match(action, /^[A-Z].*\.$/);
    });
  }

  it('carries code and status, and the detail after the sentence', () => {
    const cause = new Error('why');
    const error = new HookError('InvalidRequest', '/parent', { cause });
    assert.deepEqual(
      [error.code, error.status, error.message, error.cause],
      ['InvalidRequest', 400, 'the body is not a request of this hook: /parent', cause],
    );
    assert.equal(new HookError('Internal').message, errors.Internal.message);
  });

  it('never answers 503, whose Retry-After Metacontroller ignores, and 429 with a positive whole number of seconds', () => {
    assert.ok((Object.keys(errors) as ErrorCode[]).every((code) => errors[code].status !== (503 as number)));
    assert.match(String(RETRY_AFTER_SECONDS), /^[1-9]\d*$/);
  });
});
