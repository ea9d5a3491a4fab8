/** The reader of what the programs write goes away: a log shipper that ended, or `head`. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { whenReaderGone } from '../src/outputs.ts';
import { eventually } from './server/parts.ts';
import { perTest } from './support/pertest.ts';
import { launch, serving } from './support/program.ts';

const SAYS = 'stdout cannot be written (EPIPE): shutting down as on SIGTERM; make sure that the log is read.\n';
const ask = 'POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n';

type Program = Awaited<ReturnType<typeof serving>>;

/** Has the program write a line. */
const provoke = ({ hookPort }: Program): Promise<Response> => fetch(`http://127.0.0.1:${hookPort}/nowhere`);
const readiness = async ({ metricsPort }: Program): Promise<number> => (await fetch(`http://127.0.0.1:${metricsPort}/readyz`)).status;

/** A request whose last byte is missing. */
async function inFlight({ hookPort, metricsPort }: Program) {
  const socket = perTest.socket(connect(hookPort, '127.0.0.1'));
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await once(socket, 'connect');
  socket.write(`${ask}{`);
  await eventually(async () => {
    assert.match(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(), /^bestie_hook_in_flight_requests 1$/m);
  });
  return { socket, received: () => received };
}

describe('outputs: a stream', () => {
  it('that fails is reported once, with its cause; later failures are taken', () => {
    const stream = new PassThrough();
    const causes: string[] = [];
    whenReaderGone(stream, (cause) => causes.push(cause));
    for (const code of ['EPIPE', 'EIO']) stream.emit('error', Object.assign(new Error('write failed'), { code }));
    assert.deepEqual(causes, ['EPIPE']);
  });

  it('whose error has no code is reported with its message', () => {
    const stream = new PassThrough();
    const causes: string[] = [];
    whenReaderGone(stream, (cause) => causes.push(cause));
    stream.emit('error', new Error('closed'));
    assert.deepEqual(causes, ['closed']);
  });
});

describe('outputs: the server', () => {
  it('drains: unready at once, what is in flight is answered, exit code 0, one sentence instead of a stack', async () => {
    const program = await serving({ SHUTDOWN_DELAY_SECONDS: '1' });
    const { socket, received } = await inFlight(program);
    program.child.stdout.destroy();
    assert.equal(await readiness(program), 200, 'a reader that went away is noticed by the next line');
    assert.equal((await provoke(program)).status, 404);
    await eventually(async () => {
      assert.equal(await readiness(program), 503);
    });
    assert.equal(received(), '');
    socket.write('}');
    await eventually(() => {
      assert.match(received(), /^HTTP\/1\.1 400 /, 'the answer to {}');
    });
    assert.deepEqual(await program.ended, [0, null]);
    assert.equal(program.output.stderr, SAYS);
  });

  it('a second failure changes nothing: neither more lines on stderr, nor work without end', async () => {
    const program = await serving({ SHUTDOWN_DELAY_SECONDS: '1' });
    program.child.stdout.destroy();
    for (let count = 0; count < 20; count += 1) assert.equal((await provoke(program)).status, 404);
    const cpu = async (): Promise<number> =>
      Number(/^process_cpu_seconds_total (.*)$/m.exec(await (await fetch(`http://127.0.0.1:${program.metricsPort}/metrics`)).text())?.[1]);
    const before = await cpu();
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.ok((await cpu()) - before < 0.2, 'it is idle while it waits');
    assert.deepEqual(await program.ended, [0, null]);
    assert.equal(program.output.stderr, SAYS);
  });

  it('the first signal afterwards is the first: only a second one ends it at once', async () => {
    const program = await serving({ SHUTDOWN_DELAY_SECONDS: '600' });
    program.child.stdout.destroy();
    await provoke(program);
    await eventually(async () => {
      assert.equal(await readiness(program), 503);
    });
    program.child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.equal(await readiness(program), 503);
    program.child.kill('SIGTERM');
    assert.deepEqual(await program.ended, [1, null]);
  });

  it('after SIGTERM it continues that drain', async () => {
    const program = await serving({ SHUTDOWN_DELAY_SECONDS: '0' });
    const { socket, received } = await inFlight(program);
    program.child.stdout.destroy();
    program.child.kill('SIGTERM');
    await eventually(async () => {
      assert.equal(await readiness(program), 503);
    });
    socket.write('}');
    assert.deepEqual(await program.ended, [0, null]);
    assert.match(received(), /^HTTP\/1\.1 400 /);
  });

  it('without a reader of stderr, too, it leaves with 0', async () => {
    const program = await serving({ SHUTDOWN_DELAY_SECONDS: '0' });
    program.child.stdout.destroy();
    program.child.stderr.destroy();
    await provoke(program);
    assert.deepEqual(await program.ended, [0, null]);
  });

  it('without a reader of stderr the exit code still says that the configuration cannot be used', async () => {
    const { child, ended } = launch({ HOOK_PORT: 'x' });
    child.stderr.destroy();
    assert.deepEqual(await ended, [1, null]);
  });
});

describe('outputs: the command', function () {
  this.timeout(60_000);

  /** What a shell says of a command line whose exit code is that of `bestie`, written to the stream that is still read. */
  const shell = async (line: string): Promise<{ out: string; err: string }> => {
    const env = { ...process.env, NODE_V8_COVERAGE: undefined, BESTIE: `${process.execPath} --import tsx src/cli.ts` };
    const { stdout, stderr } = perTest.child(spawn('sh', ['-c', line], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
    const [out, err] = await Promise.all([text(stdout), text(stderr)]);
    return { out, err };
  };

  it('ends quietly with what a shell reports of a broken pipe when `head` has had enough', async () => {
    const { out, err } = await shell('{ $BESTIE demo; echo "$?" >&2; } | head -n 1');
    assert.match(out, /^Bestie shop\/bestie: .*\n$/);
    assert.equal(err, '141\n');
  });

  it('keeps its exit code when only stderr is not read', async () => {
    const { out, err } = await shell('{ { $BESTIE dance 2>&1 >&3; echo "$?" >&3; } | true; } 3>&1');
    assert.deepEqual([out, err], ['2\n', '']);
  });
});
