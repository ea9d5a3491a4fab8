/** A life of a Bestie as a list of events. */
import fc from 'fast-check';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { BESTIE, DEPLOYMENT, JOB, POSTGRES_CLUSTER, SERVICE } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import { faults, type Chaos, type Fault } from './chaos.ts';
import { cloneEvent, happenToClones, type CloneEvent } from './cloneevents.ts';
import { dataOf, disarmByHand, restoreByHand } from './data.ts';
import { drillEvent, happenToDrills, type DrillEvent } from './drillevents.ts';
import { own } from './whose.ts';
import { happenToRestores, restoreEvent, type RestoreEvent } from './restoreevents.ts';

/** What people and the cluster do. Deadlines are short, so that a life is. */
export const SPEC = {
  size: 2,
  version: '1.3',
  upgrade: { progressDeadlineSeconds: 30, migrationDeadlineSeconds: 60, backupTimeoutSeconds: 60 },
};

const versions = [
  '1.3',
  '1.4',
  '1.5',
  '1.4-nosuch',
  '1.4-crash',
  '1.4-badmigration',
  '1.4-slow',
  '1.4-lost',
  'sha256:' + 'a'.repeat(64),
] as const;

export type Event =
  | RestoreEvent
  | DrillEvent
  | CloneEvent
  | { do: 'spec'; spec: Record<string, unknown> }
  | { do: 'annotate'; key: string; value: string }
  | { do: 'touch'; value: string }
  | { do: 'backups'; fail: boolean }
  | { do: 'pooler'; fate: string }
  | { do: 'pgo'; down: boolean }
  | { do: 'image'; image: string }
  | { do: 'remove'; kind: string; name: string }
  | { do: 'job' }
  | { do: 'restore'; id: string; back: number }
  | { do: 'disarm' }
  | { do: 'fault'; fault: Fault };

const spec = (change: Record<string, unknown>): Event => ({ do: 'spec', spec: change });
const version = fc.constantFrom(...versions);

/** Anything that may happen, the next version most often; two upgrades may be requested in one edit. */
export const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 5, arbitrary: version.map((to) => spec({ version: to })) },
  {
    weight: 1,
    arbitrary: fc.tuple(version, fc.integer({ min: 1, max: 4 })).map(([to, size]) => spec({ version: to, size, maxReplicas: size + 2 })),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('Rollback', 'Halt', 'Restore', 'Restore')
      .map((onFailure) => spec({ upgrade: { ...SPEC.upgrade, onFailure } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('1.4-badmigration', '1.4-badmigration', '1.5')
      .map((to) => spec({ version: to, upgrade: { ...SPEC.upgrade, onFailure: 'Restore' } })),
  },
  { weight: 1, arbitrary: fc.constantFrom('Auto', 'Skip', 'Required').map((backup) => spec({ upgrade: { ...SPEC.upgrade, backup } })) },
  { weight: 1, arbitrary: fc.constantFrom('Delete', 'Retain').map((deletionPolicy) => spec({ deletionPolicy })) },
  { weight: 1, arbitrary: fc.constantFrom('a', 'b').map((onDemand) => spec({ database: { backups: { onDemand } } })) },
  { weight: 2, arbitrary: fc.boolean().map((enabled) => spec({ database: { pooler: { enabled } } })) },
  { weight: 1, arbitrary: fc.constantFrom('1', 'refused', '').map((fate): Event => ({ do: 'pooler', fate })) },
  { weight: 1, arbitrary: fc.constantFrom('x', 'y').map((value) => spec({ env: [{ name: 'A', value }] })) },
  { weight: 1, arbitrary: fc.subarray([{ name: 'proxy', image: 'proxy:1' }]).map((sidecars) => spec({ sidecars })) },
  { weight: 1, arbitrary: fc.constantFrom('1', '2').map((value): Event => ({ do: 'annotate', key: 'retry-upgrade', value })) },
  { weight: 1, arbitrary: version.map((value): Event => ({ do: 'annotate', key: 'allow-downgrade', value })) },
  { weight: 1, arbitrary: version.map((value): Event => ({ do: 'annotate', key: 'irreversible-migration', value })) },
  { weight: 1, arbitrary: fc.constantFrom('by-hand', 'again').map((value): Event => ({ do: 'touch', value })) },
  { weight: 1, arbitrary: fc.boolean().map((fail): Event => ({ do: 'backups', fail })) },
  { weight: 1, arbitrary: fc.boolean().map((down): Event => ({ do: 'pgo', down })) },
  { weight: 1, arbitrary: fc.constantFrom('1.3', '1.4').map((tag): Event => ({ do: 'image', image: `quay.io/opdev/bestie:${tag}` })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom([SERVICE, 'bestie-service'], [DEPLOYMENT, 'bestie-app'])
      .map(([kind = '', name = '']): Event => ({ do: 'remove', kind, name })),
  },
  { weight: 1, arbitrary: version.map((value): Event => ({ do: 'annotate', key: 'skip-upgrade-backup', value })) },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'job' }) },
  {
    weight: 2,
    arbitrary: fc
      .record({ id: fc.constantFrom('tuesday', 'wednesday', 'thursday'), back: fc.nat({ max: 3 }) })
      .map((how): Event => ({ do: 'restore', ...how })),
  },
  { weight: 1, arbitrary: fc.constant<Event>({ do: 'disarm' }) },
  { weight: 24, arbitrary: restoreEvent },
  { weight: 20, arbitrary: drillEvent },
  { weight: 24, arbitrary: cloneEvent },
  { weight: 4, arbitrary: faults.map((fault): Event => ({ do: 'fault', fault })) },
);

