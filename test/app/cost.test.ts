/** What a probe costs, whatever the data. */
import { strict as assert } from 'node:assert';
import { once } from 'node:events';
import { readyApplication } from './support/application.ts';
import type { Container } from './support/container.ts';
import { rows } from './support/database.ts';
import type { WebPod } from './support/kubelet.ts';
import { attempt } from './support/probe.ts';
import { web } from './support/cases.ts';
import type { ProbeSpec } from './support/rendered.ts';
import { figure } from './support/report.ts';
import { cpuSeconds, treeOf } from './support/run.ts';
import { serverWith } from './support/server.ts';

const TIMES = 20;
const SECONDS_A_DAY = 86_400;

/** Runs a command that often inside the container; CPU seconds of one. */
async function cpuOf(container: Container, command: readonly string[]): Promise<number> {
  const program =
    'import resource, subprocess, sys\n' +
    `for _ in range(${TIMES}): subprocess.run(sys.argv[1:], check=True)\n` +
    'used = resource.getrusage(resource.RUSAGE_CHILDREN)\nprint(used.ru_utime + used.ru_stime)';
  const child = container.exec(['python', '-c', program, ...command]);
  const said: string[] = [];
  child.stdout?.on('data', (part: Buffer) => said.push(part.toString()));
  await once(child, 'close');
  assert.equal(child.exitCode, 0);
  return Number(said.join('')) / TIMES;
}

interface Cost {
  /** CPU seconds of the application for one attempt */
  cpu: number;
  /** of its log, for one attempt */
  bytes: number;
  lines: number;
  perDay: number;
}

/** What the application pays for an attempt of a probe. */
async function costOf({ box, container }: WebPod, probe: ProbeSpec): Promise<Cost> {
  const [spec] = web().containers;
  assert.ok(spec);
  const { output, pid } = container();
  const before = { cpu: cpuSeconds(treeOf(pid)), bytes: output.bytes, lines: output.lines };
  for (let times = 0; times < TIMES; times += 1) {
    const { why } = await attempt({ address: box.address, container: container(), spec }, probe);
    assert.equal(why, '');
  }
  return {
    cpu: (cpuSeconds(treeOf(pid)) - before.cpu) / TIMES,
    bytes: (output.bytes - before.bytes) / TIMES,
    lines: (output.lines - before.lines) / TIMES,
    perDay: SECONDS_A_DAY / (probe.periodSeconds ?? 10),
  };
}

const MORE_LISTINGS = `
insert into bestie.listings (user_id, name, gender, age, pet_type, description, image, created_at, updated_at)
  select 2, name, gender, age, pet_type, description, image, created_at, updated_at from bestie.listings, generate_series(1, 19)
  limit 1000 - (select count(*) from bestie.listings)`;

describe('the application: what probes cost', () => {
  it('costs the same with those of the sample data and with 1,000 listings', async () => {
    const server = await serverWith('seeded');
    const pod = await readyApplication();
    const [spec] = web().containers;
    const readiness = spec?.readinessProbe ?? {};
    const costs: number[] = [];
    const measure = async (): Promise<void> => {
      const { listings } = await rows(server);
      for (const [name, probe] of Object.entries({ readiness, liveness: spec?.livenessProbe ?? {} })) {
        const own = probe.exec === undefined ? 0 : await cpuOf(pod.container(), probe.exec.command);
        const { cpu, bytes, lines, perDay } = await costOf(pod, probe);
        if (name === 'readiness') costs.push(own + cpu);
        const total = own + cpu;
        figure(
          'probe cost',
          `${name}, ${listings} listings: CPU`,
          `${total.toFixed(3)} s (application ${cpu.toFixed(3)} s), ${(total * perDay).toFixed(0)} s per day`,
        );
        figure(
          'probe cost',
          `${name}, ${listings} listings: log`,
          `${lines} lines, ${bytes} bytes, ${((bytes * perDay) / 1e6).toFixed(1)} MB per day`,
        );
        assert.equal(bytes, 0, 'a probe writes to the log');
      }
    };
    await measure();
    await server.sql(MORE_LISTINGS, 'bestie');
    await measure();
    await pod.stop();
    const [few = 0, many = 0] = costs;
    assert.ok(many < few * 1.5, `${few} s with few listings, ${many} s with 1,000`);
  });
});
