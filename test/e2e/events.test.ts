/** What the operator reports in Events, as users read them: by kubectl describe, by kubectl events, and from events.k8s.io. */
import assert from 'node:assert/strict';
import { events as catalogue, type EventReason } from '../../src/api/event.ts';
import { apply, becomes, bestie, namespace } from './support/cluster.ts';
import { eventually, kubectl, syncErrors } from './support/kubectl.ts';
import { writesAtRest } from './support/writes.ts';

const NS = 'e2e-events';
const REPORTER = 'pets.bestie.com/bestie-operator';

interface EventV1 {
  metadata: { name: string; namespace: string };
  reportingController: string;
  reportingInstance: string;
  regarding: { apiVersion: string; kind: string; name: string; uid: string };
  reason: EventReason;
  type: string;
  action: string;
  note: string;
  eventTime: string;
}

/** Our Events about a Bestie, in the order of their time. */
async function eventsAbout(name: string): Promise<EventV1[]> {
  const text = await kubectl('-n', NS, 'get', 'events.events.k8s.io', '-o', 'json');
  return (JSON.parse(text) as { items: EventV1[] }).items
    .filter(({ reportingController, regarding }) => reportingController === REPORTER && regarding.name === name)
    .sort((a, b) => (a.eventTime < b.eventTime ? -1 : 1));
}

const reasons = async (name: string): Promise<string[]> => (await eventsAbout(name)).map(({ reason }) => reason);

/** The Events of each Bestie, whatever the order of what happens at the same time. */
const lives: Record<string, { installs: string; upgrades?: string; reports: EventReason[] }> = {
  good: {
    installs: '1.3',
    upgrades: '1.4',
    reports: ['BackupSucceeded', 'MigrationCompleted', 'Ready', 'UpgradeStarted', 'UpgradeSucceeded'],
  },
  crashing: { installs: '1.3', upgrades: '1.4-crash', reports: ['RolledBack', 'UpgradeFailed', 'UpgradeStarted'] },
  unpullable: { installs: '1.3-nosuch', reports: ['ImagePullFailed'] },
};

describe('events', () => {
  before(async function () {
    this.timeout(400_000);
    await namespace(NS);
    for (const [name, { installs }] of Object.entries(lives)) await apply(NS, bestie(name, { size: 1, version: installs }));
    for (const [name, { upgrades }] of Object.entries(lives)) {
      if (upgrades === undefined) continue;
      await becomes(NS, name, 'Ready', 'True', undefined, 120);
      await kubectl('-n', NS, 'patch', 'bestie', name, '--type=merge', '-p', JSON.stringify({ spec: { version: upgrades } }));
    }
  });

  for (const [name, { reports }] of Object.entries(lives)) {
    it(`${name}: ${reports.join(', ')}`, async function () {
      this.timeout(400_000);
      await eventually(`the Events of ${name}`, 350, async () => {
        const seen = await reasons(name);
        return reports.every((reason) => seen.includes(reason));
      });
    });
  }

  it('each is made once, stays once it was made, and is none at rest', async function () {
    this.timeout(400_000);
    await eventually('it is quiet', 240, async () => (await writesAtRest(NS, 8)).length === 0);
    const before = await Promise.all(Object.keys(lives).map(reasons));
    assert.deepEqual(await writesAtRest(NS, 70), [], 'one resync');
    assert.deepEqual(await Promise.all(Object.keys(lives).map(reasons)), before);
    for (const once of ['UpgradeStarted', 'UpgradeSucceeded', 'UpgradeFailed', 'RolledBack', 'ImagePullFailed'])
      for (const seen of before) assert.ok(seen.filter((reason) => reason === once).length <= 1, `${once} in ${seen.join(', ')}`);
    assert.deepEqual(await syncErrors(NS), []);
  });

  it('each says who reports what about which Bestie, as the catalogue has it', async () => {
    for (const name of Object.keys(lives)) {
      const { metadata } = JSON.parse(await kubectl('-n', NS, 'get', 'bestie', name, '-o', 'json')) as { metadata: { uid: string } };
      for (const event of await eventsAbout(name)) {
        const { type, action } = catalogue[event.reason];
        assert.deepEqual([event.type, event.action, event.regarding.uid], [type, action, metadata.uid], event.reason);
        assert.deepEqual([event.regarding.kind, event.regarding.apiVersion], ['Bestie', 'pets.bestie.com/v1']);
        assert.ok(event.note.length > 0 && event.reportingInstance === 'bestie-operator');
      }
    }
  });

  it('kubectl describe and kubectl events show them', async () => {
    const described = await kubectl('-n', NS, 'describe', 'bestie', 'unpullable');
    assert.match(described, /Warning\s+ImagePullFailed\s.*cannot pull image/);
    const listed = await kubectl('-n', NS, 'events', '--for', 'bestie/crashing');
    assert.match(listed, /Warning\s+RolledBack\s+Bestie\/crashing/);
    assert.match(listed, /Warning\s+UpgradeFailed\s+Bestie\/crashing/);
  });

  after(async function () {
    this.timeout(150_000);
    await kubectl('delete', 'namespace', NS, '--ignore-not-found', '--timeout=120s');
  });
});
