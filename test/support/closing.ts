/**
 * What a test opens: servers, sockets, processes, folders, timers. Each is registered in the same step in which it is opened, and closed
 * by a hook of mocha, also when the test fails in between. What stays open keeps a run from ending: mocha waits for it, without a word.
 * ESLint forbids to open any of them in another way.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo, Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Close = () => unknown;

export interface Closing {
  /** Registers what closes a thing that was just opened; what was opened last is closed first. */
  closing: (close: Close) => void;
  /** Registers a server and returns it; all of its connections are closed with it. */
  server: <S extends Server>(made: S) => S;
  /** Lets a server listen on this machine and resolves with its port; 0 takes any free one. */
  listening: (made: Server, port?: number) => Promise<number>;
  /** Registers a connection and returns it; that it is reset, which the other side may do at any time, is no error of the test. */
  socket: <S extends Socket>(made: S) => S;
  /** Registers a process and returns it; it is killed if it still runs. */
  child: <C extends ChildProcess>(made: C) => C;
  /** An empty folder of its own. */
  folder: () => string;
  /** Does it every so many milliseconds. */
  interval: (milliseconds: number, act: () => unknown) => void;
}

/** Closes everything, in reverse, one after the other; then throws the first error, if any. */
async function closeAll(closes: Close[]): Promise<void> {
  const errors: unknown[] = [];
  for (let close = closes.pop(); close !== undefined; close = closes.pop()) {
    try {
      await close();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

/** Closes a server and all of its connections; one that does not listen any more is fine. */
function closeServer(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    for (const socket of sockets) socket.destroy();
  });
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Things that are closed when `close` is called; `check` may object to one, which is closed all the same. */
export function closer(check: () => void = () => undefined): Closing & { close: () => Promise<void> } {
  const closes: Close[] = [];
  const closing = (close: Close): void => {
    closes.push(close);
    check();
  };
  const server = <S extends Server>(made: S): S => {
    const sockets = new Set<Socket>();
    made.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    closing(() => closeServer(made, sockets));
    return made;
  };
  return {
    close: () => closeAll(closes),
    closing,
    server,
    listening: async (made, port = 0) => {
      server(made).listen(port, '127.0.0.1');
      await once(made, 'listening');
      return (made.address() as AddressInfo).port;
    },
    socket: (made) => {
      closing(() => made.destroy());
      return made.on('error', () => undefined);
    },
    child: (made) => {
      closing(() => endProcess(made));
      return made;
    },
    folder: () => {
      const folder = mkdtempSync(join(tmpdir(), 'bestie-'));
      closing(() => {
        rmSync(folder, { recursive: true, force: true });
      });
      return folder;
    },
    interval: (milliseconds, act) => {
      const timer = setInterval(act, milliseconds);
      closing(() => {
        clearInterval(timer);
      });
    },
  };
}

/** Things that are closed by a hook of mocha, such as the `after` of the `describe` that it is called in. */
export function closingIn(hook: (close: () => Promise<void>) => void): Closing {
  const { close, ...opened } = closer();
  hook(close);
  return opened;
}
