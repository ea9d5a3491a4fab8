/** Address families, and the port of the database. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readyApplication } from './support/application.ts';
import { get } from './support/client.ts';
import type { Container } from './support/container.ts';
import { rows } from './support/database.ts';
import { SCRATCH } from './support/node.ts';
import type { Network } from './support/pod.ts';
import { PORT } from './support/postgres.ts';
import { figure } from './support/report.ts';
import { serverWith } from './support/server.ts';

/** Asks the application from inside its container; the status, or an error. */
async function ask(container: Container, host: string): Promise<string> {
  const program = 'import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=5).status)';
  const child = container.exec(['python', '-c', program, `http://${host}:8000/foster`]);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (part: Buffer) => said.push(part.toString()));
  await once(child, 'close');
  return said.join('').trim().split('\n').at(-1) ?? '';
}

/** Python as on a kernel without IPv6: no such socket can be made. */
const WITHOUT_AF_INET6 = `
import errno, socket
original = socket.socket
class Socket(original):
    def __init__(self, family=-1, *rest, **named):
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, 'Address family not supported by protocol')
        super().__init__(family, *rest, **named)
socket.socket = Socket
`;

interface Case {
  name: string;
  reason: string;
  network: Network;
  isWithoutFamily: boolean;
  want: Record<string, RegExp>;
}

const cases: readonly Case[] = [
  {
    name: 'DualStack',
    reason: 'the node has both families',
    network: {},
    isWithoutFamily: false,
    want: { '127.0.0.1': /^200$/, '[::1]': /^200$/ },
  },
  {
    name: 'SwitchedOff',
    reason: 'IPv6 is switched off by sysctl in the network of the pod',
    network: { withoutIPv6: true },
    isWithoutFamily: false,
    want: { '127.0.0.1': /^200$/, '[::1]': /Cannot assign requested address|Network is unreachable/ },
  },
  {
    name: 'NoSuchFamily',
    reason: 'the kernel knows no IPv6',
    network: { withoutIPv6: true },
    isWithoutFamily: true,
    want: { '127.0.0.1': /^200$/ },
  },
];

describe('the application: addresses', () => {
  for (const { name, reason, network, isWithoutFamily, want } of cases) {
    it(`${name}: it answers, because ${reason}`, async () => {
      await serverWith('seeded');
      const folder = `${SCRATCH}/without-inet6`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/sitecustomize.py`, WITHOUT_AF_INET6);
      const pod = await readyApplication(isWithoutFamily ? { PYTHONPATH: folder } : {}, network);
      for (const [host, wanted] of Object.entries(want)) assert.match(await ask(pod.container(), host), wanted, host);
      const listening = /Listening at: (.*) \(/.exec(pod.container().output.text)?.[1] ?? '';
      figure('addresses', name, listening);
      await pod.stop();
    });
  }

  it('reaches the database on the port of its Secret, which is not the default', async () => {
    const { listings } = await rows(await serverWith('seeded'));
    assert.notEqual(PORT, 5432);
    const pod = await readyApplication();
    const { status, body } = await get({ address: pod.box.address, path: '/api/listings/' });
    assert.equal(status, 200);
    assert.equal(Object.keys(JSON.parse(body) as object).length, listings);
    await pod.stop();
  });
});
