/** A drill: a copy of the database that is made from a repository, checked, and removed. */
import type { DrillCopy } from './copyprovider.ts';

/** A drill in progress; times are RFC 3339. `until` is its bound. One by schedule has the time that it was `due`, one on demand a hash of its `token`. */
export interface Drill {
  id: string;
  repo: string;
  since: string;
  until: string;
  due?: string;
  token?: string;
}

/** What is to exist of a drill beside its policy. */
export interface WantedDrill {
  copy?: { drill: Drill; of: DrillCopy };
  hasJob: boolean;
}
