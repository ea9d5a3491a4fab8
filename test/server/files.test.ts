import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthorize } from '../../src/server/auth.ts';
import { follow, StartError, type Followed } from '../../src/server/files.ts';
import { perTest } from '../support/pertest.ts';
import { eventually, readableLog } from './parts.ts';

/** A directory as the kubelet mounts a Secret: files are links through ..data, which is swapped at once. */
async function mounted(directory: string, content: Record<string, string>): Promise<void> {
  const version = join(directory, `..${randomUUID()}`);
  await mkdir(version);
  for (const [name, text] of Object.entries(content)) {
    await writeFile(join(version, name), text);
    await rm(join(directory, name), { force: true });
    await symlink(join('..data', name), join(directory, name));
  }
  await symlink(version, join(directory, '..new'));
  await rename(join(directory, '..new'), join(directory, '..data'));
}

const stopped = (files: Followed): Followed => {
  perTest.closing(() => {
    files.stop();
  });
  return files;
};
const following: typeof follow = async (...args) => stopped(await follow(...args));
const authorizing: typeof createAuthorize = async (...args) => {
  const made = await createAuthorize(...args);
  stopped(made.files);
  return made;
};

describe('server/files', () => {
  let directory = '';
  beforeEach(() => {
    directory = perTest.folder();
  });
  const path = (name: string): string => join(directory, name);
  /** Only a poll that the test asks for. */
  const never = 2 ** 30;

  it('hands over what is there, and again only when the content changes', async () => {
    await mounted(directory, { a: '1', b: '1' });
    const seen: string[] = [];
    const { logger } = readableLog();
    const use = ({ A, B }: Readonly<Record<string, Buffer>>) => void seen.push(`${A?.toString()}${B?.toString()}`);
    const files = await following({ A: path('a'), B: path('b') }, use, logger, never);
    await mounted(directory, { a: '1', b: '1' });
    await files.poll();
    assert.deepEqual(seen, ['11']);
    await mounted(directory, { a: '2', b: '1' });
    await files.poll();
    assert.deepEqual(seen, ['11', '21']);
  });

  it('looks by itself', async () => {
    await writeFile(path('a'), '1');
    const seen: string[] = [];
    await following({ A: path('a') }, ({ A }) => void seen.push(String(A)), readableLog().logger, 2);
    await writeFile(path('a'), '2');
    await eventually(() => {
      assert.equal(seen.at(-1), '2');
    });
  });

  it('keeps what it has while the new one cannot be used, says so once, and tries again', async () => {
    await writeFile(path('a'), 'good');
    const seen: string[] = [];
    const { logger, lines } = readableLog();
    const use = ({ A }: Readonly<Record<string, Buffer>>): void => {
      if (String(A) === 'bad') throw new StartError('bad content');
      seen.push(String(A));
    };
    const files = await following({ A: path('a') }, use, logger, never);
    await writeFile(path('a'), 'bad');
    await files.poll();
    await files.poll();
    await rm(path('a'));
    await files.poll();
    assert.deepEqual(seen, ['good']);
    await writeFile(path('a'), 'better');
    await files.poll();
    assert.deepEqual(seen, ['good', 'better']);
    assert.deepEqual(
      lines.map(({ level, problem }) => [level, problem]),
      [
        ['error', 'bad content'],
        ['error', `A names ${path('a')}, which cannot be read (ENOENT): mount it there.`],
        ['info', undefined],
      ],
    );
  });

  it('does not start without the file, and says which', async () => {
    await assert.rejects(
      following({ TLS_KEY_FILE: path('none') }, () => undefined, readableLog().logger),
      new StartError(`TLS_KEY_FILE names ${path('none')}, which cannot be read (ENOENT): mount it there.`),
    );
    await mkdir(path('directory'));
    await assert.rejects(
      following({ TLS_KEY_FILE: path('directory') }, () => undefined, readableLog().logger),
      /EISDIR/,
    );
  });

  describe('the token', () => {
    const token = () => ({ variable: 'AUTH_TOKEN_FILE', path: path('token') });
    const cases: Record<string, { reason: string; given: string | undefined; want: boolean }> = {
      Right: { reason: 'as Metacontroller sends it', given: 'Bearer s3cret', want: true },
      OtherCase: { reason: 'the scheme has no case', given: 'bearer s3cret', want: true },
      Missing: { reason: 'no header', given: undefined, want: false },
      Wrong: { reason: 'same length', given: 'Bearer s3creT', want: false },
      Prefix: { reason: 'shorter', given: 'Bearer s3cre', want: false },
      Longer: { reason: 'longer', given: 'Bearer s3crets', want: false },
      Empty: { reason: 'no token', given: 'Bearer ', want: false },
      Basic: { reason: 'another scheme', given: 'Basic s3cret', want: false },
      Bare: { reason: 'no scheme', given: 's3cret', want: false },
      Two: { reason: 'a second word', given: 'Bearer s3cret s3cret', want: false },
    };
    for (const [name, { reason, given, want }] of Object.entries(cases)) {
      it(`${name}: ${reason}`, async () => {
        await writeFile(path('token'), 's3cret\n');
        const { authorize } = await authorizing(token(), readableLog().logger, never);
        if (want) {
          authorize(given);
          return;
        }
        assert.throws(
          () => {
            authorize(given);
          },
          { code: 'Unauthorized', message: 'the bearer token is missing or wrong' },
        );
      });
    }

    it('changes with the file, and survives an empty one', async () => {
      await mounted(directory, { token: 'old' });
      const { authorize, files } = await authorizing(token(), readableLog().logger, never);
      authorize('Bearer old');
      await mounted(directory, { token: 'new' });
      await files.poll();
      assert.throws(() => {
        authorize('Bearer old');
      });
      await mounted(directory, { token: ' \n' });
      await files.poll();
      authorize('Bearer new');
    });

    it('does not start with an empty file', async () => {
      await writeFile(path('token'), '\n');
      await assert.rejects(authorizing(token(), readableLog().logger, never), /^StartError: AUTH_TOKEN_FILE names an empty file/);
      const other = { ...token(), variable: 'METRICS_AUTH_TOKEN_FILE' };
      await assert.rejects(authorizing(other, readableLog().logger, never), /^StartError: METRICS_AUTH_TOKEN_FILE names an empty file/);
    });
  });
});
