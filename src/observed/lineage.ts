/**
 * The state of the data of a managed database. A restore, or another database system under the same name, replaces it with data of another time
 * and schema: the recorded migrations are no longer right. A failover changes nothing of this.
 */
import type { Observed } from '../api/observed.ts';
import type { KubeObject } from '../api/kubernetes.ts';
import type { GivenUp } from '../api/restore.ts';
import { GIVEN_UP_LIMIT, givenUpOf } from './givenup.ts';
import { durable } from './lastapplied.ts';
import { annotations } from '../api/names.ts';
import { memo } from './memo.ts';

/**
 * `system` is Postgres' own identifier, `restore` the id of the last restore that ended; `changes` counts how often the data was replaced, `writes` how
 * often the database operator was made to write the role again for that, and `users` is its revision of the login before the last time. `givenUp`: what
 * restores by hand have given up.
 */
export interface Lineage {
  system?: string;
  restore?: string;
  changes: number;
  writes: number;
  users?: string;
  givenUp: readonly GivenUp[];
}

/** In place of the list of migrations: it is not known which ones the database has. */
export const UNKNOWN = 'unknown';

/**
 * Why the record of migrations is not about the data: the database operator restored it, another database system runs, or a user wrote UNKNOWN over the record.
 */
export type Change = 'restored' | 'replaced' | 'disowned';

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const count = (value: unknown): number => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : 0);

/** The lineage in that text; undefined where it cannot be read. */
export function lineageOf(json: string | undefined): Lineage | undefined {
  if (json === undefined) return undefined;
  try {
    const { system, restore, changes, writes, users, givenUp } = (JSON.parse(json) ?? {}) as Record<string, unknown>;
    return { ...stated({ system, restore, users }), changes: count(changes), writes: count(writes), givenUp: givenUpOf(givenUp) };
  } catch {
    return undefined; // a user wrote something else there: the same as no record
  }
}

/** The texts among these that exist. */
const stated = (texts: Record<'system' | 'restore' | 'users', unknown>): Pick<Lineage, 'system' | 'restore' | 'users'> =>
  Object.fromEntries(Object.entries(texts).filter(([, value]) => text(value) !== undefined));

const recorded = (live: KubeObject, o: Observed): Lineage | undefined => lineageOf(durable(o, live, annotations.lineage));

/**
 * Whether a restore ended that no release has handled and that is not recorded yet: by the last status, the database has been ready since before
 * it ended, or has not become ready since, or the Bestie was paused before and was not resumed. A restore that a former release has observed made
 * the database unready and ready again, and is from before the record.
 */
function isUnseen(at: string | undefined, { bestie }: Observed): boolean {
  const isSince = (type: string, status?: string): boolean =>
    bestie.status.conditions?.some(
      (each) =>
        each?.type === type &&
        (status === undefined || each.status === status) &&
        Date.parse(each.lastTransitionTime ?? '') < Date.parse(at ?? ''),
    ) ?? false;
  return isSince('DatabaseReady') || isSince('Paused', 'True');
}

/** Whether the database belonged to another Bestie when it was last applied: nothing was observed while it had no Bestie. A record without owners does not say. */
function isOthers(live: KubeObject, o: Observed): boolean {
  const owners = o.applied(live)?.metadata.ownerReferences as readonly { uid?: string }[] | null | undefined;
  return owners?.some(({ uid }) => uid === o.bestie.metadata.uid) === false;
}

function isDisowned(live: KubeObject, o: Observed): boolean {
  const sent = o.applied(live)?.metadata.annotations?.[annotations.migrated];
  return sent !== undefined && sent !== UNKNOWN && live.metadata.annotations?.[annotations.migrated] === UNKNOWN;
}

function changeOf(live: KubeObject, o: Observed): Change | undefined {
  if (isDisowned(live, o)) return 'disowned';
  const [before, restore, system] = [recorded(live, o), o.provider.endedRestore(o), o.provider.system(o)];
  if (before === undefined) return restore !== undefined && (isUnseen(restore.at, o) || isOthers(live, o)) ? 'restored' : undefined;
  if (restore !== undefined && restore.id !== before.restore) return 'restored';
  return system !== undefined && before.system !== undefined && system !== before.system ? 'replaced' : undefined;
}

/** What has happened to the data since its lineage was recorded; undefined if nothing has, or if there is no record to compare with. */
export const lineageChange = memo((o): Change | undefined => {
  const live = o.provider.live(o);
  return live && changeOf(live, o);
});

/**
 * How often the database operator was made to write the role again, with a change that is found now. If it has not done so since the last time, that request is still
 * open: another request might equal the statement that it wrote before, which it would not write again.
 */
export const roleWrites = memo((o): number => {
  const live = o.provider.live(o);
  const before = live && recorded(live, o);
  const isPending = live !== undefined && before?.users !== undefined && before.users === o.provider.loginRevision(o);
  return (before?.writes ?? 0) + (lineageChange(o) === undefined || isPending ? 0 : 1);
});

/** How often the data of the database was replaced, with a change that is found now. */
export const dataChanges = memo((o): number => {
  const live = o.provider.live(o);
  const before = live === undefined ? 0 : (recorded(live, o)?.changes ?? 0);
  return before + (lineageChange(o) === undefined ? 0 : 1);
});

/** What a restore by hand has given up whose end is not on record yet. Those of the operator are on record with their requests. */
function givenUpSince(before: Lineage | undefined, o: Observed): readonly GivenUp[] {
  const ended = o.provider.endedRestore(o);
  const isNew = before === undefined ? lineageChange(o) === 'restored' : ended?.id !== before.restore;
  const found = isNew ? o.provider.restores.givenUpByOthers(o) : undefined;
  return found === undefined ? [] : [found];
}

/**
 * The lineage to record; undefined if there is none. The first record comes with a write that is needed anyway (`isWritten`), or when there is
 * something to compare with later: so an unchanged Bestie of a former release is left as it is.
 */
export function lineage(isWritten: boolean, o: Observed): Lineage | undefined {
  const live = o.provider.live(o);
  if (live === undefined) return undefined;
  const before = recorded(live, o);
  const isDue = isWritten || lineageChange(o) !== undefined || (before === undefined && o.provider.isRestoring(o));
  if (!isDue) return before;
  const known = {
    system: o.provider.system(o) ?? before?.system,
    restore: o.provider.endedRestore(o)?.id ?? before?.restore,
    users: lineageChange(o) === undefined ? before?.users : o.provider.loginRevision(o),
  };
  const givenUp = [...(before?.givenUp ?? []), ...givenUpSince(before, o)];
  return { ...stated(known), changes: dataChanges(o), writes: roleWrites(o), givenUp };
}

/** That of a database which is to be a copy: it begins with the restore that fills it. */
export const copiedLineage = ({ provider, bestie }: Observed): Lineage => ({
  restore: provider.copies.requestId(provider.nameOf(bestie.metadata.name)),
  changes: 0,
  writes: 0,
  givenUp: [],
});

/** As it is written. */
export const lineageText = ({ system, restore, users, changes, writes, givenUp }: Lineage): string =>
  JSON.stringify({
    ...stated({ system, restore, users }),
    ...(changes > 0 && { changes }),
    ...(writes > 0 && { writes }),
    ...(givenUp.length > 0 && { givenUp: givenUp.slice(-GIVEN_UP_LIMIT) }),
  });
