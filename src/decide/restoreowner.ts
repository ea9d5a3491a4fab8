/** Whose requests the record of restores is about: a database may have belonged to another Bestie, or have lost its record. */
import type { Observed } from '../api/observed.ts';
import { ownerOf, restoreRecord, type RestoreRecord } from '../observed/restorerecord.ts';
import { firstRepository } from './backup.ts';
import { end, endCurrent, isNew } from './restoreending.ts';
import { wantedWords } from './restoretarget.ts';

/** Whether this Bestie had the database when it was last applied. */
function isOwn(o: Observed): boolean {
  const live = o.provider.live(o);
  const owners = live && (o.applied(live)?.metadata.ownerReferences as readonly { uid?: string }[] | null | undefined);
  return owners?.some(({ uid }) => uid === o.bestie.metadata.uid) === true;
}

/** What the record says; of one that was armed without a record, all that can be known. */
export function recorded(o: Observed): RestoreRecord {
  const record = restoreRecord(o) ?? { by: isOwn(o) ? ownerOf(o) : '', ended: [], recent: [], givenUp: [] };
  const armed = o.provider.restores.armed(o);
  if (record.current !== undefined || armed === undefined) return record;
  return {
    ...record,
    current: { id: armed, request: armed, target: { type: 'latest' }, repo: firstRepository(o), since: o.now, stage: 'Armed' },
  };
}

/** A request of another Bestie that nothing was changed for yet is none of this one. */
function disown(record: RestoreRecord, o: Observed): RestoreRecord {
  const { current } = record;
  return current?.stage === 'Requested' ? endCurrent(record, current, 'PassedOver', o) : record;
}

/** A request that was there before the database was this Bestie's is for other data. */
export function passOver(record: RestoreRecord, o: Observed): RestoreRecord {
  const by = ownerOf(o);
  if (o.provider.live(o) !== undefined && record.by === by) return record;
  const mine = disown({ ...record, by }, o);
  const wanted = o.bestie.spec.restore;
  if (wanted === undefined || !isNew(wanted.id, mine)) return mine;
  return end(mine, { id: wanted.id, outcome: 'PassedOver', target: wantedWords(wanted) }, o);
}
