/** A pod: a network namespace with an address on the node's bridge, and a folder for its containers. */
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { atEndOfTest } from './cleanup.ts';
import { BRIDGE, NODE_ADDRESS, SCRATCH } from './node.ts';
import { eventually, run, signalAll } from './run.ts';

export interface Sandbox {
  name: string;
  /** process that keeps the network namespace */
  pause: number;
  address: string;
  folder: string;
  remove: () => Promise<void>;
}

export interface Network {
  /** the pod has no IPv6 at all, as on a node where it is switched off */
  withoutIPv6?: boolean;
}

let count = 0;

/** Runs a program in the network namespace of a pod. */
export const inNetwork = (pause: number, ...command: string[]): Promise<string> =>
  run('nsenter', `--net=/proc/${pause}/ns/net`, ...command);

export async function sandbox(prefix: string, { withoutIPv6 = false }: Network = {}): Promise<Sandbox> {
  count += 1;
  const name = `${prefix}-${count}`;
  const folder = `${SCRATCH}/pods/${name}`;
  mkdirSync(folder);
  const pause = spawn('unshare', ['--net', 'sleep', 'infinity'], { stdio: 'ignore' });
  const { pid } = pause;
  if (pid === undefined) throw new Error('the pod has no process');
  const remove = atEndOfTest(async () => {
    signalAll([pid], 'SIGKILL');
    await eventually('the pause process ends', 5, () => pause.signalCode ?? undefined);
  });
  const own = await run('readlink', '/proc/self/ns/net');
  await eventually('the network namespace', 5, async () => ((await run('readlink', `/proc/${pid}/ns/net`)) === own ? undefined : true));

  const address = `10.250.1.${count}`;
  await run('ip', 'link', 'add', `veth${count}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid));
  await run('ip', 'link', 'set', `veth${count}`, 'master', BRIDGE, 'up');
  if (withoutIPv6) await inNetwork(pid, 'sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.lo.disable_ipv6=1');
  await inNetwork(pid, 'ip', 'link', 'set', 'lo', 'up');
  await inNetwork(pid, 'ip', 'address', 'add', `${address}/16`, 'dev', 'eth0');
  if (!withoutIPv6) await inNetwork(pid, 'ip', 'address', 'add', `fd00:bef::1:${count}/64`, 'dev', 'eth0', 'nodad');
  await inNetwork(pid, 'ip', 'link', 'set', 'eth0', 'up');
  await inNetwork(pid, 'ip', 'route', 'add', 'default', 'via', NODE_ADDRESS);
  return { name, pause: pid, address, folder, remove };
}
