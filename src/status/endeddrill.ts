/** The drill whose end an answer puts on record: that happens once, because the record is on the object of the database, and status may be lost. */
import { kindKey, type Manifest } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { drillCopy } from '../observed/drill.ts';
import { drillOf, drillRecord, drillRecordIn } from '../observed/drillrecord.ts';

export interface EndedDrill {
  id: string;
  /** RFC 3339 time at which it began: a token may be used again. */
  since: string;
  hasSucceeded: boolean;
}

/** Undefined where no drill has ended. Nothing has where the record is not written, as in a pause. `children` are those of the answer. */
export function endedDrill(children: readonly Manifest[], o: Observed): EndedDrill | undefined {
  const [copy, live] = [drillCopy(o), o.provider.live(o)];
  if (copy === undefined || live === undefined) return undefined;
  const database = children.find((each) => kindKey(each) === kindKey(live) && each.metadata.name === live.metadata.name);
  const { last } = drillRecordIn(database?.metadata.annotations?.[annotations.drills]);
  const { id, since } = drillOf(copy, o);
  return last?.id === id && drillRecord(o).last?.id !== id ? { id, since, hasSucceeded: last.hasSucceeded } : undefined;
}
