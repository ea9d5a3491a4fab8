import assert from 'node:assert/strict';
import { runDemo, type DemoOptions } from '../../../src/sandbox/demo/demo.ts';
import { inProcess } from '../../../src/sandbox/metacontroller/hookcall.ts';
import { phaseWords } from '../../../src/sandbox/demo/restorephases.ts';
import type { RestorePhase } from '../../../src/decide/restorephase.ts';
import type { Outcome } from '../../../src/observed/restorerecord.ts';
import { scenarios, type ScenarioName } from '../../../src/sandbox/demo/scenarios.ts';
import { fences } from '../../docs/commands.ts';
import { reply, SAMPLE } from '../../support/sandbox.ts';

async function demo(scenario: ScenarioName, changes: Partial<DemoOptions> = {}): Promise<{ converged: boolean; lines: string[] }> {
  const lines: string[] = [];
  const converged = await runDemo({
    scenario,
    bestie: SAMPLE,
    hooks: (now) => inProcess(now),
    print: (line) => lines.push(line),
    paint: (_, text) => text,
    ...changes,
  });
  return { converged, lines };
}

describe('sandbox/demo/demo', () => {
  for (const name of Object.keys(scenarios) as ScenarioName[]) {
    it(`${name} converges`, async () => {
      const { converged, lines } = await demo(name);
      assert.equal(converged, true, lines.slice(-5).join('\n'));
      assert.equal(lines.filter((line) => line.startsWith('✓')).length, scenarios[name].steps.length);
    });
  }

  it('prints writes and conditions, each with its time', async () => {
    const { lines } = await demo('lifecycle');
    const all = lines.join('\n');
    assert.match(all, /^ +0 s {2}user +create Bestie bestie$/m);
    assert.match(all, /^ +\d+ s {2}metacontroller create PostgresCluster bestie-pgo$/m);
    assert.match(all, /^ +\d+ s {4}Ready +True +AllReady /m);
    assert.match(all, /100 times more\n✓ no write at all \(\d+ s, writes by Metacontroller: 0\)/);
    assert.match(all, /^ +\d+ s {2}user +delete Service bestie-service$/m);
  });

  it('says in plain words what a restore does, in its order', async () => {
    const { lines } = await demo('restore');
    const phasesOf = (id: string): string[] =>
      lines.flatMap((line) => new RegExp(`^ +\\d+ s +restore ${id} +(\\w+): \\S`).exec(line)?.[1] ?? []);
    const back = ['Restoring', 'Migrating', 'Starting', 'Finishing', 'Succeeded'];
    assert.deepEqual(phasesOf('monday'), ['BackingUp', 'Stopping', ...back]);
    assert.deepEqual(phasesOf('too-late'), ['BackingUp', 'Stopping', 'Restoring']);
    assert.deepEqual(phasesOf('monday-again'), back);
    assert.deepEqual(phasesOf('by-label'), ['BackingUp', 'Stopping', 'Restoring', 'Failed']);
    assert.deepEqual(phasesOf('everything'), back);
    const moment = /at (\S+) the listings were still there/.exec(lines.join('\n'))?.[1] ?? '';
    assert.equal(lines.filter((line) => line === `  The data is as of ${moment} (status.restore.reached).`).length, 2);
  });

  it('has words for each phase of a restore that is shown', () => {
    const phases: Record<RestorePhase | Exclude<Outcome, 'Replaced'>, true> = {
      Waiting: true,
      BackingUp: true,
      Stopping: true,
      Restoring: true,
      Failed: true,
      Migrating: true,
      Starting: true,
      Finishing: true,
      Succeeded: true,
      Refused: true,
      PassedOver: true,
      CalledOff: true,
      Abandoned: true,
    };
    assert.deepEqual(Object.keys(phaseWords).sort(), Object.keys(phases).sort());
  });

  it('shows what a drill does: what it proves, what it gives way to, and that nothing of it stays', async () => {
    const { lines } = await demo('drill');
    const shown = lines.flatMap((line) => {
      const [, event, verb, kind] =
        /^ +\d+ s +(?:Event +\w+ +(BackupVerified|DrillFailed|UpgradeStarted|UpgradeSucceeded)|metacontroller (create|delete) (\w+) bestie-drill)/.exec(
          line,
        ) ?? [];
      return event ?? (verb === undefined ? [] : `${verb} ${kind}`);
    });
    const begins = ['create NetworkPolicy', 'create PostgresCluster'];
    const checks = [...begins, 'create Job', 'BackupVerified', 'delete Job', 'delete PostgresCluster', 'delete NetworkPolicy'];
    assert.deepEqual(shown, [
      ...checks,
      ...[...begins, 'DrillFailed', 'delete PostgresCluster', 'delete NetworkPolicy'],
      ...[...begins, 'delete PostgresCluster', 'UpgradeStarted', 'delete NetworkPolicy', 'UpgradeSucceeded'],
      ...checks,
      ...checks,
      ...[...begins, 'delete PostgresCluster', 'delete NetworkPolicy'],
    ]);
    assert.equal(lines.filter((line) => /^ {2}status\.backup\.verified: \{"at":/.test(line)).length, 3);
    const block = fences('docs/tasks/verify-backups.md').find(({ content }) => content.includes('create NetworkPolicy'));
    const written = (block?.content ?? '').split('\n').filter((line) => line !== '');
    assert.ok(written.length > 5, 'the page shows it');
    const squeezed = new Set(lines.map((line) => line.trim()));
    assert.deepEqual(
      written.filter((line) => !squeezed.has(line.trim())),
      [],
    );
  });

  it('takes any Bestie: another name and Namespace, without autoscaling', async () => {
    const bestie = { ...SAMPLE, metadata: { name: 'mine', namespace: 'mine' }, spec: { size: 1, image: 'example.com/b', version: '2' } };
    const { converged, lines } = await demo('lifecycle', { bestie });
    assert.equal(converged, true, lines.slice(-5).join('\n'));
    assert.equal(
      lines.some((line) => line.includes('HorizontalPodAutoscaler')),
      false,
    );
  });

  it('puts a Bestie without a Namespace into shop', async () => {
    const { lines } = await demo('upgrade', { bestie: { ...SAMPLE, metadata: { name: 'bestie' } } });
    assert.match(lines[0] ?? '', /shop\/bestie/);
  });

  it('fails with what is wrong where a step does not come to what it wants', async () => {
    const { converged, lines } = await demo('lifecycle', { hooks: () => () => Promise.resolve(reply(500, '{"code":"Internal"}')) });
    assert.equal(converged, false);
    assert.match(lines.join('\n'), /✗ not within 600 s: the Bestie is Ready[\s\S]*the last sync error: .*500/);
  });

  it('fails where something is written at rest', async () => {
    let count = 0;
    const hooks: DemoOptions['hooks'] = (now) => async (hook, body) => {
      const answer = await inProcess(now)(hook, body);
      if (hook !== 'sync' || !answer.body.includes('AllReady')) return answer;
      // A status that changes at every minute.
      count = Math.floor(Date.parse(now()) / 60_000);
      return { ...answer, body: answer.body.replace('"podstatus":[', `"podstatus":["${count}",`) };
    };
    const { converged, lines } = await demo('lifecycle', { hooks });
    assert.equal(converged, false);
    assert.match(lines.at(-1) ?? '', /✗ \d+ writes by Metacontroller, and none were wanted/);
  });
});
