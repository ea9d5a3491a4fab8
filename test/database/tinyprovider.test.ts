/** The plan does not know which database operator it talks to: whole lifecycles with another one, and not a word of the one that is shipped. */
import { strict as assert } from 'node:assert';
import type { SyncResponse } from '../../src/api/hook.ts';
import { kindKey, type KubeObject, type Manifest } from '../../src/api/kubernetes.ts';
import type { Observed, Plan } from '../../src/api/observed.ts';
import { finalize } from '../../src/plan/finalize.ts';
import { sync } from '../../src/plan/sync.ts';
import { eventsOf } from '../../src/status/events.ts';
import { transitions } from '../../src/status/transitions.ts';
import { witness } from '../../src/status/witness.ts';
import { jobStatus, pod, rolledOut } from '../support/stages.ts';
import { deleted, imageOf, namespace } from '../support/upgrades.ts';
import {
  ago,
  carriedOut,
  childOf,
  edited,
  NOW,
  observe,
  overlays,
  patched,
  said,
  world,
  type Loose,
  type World,
} from '../support/world.ts';
import { BACKUP, cluster, tiny, type Status } from './tinyprovider.ts';

const KEY = kindKey(cluster);
const OTHERS = /PGO|crunchy|PostgresCluster|pgbackrest|Patroni/i;
const s3 = { bucket: 'backups', endpoint: 's3.example', region: 'eu' };
const isCluster = (object: { apiVersion: string; kind: string }): boolean => kindKey(object) === KEY;

/** The world of a Bestie whose database the tiny provider runs. */
function seen(w: World): Observed {
  const o = observe({ ...w, children: w.children.filter((child) => !isCluster(child)) });
  const clusters = w.children.filter(isCluster).map((child): [string, KubeObject] => [child.metadata.name, child]);
  const children: Observed['children'] = new Map([...o.children, [KEY, new Map(clusters)]]);
  return {
    ...o,
    provider: tiny,
    children,
    child: (kind, name) => children.get(kind)?.get(name),
    manages: (kind) => children.has(kind),
    facts: new Map(),
  };
}

/** The answer, whose every word is looked at; its Events, too. */
function planned(w: World, plan: (o: Observed) => Plan): Plan {
  const o = seen(w);
  const answer = plan(o);
  const events = eventsOf(transitions(o.bestie.status, answer.status, witness(answer.children, o)), o);
  assert.doesNotMatch(JSON.stringify([answer, events]), OTHERS);
  return answer;
}
const syncs = (w: World): Plan => planned(w, sync);
const goes = (w: World): Plan => planned(w, finalize);
const asResponse = (plan: Plan): SyncResponse => plan;
const next = (w: World, plan: Plan = syncs(w)): World => carriedOut(w, asResponse(plan));
const reports = ({ status }: Plan, type: string): string | undefined => said(asResponse({ children: [], status }), type);
const kindsOf = ({ children }: Plan): string[] => children.map(({ kind }) => kind);
const databaseIn = ({ children }: Plan): Manifest => children.find(isCluster) ?? assert.fail('no Cluster in the answer');
const says = (w: World, status: Status): World => patched(w, 'Cluster', { status });
const up: Status = { phase: 'Up', system: 'one' };

/** Monitoring, exposure and a policy besides, so that every child has its say. */
const given = (spec: Loose = {}): World =>
  world(
    {
      database: { replicas: 2, backups: { repos: [{ name: 'repo1', s3 }] } },
      maxReplicas: 3,
      exposure: { host: 'pets.example' },
      monitoring: { enabled: true },
      networkPolicy: { enabled: true },
      deletionPolicy: 'Delete',
      ...spec,
    },
    { declared: overlays.monitoring, related: [namespace()] },
  );
const created = (w = given()): World => next(w);
const migrating = (w?: World): World => next(says(created(w), up));
const migrated = (w?: World): World => next(patched(migrating(w), 'Job', { status: jobStatus.complete }));
const rolled = (w: World): World => patched(w, 'Deployment', { status: rolledOut(1, childOf(w, 'Deployment').metadata.generation ?? 1) });
const ready = (w?: World): World => {
  const done = rolled(migrated(w));
  return next({ ...done, related: [...done.related, pod('bestie-app-5d9c7b8f6-0', 'web')] });
};

