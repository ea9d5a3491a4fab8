/** The laws of a clone, which hold at every write: it is filled before anything is done with it, is never seeded, and says what it is. */
import { BESTIE, JOB, POD, POSTGRES_CLUSTER } from '../../src/sandbox/apiserver/discovery.ts';
import type { Resource } from '../../src/sandbox/apiserver/object.ts';
import type { Cluster } from '../../src/sandbox/cluster.ts';
import { conditionsOf, fieldsOf, type StatusCondition } from '../../src/sandbox/controllers/objectstatus.ts';
import { lastTouched, TWIN_DATABASE } from './cloneevents.ts';
import { dataOf } from './data.ts';
import { imageOf, isSeeding } from './jobs.ts';
import { bestieOf } from './sandbox.ts';
import { isOfTwin, TWIN } from './whose.ts';

/** Seconds within which what was decided before may still happen, and within which pods may still be on their way out. */
const GONE = 60;

/** Seconds that a copy may take. */
const COPYING = 30;

/** Why there is no copy, or none yet, in a way that lasts until a person does something. */
const lasting = ['SourceMissing', 'SourceNotReady', 'SourceDiffers', 'CopyFailed', 'CopyStuck', 'SourceIgnored'];

const copied = (bestie: Resource | undefined): StatusCondition | undefined =>
  bestie && conditionsOf(bestie).find(({ type }) => type === 'Copied');
const says = (bestie: Resource, type: string): string | undefined => conditionsOf(bestie).find((each) => each.type === type)?.status;

/** A copy that the database operator never ends is known by what is reported. */
function isStuck({ status }: Resource): boolean {
  const { reported = [] } = fieldsOf(status) as { reported?: { reason: string }[] };
  return reported.some(({ reason }) => reason === 'CopyStuck');
}

/** Whether the clone is in a state that lasts, and that a user can understand; so is none at all. */
export function isTwinUnderstood(cluster: Cluster): boolean {
  const twin = bestieOf(cluster, TWIN);
  if (twin === undefined) return true;
  const { status, reason = '' } = copied(twin) ?? {};
  if (status === 'False') return lasting.includes(reason) || isStuck(twin);
  return says(twin, 'Ready') === 'True' || (says(twin, 'Stalled') === 'True' && says(twin, 'Reconciling') === 'False');
}

const isServing = (pod: Resource): boolean =>
  pod.metadata.labels?.['app.kubernetes.io/component'] === 'web' &&
  conditionsOf(pod).some((each) => each.type === 'Ready' && each.status === 'True');
const podImage = ({ spec }: Resource): string => (spec?.containers as { image: string }[] | undefined)?.[0]?.image ?? '';

/** Watches every write. `lost`: as in lifelaws.ts. `end` returns how many clones were made. */
export function cloneLaws(cluster: Cluster, lost = (): number => 0): { broken: string[]; check: () => void; end: () => number } {
  const broken: string[] = [];
  const seconds = (): number => Date.parse(cluster.now()) / 1000;
  const data = dataOf(cluster, TWIN_DATABASE);
  const database = (): Resource | undefined => cluster.user.get(POSTGRES_CLUSTER, 'shop', TWIN_DATABASE);
  /** A person who removes the database has the application on none, for a while. */
  const isTouched = (): boolean => seconds() - lastTouched(cluster) / 1000 < GONE + 2 * lost();
  const isFilled = (): boolean => database() !== undefined && data.fills().length > 0;
  const made = new Set<string>();
  /** Since when something serves from data without its migrations, in a row. */
  let strangeSince = Infinity;

  let filled = 0;
  /** What the source was at the moment that is wanted; without one, at any moment while it was copied. */
  function followFill(): void {
    if (data.fills().length === filled) return;
    filled = data.fills().length;
    const { dataSource } = fieldsOf(bestieOf(cluster, TWIN)?.spec?.database);
    const { time } = fieldsOf(fieldsOf(dataSource).target) as { time?: string };
    if (filled === 0 || fieldsOf(fieldsOf(dataSource).target).backup !== undefined) return;
    const now = seconds() * 1000;
    const moments = time === undefined ? Array.from({ length: COPYING }, (_, ago) => now - ago * 1000) : [Date.parse(time)];
    const held = data.migrated().join();
    if (!moments.some((at) => dataOf(cluster).was(at).join() === held)) broken.push(`a clone holds ${held}, which its source did not`);
  }

  cluster.server.watch(({ type, object }) => {
    followFill();
    const key = `${object.kind}.${object.apiVersion}`;
    if (!isOfTwin(object)) return;
    if (isFilled()) made.add(database()?.metadata.uid ?? '');
    if (key === JOB && type === 'ADDED' && isSeeding(object)) broken.push('a clone is seeded');
    if (key === JOB && type === 'ADDED' && !isFilled() && !isTouched())
      broken.push(`${imageOf(object)} is migrated before the copy is there`);
    if (key === POD && type === 'ADDED' && !isFilled() && !isTouched())
      broken.push(`pod ${object.metadata.name} is made before the copy is there`);
    if (key === BESTIE && type !== 'DELETED' && copied(object)?.status === 'True' && !isFilled() && !isTouched())
      broken.push('a clone is said to be a copy, and is none');
  });

  return {
    broken,
    check: () => {
      if (isFilled()) made.add(database()?.metadata.uid ?? '');
      const strange = cluster.user.list(POD).filter((pod) => isOfTwin(pod) && isServing(pod) && !data.migrated().includes(podImage(pod)));
      if (strange.length === 0 || isTouched()) strangeSince = Infinity;
      else strangeSince = Math.min(strangeSince, seconds());
      if (strange.length > 0 && seconds() - strangeSince > 2) broken.push('a clone serves from data without its migrations');
    },
    end: () => {
      const twin = bestieOf(cluster, TWIN);
      const found = copied(twin);
      if (twin !== undefined && found === undefined) broken.push('nothing says what became of a clone');
      if (found?.status === 'False' && found.message === '') broken.push('a clone that is none, without a word');
      if (found?.status === 'True' && !isFilled()) broken.push('a clone is said to be a copy, and is none');
      return made.size;
    },
  };
}
