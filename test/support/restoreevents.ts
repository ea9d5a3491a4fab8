/** What people do about restores by the spec, at any time, and what becomes of the restores. */
import fc from 'fast-check';
import { BESTIE, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { conditionsOf, fieldsOf } from '../../src/sandbox/controllers/objectstatus.ts';
import { dataOf, disarmByHand, RESTORE_ANNOTATION } from './data.ts';
import { isOurs } from './restoretarget.ts';
import { bestieOf } from './sandbox.ts';
import { labelOf } from './timelines.ts';

/** Targets by what they are at the time of the request. `former`: after one of the last migrations or restores; `given`: as the last time. */
const targets = ['latest', 'ago', 'former', 'before', 'future', 'label', 'nosuch'] as const;
type To = (typeof targets)[number];

export type RestoreEvent =
  | { do: 'request'; id: string; to: To; seconds: number; backup: string }
  | { do: 'withdraw' }
  | { do: 'abandon'; id: string }
  | { do: 'restores'; fate: string }
  | { do: 'forget'; all: boolean }
  | { do: 'pause'; value: string }
  | { do: 'instances'; ready: string }
  | { do: 'failover' };

const ids = fc.constantFrom('mon', 'tue', 'wed', 'thu');

/** A request is by far the most frequent. */
export const restoreEvent: fc.Arbitrary<RestoreEvent> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .record({
        id: ids,
        to: fc.constantFrom<To>('latest', 'ago', 'ago', 'former', 'former', 'label', ...targets),
        seconds: fc.integer({ min: 1, max: 90 }),
        backup: fc.constantFrom('Auto', 'Auto', 'Required', 'Skip'),
      })
      .map((how) => ({ do: 'request' as const, ...how })),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'withdraw' as const }) },
  { weight: 2, arbitrary: ids.map((id) => ({ do: 'abandon' as const, id })) },
  { weight: 2, arbitrary: fc.constantFrom('fail', 'hang', '').map((fate) => ({ do: 'restores' as const, fate })) },
  { weight: 1, arbitrary: fc.boolean().map((all) => ({ do: 'forget' as const, all })) },
  { weight: 1, arbitrary: fc.constantFrom('true', '').map((value) => ({ do: 'pause' as const, value })) },
  { weight: 1, arbitrary: fc.constantFrom('0', '').map((ready) => ({ do: 'instances' as const, ready })) },
  { weight: 1, arbitrary: fc.constant({ do: 'failover' as const }) },
);

const rfc3339 = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

/** What the request names. */
function targetOf({ to, seconds }: { to: To; seconds: number }, cluster: Cluster): object {
  const [now, data] = [Date.parse(cluster.now()), dataOf(cluster)];
  const created = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.creationTimestamp ?? cluster.now();
  const [former] = data.past().slice(-1 - (seconds % 4));
  const backup = data.backups().at(-1 - (seconds % 3));
  const named: Record<To, () => object> = {
    latest: () => ({ latest: true }),
    ago: () => ({ time: rfc3339(now - seconds * 1000) }),
    former: () => ({ time: rfc3339((former?.at ?? now) + 1000) }),
    before: () => ({ time: rfc3339(Date.parse(created) - 5000) }),
    future: () => ({ time: rfc3339(now + seconds * 1000) }),
    label: () => ({ backup: backup === undefined ? '20251231-235959F' : labelOf(backup) }),
    nosuch: () => ({ backup: '20260101-015959F' }),
  };
  return named[to]();
}

const annotated = (object: Resource, key: string, value: string): Resource => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [key]: value } },
});

/** Lets it happen. */
export function happenToRestores(what: RestoreEvent, cluster: Cluster): void {
  const edit = (kind: string, name: string, change: (object: Resource) => Resource): void => {
    if (cluster.user.get(kind, 'shop', name)) cluster.edit(kind, 'shop', name, change);
  };
  const bestie = (change: (object: Resource) => Resource): void => {
    edit(BESTIE, 'bestie', change);
  };
  if (what.do === 'request') {
    const target = targetOf(what, cluster);
    bestie((object) => ({ ...object, spec: { ...object.spec, restore: { id: what.id, target, backup: what.backup } } }));
  } else if (what.do === 'withdraw')
    bestie(({ spec, ...rest }) => {
      const { restore: _, ...others } = spec ?? {};
      return { ...rest, spec: others };
    });
  else if (what.do === 'abandon') bestie((object) => annotated(object, 'pets.bestie.com/abandon-restore', what.id));
  else if (what.do === 'pause') bestie((object) => annotated(object, 'pets.bestie.com/paused', what.value));
  else if (what.do === 'restores') dataOf(cluster).meddle(what.fate);
  else if (what.do === 'failover') dataOf(cluster).failOver();
  else if (what.do === 'instances')
    edit(POSTGRES_CLUSTER, 'bestie-pgo', (object) => annotated(object, 'sandbox/instances', what.ready || '9'));
  else forget(cluster, what.all);
}

/** A person, or etcd as it was restored, has taken status away. */
function forget(cluster: Cluster, all: boolean): void {
  const live = bestieOf(cluster);
  if (live === undefined) return;
  const { restore: _, ...status } = live.status ?? {};
  cluster.user.updateStatus({ ...live, status: all ? {} : status });
}

/** The faults end; a restore by hand that has not ended is given up by the person who requested it. */
export function endFaults(cluster: Cluster): void {
  dataOf(cluster).meddle('');
  happenToRestores({ do: 'pause', value: '' }, cluster);
  happenToRestores({ do: 'instances', ready: '' }, cluster);
  const byHand = cluster.user.get(POSTGRES_CLUSTER, 'shop', 'bestie-pgo')?.metadata.annotations?.[RESTORE_ANNOTATION];
  if (byHand !== undefined && !isOurs(byHand)) disarmByHand(cluster);
}

/** The id of the restore that does not succeed, as a user reads it: in status, or in what keeps the Bestie from being deleted. */
function unfinished(bestie: Resource | undefined): string | undefined {
  const { id, phase } = fieldsOf(bestie?.status?.restore) as { id?: string; phase?: string };
  const blocked = bestie && conditionsOf(bestie).find(({ type }) => type === 'DeletionBlocked');
  const [, named] = /abandon-restore=([^\s;]+)/.exec(blocked?.message ?? '') ?? [];
  return named ?? (phase === 'Failed' || phase === 'Restoring' ? id : undefined);
}

/** What a user does about a restore that does not succeed. */
export function takeOn(ending: string, cluster: Cluster): void {
  const id = unfinished(bestieOf(cluster));
  if (id === undefined) return;
  const [backup] = dataOf(cluster).backups().slice(-1);
  if (ending === 'abandon') happenToRestores({ do: 'abandon', id }, cluster);
  else if (ending === 'anew' && backup !== undefined)
    cluster.edit(BESTIE, 'shop', 'bestie', (bestie) => ({
      ...bestie,
      spec: { ...bestie.spec, restore: { id: 'another', target: { backup: labelOf(backup) } } },
    }));
}
