/** Tests that open something of each kind and fail before an ordinary close; test/support/closing.test.ts runs them in a process of their own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { open, running } from '../server/running.ts';
import { asking } from './asking.ts';
import { closingIn, type Closing } from './closing.ts';
import { perTest } from './pertest.ts';
import { serving } from './program.ts';

const UNANSWERED = 'POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{';

/** Never ends by itself, nor at SIGTERM; its pid is for the test that looks whether it is gone. */
const stubborn = (scope: Closing): void => {
  const program = "process.on('SIGTERM', () => undefined); setInterval(() => undefined, 1000);";
  const { pid } = scope.child(spawn(process.execPath, ['-e', program], { stdio: 'ignore' }));
  console.log(`pid ${String(pid)}`);
};

const kinds: Record<string, () => Promise<void> | void> = {
  Server: async () => {
    await perTest.listening(createServer());
  },
  Socket: async () => {
    const port = await perTest.listening(createServer(() => undefined));
    const socket = perTest.socket(connect(port, '127.0.0.1'));
    await once(socket, 'connect');
    socket.write(UNANSWERED);
  },
  Process: () => {
    stubborn(perTest);
  },
  Program: async () => {
    const { child } = await serving({ SHUTDOWN_DELAY_SECONDS: '600' });
    console.log(`pid ${String(child.pid)}`);
  },
  Timer: () => {
    perTest.interval(10, () => undefined);
  },
  Folder: () => {
    console.log(`folder ${perTest.folder()}`);
  },
  Service: async () => {
    const { hookPort } = await running({ shutdownDelaySeconds: 600, shutdownGraceSeconds: 600 });
    (await open(hookPort)).socket.write(UNANSWERED);
  },
  HalfAService: async () => {
    const taken = await perTest.listening(createServer());
    await running({ metricsPort: taken });
  },
  Application: async () => {
    await Promise.race([asking(() => undefined).get('/'), sleep(100)]);
  },
};

describe('failing', () => {
  for (const [name, opened] of Object.entries(kinds)) {
    it(name, async () => {
      await opened();
      assert.fail('on purpose');
    });
  }
});

describe('failing half way: beforeEach', () => {
  beforeEach(() => {
    stubborn(perTest);
    perTest.interval(10, () => undefined);
    assert.fail('on purpose');
  });
  it('is not reached', () => undefined);
});

describe('failing half way: before', () => {
  const perSuite = closingIn(after);
  before(async () => {
    stubborn(perSuite);
    await perSuite.listening(createServer());
    assert.fail('on purpose');
  });
  it('is not reached', () => undefined);
});

describe('shared without saying so', () => {
  before(() => {
    perTest.interval(10, () => undefined);
  });
  it('is not reached', () => undefined);
});
