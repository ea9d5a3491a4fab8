/**
 * What Postgres and pgBackRest make of a restore: each restore begins another history of the data, and a moment is reached from a backup only along the
 * history that is followed. Times are in milliseconds.
 */

export interface Backup {
  repo: string;
  startedAt: number;
  endedAt: number;
  /** The history that it was taken on. */
  history: number;
}

/** What the data was from that moment on, by the images whose migrations it had. */
export interface State {
  at: number;
  held: readonly string[];
}

/** A moment of a history. */
export interface Point {
  history: number;
  at: number;
}

interface History {
  /** Where it begins; the first one begins nowhere. */
  parent?: Point;
  states: State[];
  since: number;
  /** When another one took its place. */
  until: number;
}

/** What is restored: from which backup and how far, along the latest history or along that of the backup. */
export interface Target {
  repo: string;
  /** The moment; left out for the end of the history. */
  at?: number;
  /** Not beyond the end of the backup. */
  isImmediate: boolean;
  label?: string;
  isOwnHistory: boolean;
}

/** `fails`: the Job ends; `hangs`: the log ends before the target, and Postgres starts again and again. */
export type Outcome = { held: readonly string[]; from: Point } | 'fails' | 'hangs';

export interface Timelines {
  now: () => readonly string[];
  states: () => readonly State[];
  backups: () => readonly Backup[];
  write: (at: number, held: readonly string[]) => void;
  backUp: (backup: Omit<Backup, 'history'>) => void;
  /** What the data was at that moment, whatever became of it. */
  was: (at: number) => readonly string[];
  /** What Postgres makes of it at that time. */
  outcomeOf: (target: Target, now: number) => Outcome;
  /** Another history, from that point on. */
  fork: (at: number, held: readonly string[], from: Point) => void;
  /** The point of the present data at that moment. */
  point: (at: number) => Point;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** As pgBackRest names a full backup. */
export function labelOf({ startedAt }: Backup): string {
  const at = new Date(startedAt);
  const date = `${at.getUTCFullYear()}${two(at.getUTCMonth() + 1)}${two(at.getUTCDate())}`;
  return `${date}-${two(at.getUTCHours())}${two(at.getUTCMinutes())}${two(at.getUTCSeconds())}F`;
}

/** The data begins empty, or with what was copied into it. */
export function createTimelines(since: number, begin: readonly string[] = []): Timelines {
  const histories: History[] = [{ states: [{ at: since, held: begin }], since, until: Infinity }];
  const all: State[] = [{ at: since, held: begin }];
  const backups: Backup[] = [];
  const current = (): number => histories.length - 1;
  const history = (index: number): History => histories[index] ?? { states: [], since: 0, until: Infinity };

  /** The point of the data at that moment, along that history and those before it. */
  const pointAt = (index: number, at: number): Point => {
    const { parent, since: begin } = history(index);
    return parent === undefined || at >= begin ? { history: index, at } : pointAt(parent.history, Math.min(at, parent.at));
  };
  const heldAt = (point: Point): readonly string[] => {
    const { states, parent } = history(point.history);
    return states.findLast(({ at }) => at <= point.at)?.held ?? (parent === undefined ? [] : heldAt(pointAt(parent.history, parent.at)));
  };
  /** Whether a history leads on from that backup. */
  const leadsFrom = (backup: Backup, index: number): boolean => {
    const { parent } = history(index);
    if (backup.history === index) return true;
    if (parent === undefined) return false;
    return parent.history === backup.history ? backup.endedAt <= parent.at : leadsFrom(backup, parent.history);
  };
  const write = (at: number, held: readonly string[]): void => {
    history(current()).states.push({ at, held });
    all.push({ at, held });
  };
  /** pgBackRest takes the newest backup before the moment; where there is none, the newest of all. */
  const baseOf = ({ repo, at = Infinity, label }: Target): Backup | undefined => {
    const own = backups.filter((backup) => backup.repo === repo);
    if (label !== undefined) return own.find((backup) => labelOf(backup) === label);
    return own.findLast(({ endedAt }) => endedAt <= at) ?? own.at(-1);
  };

  return {
    now: () => heldAt({ history: current(), at: Infinity }),
    states: () => all,
    backups: () => backups,
    write,
    backUp: (backup) => backups.push({ ...backup, history: current() }),
    was: (at) => all.findLast((state) => state.at <= at)?.held ?? [],
    outcomeOf: (target, now) => {
      const base = baseOf(target);
      if (base === undefined) return 'fails';
      const followed = target.isOwnHistory ? base.history : current();
      const at = target.isImmediate ? base.endedAt : (target.at ?? now);
      if (!leadsFrom(base, followed) || at < base.endedAt) return 'fails';
      if (at > Math.min(history(followed).until, now)) return 'hangs';
      const from = pointAt(followed, at);
      return { held: heldAt(from), from };
    },
    fork: (at, held, from) => {
      history(current()).until = at;
      histories.push({ parent: from, states: [], since: at, until: Infinity });
      write(at, held);
    },
    point: (at) => pointAt(current(), at),
  };
}
