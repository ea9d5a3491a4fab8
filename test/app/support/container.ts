/** A container: its command as PID 1 of its own namespaces, with the user, file systems and limits that the pod asks for. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { limitedGroups } from './cgroup.ts';
import { atEndOfTest } from './cleanup.ts';
import { NODE_ADDRESS } from './node.ts';
import { outputOf, type Output } from './output.ts';
import type { Sandbox } from './pod.ts';
import { commandOf, quantity, type ContainerSpec } from './rendered.ts';
import { appDir, venv } from './requirements.ts';
import { childrenOf, run, signalAll, treeOf } from './run.ts';
import { resolveEnv, type Secret } from './secret.ts';

/** How a process ended: an exit code, or 128 and the number of the signal. */
export interface End {
  exitCode: number;
  /** when, as of Date.now() */
  at: number;
}

export interface Container {
  name: string;
  /** the container's PID 1, as the node numbers it */
  pid: number;
  output: Output;
  ended: Promise<End>;
  end: () => End | undefined;
  terminationMessage: () => string;
  /** Starts a command inside, as an exec probe does. */
  exec: (command: readonly string[], env?: Record<string, string>) => ChildProcess;
  kill: (signal: NodeJS.Signals) => void;
}

/** The folders that the virtual environment needs: itself, and the Python that it was made from. */
async function pythonFolders(): Promise<string[]> {
  const base = await run(`${venv}/bin/python`, '-c', 'import sys; print(sys.base_prefix)');
  return [appDir, venv, base.trim()].filter((folder) => folder.startsWith('/tmp/'));
}

const SIGNALS: Readonly<Record<string, number>> = { SIGKILL: 9, SIGTERM: 15, SIGALRM: 14 };

/** unshare cannot end with SIGKILL as its child did, so that one is known from who sent it. */
function exitCodeOf(child: ChildProcess, isKilled: boolean): number {
  const signal = isKilled ? 'SIGKILL' : child.signalCode;
  return signal === null ? (child.exitCode ?? -1) : 128 + (SIGNALS[signal] ?? 0);
}

function writeFolder(folder: string, groups: readonly string[]): void {
  mkdirSync(`${folder}/stage`, { recursive: true });
  for (const name of ['container.sh', 'exec.sh']) copyFileSync(new URL(name, import.meta.url), `${folder}/${name}`);
  writeFileSync(`${folder}/groups`, groups.map((group) => `${group}\n`).join(''));
  writeFileSync(`${folder}/resolv.conf`, `nameserver ${NODE_ADDRESS}\noptions timeout:1 attempts:1\n`);
  writeFileSync(`${folder}/hosts`, '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n');
  writeFileSync(`${folder}/termination-log`, '');
  chmodSync(`${folder}/termination-log`, 0o666);
}

/** What the image itself sets, from its Dockerfile and that of the python image. */
const imageEnv = (sandbox: Sandbox): Record<string, string> => ({
  PATH: `${venv}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  LANG: 'C.UTF-8',
  HOME: '/',
  HOSTNAME: sandbox.name,
  FLASK_APP: 'app',
  FLASK_ENV: 'production',
  SQLALCHEMY_ECHO: 'True',
});

let count = 0;

export interface Setting {
  secret: Secret;
  /** variables that are not rendered, for a trick that only a test plays */
  extra?: Record<string, string>;
}

/** Starts a container; resolves when its command runs. */
export async function startContainer(sandbox: Sandbox, spec: ContainerSpec, { secret, extra = {} }: Setting): Promise<Container> {
  count += 1;
  const folder = `${sandbox.folder}/${spec.name}-${count}`;
  const limits = spec.resources?.limits;
  const groups =
    limits?.cpu === undefined || limits.memory === undefined
      ? []
      : limitedGroups(`${sandbox.name}-${spec.name}-${count}`, { cpu: quantity(limits.cpu), memory: quantity(limits.memory) });
  writeFolder(folder, groups);
  const env = { ...imageEnv(sandbox), ...resolveEnv(spec.env ?? [], secret), ...extra };
  const enter = [`--net=/proc/${sandbox.pause}/ns/net`, 'unshare', '--mount', '--pid', '--fork', '--mount-proc'];
  const become = ['/bin/sh', `${folder}/container.sh`, folder, appDir, ...(await pythonFolders()), '--', ...commandOf(spec)];
  const child = spawn('nsenter', [...enter, ...become], { env, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
  const output = outputOf(...[child.stdout, child.stderr].filter((stream) => stream !== null));

  let end: End | undefined;
  let isKilled = false;
  const ended = new Promise<End>((resolve) => {
    child.once('close', () => {
      end = { exitCode: exitCodeOf(child, isKilled), at: Date.now() };
      resolve(end);
    });
  });
  const outer = child.pid ?? 0;
  atEndOfTest(async () => {
    signalAll(treeOf(outer).reverse(), 'SIGKILL');
    await ended;
  });
  // The script writes to this pipe when it is about to become the command.
  await Promise.race([once(child.stdio[3] as Readable, 'data'), ended]);
  const pid = childrenOf(outer)[0] ?? 0;

  const enterAgain = ['--target', String(pid), '--mount', '--pid', '--net', '--', '/bin/sh', `${folder}/exec.sh`, folder, appDir];
  return {
    name: spec.name,
    pid,
    output,
    ended,
    end: () => end,
    terminationMessage: () => readFileSync(`${folder}/termination-log`, 'utf8'),
    exec: (command, more = {}) =>
      spawn('nsenter', [...enterAgain, ...command], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] }),
    kill: (signal) => {
      isKilled ||= signal === 'SIGKILL';
      if (end === undefined && pid > 0) signalAll([pid], signal);
    },
  };
}
