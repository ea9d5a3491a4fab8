/** What one test and its beforeEach open; it is closed after the test, whatever becomes of it. */
import assert from 'node:assert/strict';
import { closer, type Closing } from './closing.ts';

let isTestRunning = false;

const { close, ...opened } = closer(() => {
  assert.ok(isTestRunning, 'what is opened outside of a test and its beforeEach is shared: open it with closingIn(after)');
});

beforeEach(() => {
  isTestRunning = true;
});
afterEach(async () => {
  isTestRunning = false;
  await close();
});
// What was refused above is open all the same, and no test may come after it.
after(close);

export const perTest: Closing = opened;
