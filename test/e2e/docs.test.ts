/** What the pages about tasks say to type, typed: in their order, page by page, as it stands there. */
import assert from 'node:assert/strict';
import { commandPages, commands, type Command } from '../docs/commands.ts';
import { looksLike } from '../docs/output.ts';
import { closingIn } from '../support/closing.ts';
import { namespace } from './support/cluster.ts';
import { eventually, kubectl } from './support/kubectl.ts';
import { asHere, NS, settings, unprotected } from './support/pages.ts';
import { shell, type Result, type Shell } from './support/shell.ts';

/** A command that only reads may be typed again until it shows what the page does. */
const isReading = (typed: string): boolean => /^(kubectl (get|describe|events|auth|explain)|curl|jq) /.test(typed);

/** Types it until it is as shown; once, where it changes something. */
async function followed(type: Shell, typed: string, shown: string | undefined): Promise<Result> {
  const result = await type(typed);
  if (shown === undefined || !isReading(typed) || looksLike(result.output, shown)) return result;
  return eventually('what is printed is as shown', 20, async () => {
    const again = await type(typed);
    return looksLike(again.output, shown) && again;
  }).catch(() => type(typed));
}

async function follow(type: Shell, { typed, output }: Command): Promise<void> {
  const shown = output === undefined ? undefined : asHere(output);
  const { code, output: printed } = await followed(type, asHere(typed), shown);
  if (shown === undefined) assert.equal(code, 0, `${asHere(typed)}\n${printed}`);
  else if (!looksLike(printed, shown)) assert.equal(printed, shown, asHere(typed));
}

describe('documentation: what it says to type', () => {
  const perSuite = closingIn(after);

  before(async () => {
    await unprotected();
    await namespace(NS);
  });

  it('every page has its setting', () => {
    assert.deepEqual(
      settings.map(({ page }) => page),
      commandPages,
    );
  });

  for (const { page, given, before: acts = {}, then, finally: end } of settings)
    describe(page, () => {
      const type = shell(perSuite);
      const due = new Set(Object.keys(acts));

      before(async function () {
        this.timeout(480_000);
        await given.call(this);
      });

      after(async function () {
        this.timeout(120_000);
        await end?.();
      });

      for (const command of commands(page).filter(({ skip }) => skip === undefined))
        it(`line ${command.line}: ${command.typed.split('\n')[0] ?? ''}`, async function () {
          this.timeout(480_000);
          for (const key of [...due].filter((each) => command.typed.includes(each))) {
            due.delete(key);
            await acts[key]?.();
          }
          await follow(type, command);
        });

      it('everything has happened as it stands there', async () => {
        assert.deepEqual([...due], []);
        await then?.();
      });
    });

  after(() => kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s'));
});
