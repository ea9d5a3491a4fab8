/**
 * The node on which the pods run: a bridge that pods and database share, a scratch file system, and the cluster's DNS. All of it is in
 * the namespaces that run.sh made, so it ends with them.
 */
import { createSocket, type Socket } from 'node:dgram';
import { mkdirSync } from 'node:fs';
import { atEndOfRun } from './cleanup.ts';
import { run } from './run.ts';

/** Scratch space, in memory. */
export const SCRATCH = '/mnt';
/** The node's address on the bridge, where its DNS listens. */
export const NODE_ADDRESS = '10.250.0.1';
/** Where the database is, and where it is after a failover. */
export const DATABASE_ADDRESS = '10.250.0.2';
export const OTHER_DATABASE_ADDRESS = '10.250.0.3';
const NODE_ADDRESS_6 = 'fd00:bef::1';
export const BRIDGE = 'pods';

/** What the cluster's DNS knows: names and their IPv4 addresses. Other names do not exist. */
export const hosts = new Map<string, string>();

const A_RECORD = 1;

/** The name that a DNS query asks for, where the question ends, and the type of record. */
function question(query: Buffer): { name: string; end: number; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5, type: query.readUInt16BE(at + 1) };
}

/** The answer to a DNS query: the address, an empty answer for other records, or that there is no such name. */
function dnsAnswer(query: Buffer): Buffer {
  const { name, end, type } = question(query);
  const address = hosts.get(name);
  const hasAnswer = address !== undefined && type === A_RECORD;
  const head = Buffer.from(query.subarray(0, end));
  head.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
  [1, hasAnswer ? 1 : 0, 0, 0].forEach((count, index) => head.writeUInt16BE(count, 4 + 2 * index));
  if (!hasAnswer) return head;
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([head, record]);
}

function startDns(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address }) => {
    socket.send(dnsAnswer(query), port, address);
  });
  return new Promise((resolve, reject) => {
    socket.once('error', reject).bind(53, NODE_ADDRESS, () => {
      resolve(socket);
    });
  });
}

export const addAddress = (address: string): Promise<string> => run('ip', 'address', 'add', `${address}/16`, 'dev', BRIDGE);
/** Takes an address away: what is sent there is lost without an answer, as when a node dies. */
export const removeAddress = (address: string): Promise<string> => run('ip', 'address', 'del', `${address}/16`, 'dev', BRIDGE);

export async function startNode(): Promise<void> {
  await run('mount', '-t', 'tmpfs', '-o', 'mode=0755', 'tmpfs', SCRATCH);
  mkdirSync(`${SCRATCH}/pods`);
  await run('ip', 'link', 'set', 'lo', 'up');
  await run('ip', 'link', 'add', BRIDGE, 'type', 'bridge');
  for (const address of [NODE_ADDRESS, DATABASE_ADDRESS, OTHER_DATABASE_ADDRESS]) await addAddress(address);
  await run('ip', 'address', 'add', `${NODE_ADDRESS_6}/64`, 'dev', BRIDGE, 'nodad');
  await run('ip', 'link', 'set', BRIDGE, 'up');
  const dns = await startDns();
  atEndOfRun(() => {
    dns.close();
  });
}
