/** Servers of one test, and connections to them; all are closed after it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, Server, type Socket } from 'node:net';
import { hookApp } from '../../src/server/app.ts';
import type { Parts } from '../../src/server/handle.ts';
import { start, type Service, type Settings } from '../../src/server/lifecycle.ts';
import { perTest } from '../support/pertest.ts';
import { fakeParts, settings, type Line } from './parts.ts';

type Listen = (this: Server, ...args: unknown[]) => Server;

/** Registers every server that begins to listen meanwhile, also those that are left open by what fails. */
async function registering<T>(work: () => Promise<T>): Promise<T> {
  const listen = Reflect.get(Server.prototype, 'listen') as Listen;
  const registered: Listen = function (...args) {
    return listen.apply(perTest.server(this), args);
  };
  Reflect.set(Server.prototype, 'listen', registered);
  try {
    return await work();
  } finally {
    Reflect.set(Server.prototype, 'listen', listen);
  }
}

/**
 * A service on any free ports, with what a test wants otherwise, and the lines that it logs. Rejects as start does. Its ports are closed
 * after the test without a drain, which may wait for longer than a hook of mocha.
 */
export async function running(wanted: Partial<Settings> = {}): Promise<Service & { lines: Line[] }> {
  const { parts, lines } = fakeParts();
  const service = await registering(() => start({ ...settings, ...wanted }, parts));
  return { ...service, lines };
}

/** The port of a server with the hooks alone. */
export const listening = (parts: Parts): Promise<number> => perTest.listening(createServer(hookApp(parts)));

/** A connection that is open, with what came over it so far. */
export async function open(port: number): Promise<{ socket: Socket; received: () => string; closed: () => boolean }> {
  const socket = perTest.socket(connect(port, '127.0.0.1'));
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(socket, 'connect');
  return { socket, received: () => text, closed: () => socket.closed };
}