const requested = (plan: Plan): { id: string; store: string } | undefined =>
  (databaseIn(plan).spec as { backup?: { id: string; store: string } }).backup;
/** The database operator has got that far with the backup that was requested. */
const backup = (w: World, state: 'running' | 'succeeded' | 'failed'): World => {
  const { id, store } = (childOf(w, 'Cluster').spec as { backup: { id: string; store: string } }).backup;
  return says(w, { ...up, backups: [{ id, store, state, at: ago(30) }] });
};
const withoutApplication = (w: World): World => ({ ...w, children: w.children.filter(isCluster), related: [namespace()] });

describe('a provider of the tests', () => {
  it('gets a request for the database, and for nothing else before it is up', () => {
    const plan = syncs(given());
    const { metadata, spec, apiVersion } = databaseIn(plan);
    assert.deepEqual(
      [apiVersion, metadata.name, spec],
      ['example.com/v1', 'bestie-db', { instances: 2, stores: [{ name: 'repo1', local: false }] }],
    );
    assert.equal(metadata.annotations?.['example.com/login'], 'bestie-login');
    assert.deepEqual([kindsOf(plan).includes('Job'), reports(plan, 'DatabaseReady')], [false, 'False Provisioning']);
    assert.deepEqual(plan.status.creations?.find(({ kind }) => kind === 'Cluster')?.name, 'bestie-db');
    assert.equal(reports(syncs(says(created(), { phase: 'Starting' })), 'DatabaseReady'), 'False Provisioning');
  });

  it('has its database migrated with the login that it names, and the application rolled out', () => {
    const plan = syncs(says(created(), up));
    const job = plan.children.find(({ kind }) => kind === 'Job');
    assert.match(JSON.stringify(job), /"secretKeyRef":\{"name":"bestie-login"/);
    assert.equal(reports(plan, 'DatabaseReady'), 'True Usable');
    const policy = plan.children.find(({ kind }) => kind === 'NetworkPolicy');
    assert.match(JSON.stringify(policy), /"example.com\/cluster":"bestie-db"/);
    assert.equal(reports(syncs(ready()), 'Ready'), 'True AllReady');
    assert.deepEqual(next(ready()), ready(), 'and then nothing is written');
    assert.deepEqual(JSON.parse(databaseIn(syncs(ready())).metadata.annotations?.['pets.bestie.com/migrated-images'] ?? ''), [
      'quay.io/opdev/bestie:1.3',
    ]);
  });

  it('gets a request for a backup before an upgrade, and the migrations wait for it', () => {
    const upgrading = edited(ready(), { version: '1.4' });
    const plan = syncs(upgrading);
    const { id, store } = requested(plan) ?? assert.fail('no backup is requested');
    assert.match(id, /^pre-upgrade\./);
    assert.deepEqual([store, databaseIn(plan).metadata.annotations?.[BACKUP]], ['repo1', id]);
    assert.equal(reports(plan, 'DatabaseSeeded'), 'False BackingUp');
    const running = backup(next(upgrading), 'running');
    assert.equal(reports(syncs(running), 'DatabaseSeeded'), 'False BackingUp');
    assert.match(
      asResponse(syncs(backup(next(upgrading), 'failed'))).status.conditions.find(({ type }) => type === 'UpgradeFailed')?.message ?? '',
      /logs cluster\/bestie-db/,
    );
    const done = syncs(backup(running, 'succeeded'));
    assert.equal(reports(done, 'DatabaseSeeded'), 'False Migrating');
    const again = next(patched(next(backup(running, 'succeeded')), 'Job', { status: jobStatus.complete }));
    assert.equal(imageOf(childOf(again, 'Deployment')), 'quay.io/opdev/bestie:1.4');
    const { upgrade } = syncs(rolled(again)).status;
    assert.deepEqual([upgrade?.phase, upgrade?.backupID], ['Succeeded', id]);
    assert.equal(requested(syncs(rolled(again))), undefined, 'and for no other afterwards');
  });

  it('is named where it takes too long', () => {
    const late = { ...next(edited(ready(), { version: '1.4' })), now: ago(-3600) };
    const plan = syncs(late);
    assert.equal(reports(plan, 'UpgradeFailed'), 'True BackupTimeout');
    assert.match(JSON.stringify(plan.status), /check that Example Operator runs, and kubectl -n pets describe cluster/);
    assert.ok(plan.status.reported?.some(({ kind, name }) => kind === 'Cluster' && name === 'bestie-db'));
  });

  it('keeps its database under Retain: it is released, and never deleted', () => {
    const going = deleted(ready(given({ deletionPolicy: 'Retain' })));
    const first = goes(going);
    assert.deepEqual(kindsOf(first), ['Cluster'], 'the application goes first');
    const alone = withoutApplication(next(going, first));
    const released = goes(alone);
    const owners = (databaseIn(released).metadata.ownerReferences ?? []) as readonly { kind: string }[];
    assert.deepEqual([owners.map(({ kind }) => kind), released.finalized], [['Namespace'], undefined]);
    assert.equal(goes({ ...next(alone, released), children: [] }).finalized, true);
  });

  it('gets a request for a final backup under BackupThenDelete, and only then its database is deleted', () => {
    const going = deleted(ready(given({ deletionPolicy: 'BackupThenDelete' })));
    const alone = withoutApplication(next(going, goes(going)));
    const plan = goes(alone);
    assert.match(requested(plan)?.id ?? '', /^final\./);
    assert.equal(reports(plan, 'DeletionBlocked'), 'True FinalBackupPending');
    const running = backup(next(alone, plan), 'running');
    assert.deepEqual(kindsOf(goes(running)), ['Cluster']);
    const deleting = goes(backup(running, 'succeeded'));
    assert.deepEqual([kindsOf(deleting), deleting.finalized], [[], undefined]);
    const last = patched(backup(running, 'succeeded'), 'Cluster', { metadata: { deletionTimestamp: NOW } });
    assert.match(JSON.stringify(goes(last).status), /waiting for Cluster bestie-db to be deleted/);
    assert.equal(goes({ ...last, children: [] }).finalized, true);
  });

  it('has its database and its application joined by a pooler, with the keys that it names', () => {
    const wanting = next(edited(ready(), { database: { pooler: { enabled: true, replicas: 3 } } }));
    assert.deepEqual((databaseIn(syncs(wanting)).spec as { pooler?: object }).pooler, { replicas: 3, clients: 74, servers: 22 });
    const template = (w: World): string => JSON.stringify(syncs(w).children.find(({ kind }) => kind === 'Deployment')?.spec);
    assert.doesNotMatch(template(wanting), /shared-/);
    const started = says(wanting, { ...up, pooler: 'Up' });
    assert.match(template(started), /"DATABASE_URL","valueFrom":\{"secretKeyRef":\{"name":"bestie-login","key":"shared-uri"/);
    assert.equal(syncs(next(started)).status.database?.pooler, true);
    const leaving = edited(rolled(next(started)), { database: { pooler: { enabled: false } } });
    const poolerIn = (w: World): unknown => (databaseIn(syncs(w)).spec as { pooler?: object }).pooler;
    assert.deepEqual([template(leaving).includes('shared-'), poolerIn(leaving)], [false, poolerIn(wanting)]);
    assert.equal(poolerIn(rolled(next(leaving))), undefined);
  });

  it('has its database left as it is while the spec is unacceptable, and stopped for nothing', () => {
    const plan = syncs(edited(ready(), { size: 0 }));
    assert.equal(reports(plan, 'Stalled'), 'True InvalidSpec');
    assert.deepEqual(databaseIn(plan).spec, databaseIn(syncs(ready())).spec);
  });
});
