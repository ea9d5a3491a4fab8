/** The death of Metacontroller, for tests on a cluster where it may be killed. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const COMMAND = process.env.E2E_KILL_METACONTROLLER;

/** Whether a command is known that does it. */
export const mayDie = COMMAND !== undefined;

/** Kills it in the middle of whatever it does; it starts again by itself, or the command starts it. */
export async function killMetacontroller(): Promise<void> {
  if (COMMAND === undefined) throw new Error('E2E_KILL_METACONTROLLER is not set');
  await run('bash', ['-c', COMMAND]);
}