const annotated = (object: Resource, change: Record<string, string>): Resource => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...change } },
});

const drillEvents: ReadonlySet<string> = new Set<DrillEvent['do']>(['verify', 'copies', 'unfit', 'drill', 'record']);
const cloneEvents: ReadonlySet<string> = new Set<CloneEvent['do']>(['clone', 'discard', 'bucket', 'fills', 'twin', 'meddle']);
const isOfClones = (what: Event): what is CloneEvent => cloneEvents.has(what.do);
const isOfDrills = (what: Event): what is DrillEvent => drillEvents.has(what.do);

/** Lets it happen; what there is no object for does not. */
export function happen(what: Event, { cluster, inject }: Chaos): void {
  const edit = (kind: string, name: string, change: (object: Resource) => Resource): void => {
    if (cluster.user.get(kind, 'shop', name)) cluster.edit(kind, 'shop', name, change);
  };
  const database = (change: Record<string, string>): void => {
    edit(POSTGRES_CLUSTER, 'bestie-pgo', (object) => annotated(object, change));
  };
  if (what.do === 'spec') edit(BESTIE, 'bestie', (bestie) => ({ ...bestie, spec: { ...bestie.spec, ...what.spec } }));
  else if (what.do === 'annotate') edit(BESTIE, 'bestie', (bestie) => annotated(bestie, { [`pets.bestie.com/${what.key}`]: what.value }));
  else if (what.do === 'touch') database({ [BACKUP_ANNOTATION]: what.value });
  else if (what.do === 'backups') database({ 'sandbox/backup': what.fail ? 'fail' : 'pass' });
  else if (what.do === 'pooler') database({ 'sandbox/pooler': what.fate });
  else if (what.do === 'pgo') cluster.down[what.down ? 'add' : 'delete']('postgres-operator');
  else if (what.do === 'image') cluster.missing.add(what.image);
  else if (what.do === 'fault') inject(what.fault);
  else if (what.do === 'disarm') disarmByHand(cluster);
  else if (what.do === 'restore') {
    const { past, target } = dataOf(cluster);
    const former = past().at(-1 - what.back) ?? { held: [], at: 0 };
    target(former.held, former.at);
    if (cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')) restoreByHand(cluster, what.id, former.at);
  } else if (what.do === 'job')
    own(cluster, JOB)
      .slice(-1)
      .forEach((job) => {
        cluster.user.remove(job);
      });
  else if (isOfClones(what)) happenToClones(what, cluster, SPEC);
  else if (isOfDrills(what)) happenToDrills(what, cluster);
  else if (what.do !== 'remove') happenToRestores(what, cluster);
  else if (cluster.user.get(what.kind, 'shop', what.name)) cluster.remove(what.kind, 'shop', what.name);
}
