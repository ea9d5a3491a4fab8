import assert from 'node:assert/strict';
import { HookError, errors } from '../../src/hook/errors.ts';
import { failureOf } from '../../src/server/failure.ts';
import { each, type Cases } from '../support/table.ts';

describe('server/failure', () => {
  const cases: Cases<unknown, { status: number; code: string; message: string; headers: object }> = {
    Known: {
      reason: 'the row speaks',
      given: new HookError('NotFound'),
      want: { status: 404, code: 'NotFound', message: errors.NotFound.message, headers: {} },
    },
    WithDetail: {
      reason: 'the place helps the reader',
      given: new HookError('InvalidRequest', '/parent'),
      want: { status: 400, code: 'InvalidRequest', message: `${errors.InvalidRequest.message}: /parent`, headers: {} },
    },
    NotNow: {
      reason: 'never 429 without Retry-After',
      given: new HookError('Overloaded'),
      want: { status: 429, code: 'Overloaded', message: errors.Overloaded.message, headers: { 'retry-after': '1' } },
    },
    Unknown: {
      reason: 'the text may hold a part of the request',
      given: new Error('hunter2'),
      want: { status: 500, code: 'Internal', message: errors.Internal.message, headers: {} },
    },
  };
  each(cases, (given, want) => {
    const { status, code, headers, body, thrown } = failureOf(given);
    assert.deepEqual({ status, code, headers, ...(JSON.parse(body) as object) }, want);
    assert.equal(thrown, given);
  });
});
