/**
 * The last known state of each Bestie, as text for Prometheus. prom-client would put the labels of every series together at every scrape:
 * with ten thousand Besties that takes longer than a scrape may. Here they are put together when the answer about a Bestie is recorded.
 */
import type { StateRow, View } from './staterow.ts';
import { stateTable } from './statetable.ts';

/** Besties that one replica remembers at most; beyond that, the one with the oldest answer is forgotten. */
export const MAX_BESTIES = 20_000;

/** Characters of a label's value: an unacceptable spec may hold any text. */
const MAX_LABEL = 256;

/** Seconds between two searches for what has expired; a scrape searches too. */
const SWEEP_EVERY = 10;

const rows: readonly StateRow[] = Object.values(stateTable);
const longest = Math.max(...rows.map(({ keep }) => keep));
const shortest = Math.min(...rows.map(({ keep }) => keep));

interface Entry {
  namespace: string;
  at: number;
  /** The lines of each row of the table, in its order. */
  lines: string[];
}

export interface States {
  /** Remembers what was answered about a Bestie. */
  update: (bestie: { namespace: string; name: string }, view: View) => void;
  /** The exposition of what has not expired at a unix time in seconds. */
  render: (now: number) => string;
}

/** Is called when the first Bestie of a Namespace appears, and when the last one is forgotten. */
interface Follower {
  appeared: (namespace: string) => void;
  vanished: (namespace: string) => void;
}

const escaped = (value: unknown): string =>
  (typeof value === 'string' ? value.slice(0, MAX_LABEL) : '').replace(/["\\\n]/g, (found) => (found === '\n' ? '\\n' : `\\${found}`));

/** The pieces of a line, to be joined at once: strings that are added up one by one are copied together again at every scrape. */
function line({ name, labels }: StateRow, identity: string, [value, ...values]: readonly unknown[]): string[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) return [];
  return [name, identity, ...labels.flatMap((label, index) => [',', label, '="', escaped(values[index]), '"']), '} ', String(value), '\n'];
}

const header = ({ name, type, help }: StateRow): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;

export function createStates({ appeared, vanished }: Follower): States {
  // In the order of their last answer, the oldest first.
  const entries = new Map<string, Entry>();
  const perNamespace = new Map<string, number>();
  let sweptAt = 0;

  const enter = (namespace: string): void => {
    const count = perNamespace.get(namespace) ?? 0;
    if (count === 0) appeared(namespace);
    perNamespace.set(namespace, count + 1);
  };
  const forget = (key: string, { namespace }: Entry): void => {
    entries.delete(key);
    const count = (perNamespace.get(namespace) ?? 1) - 1;
    if (count > 0) perNamespace.set(namespace, count);
    else if (perNamespace.delete(namespace)) vanished(namespace);
  };
  const sweep = (now: number): void => {
    sweptAt = now;
    for (const [key, entry] of entries) {
      const age = now - entry.at;
      // A time in the future is from before the clock was set back: it would count as the newest until then.
      if (age < -shortest || age > longest) forget(key, entry);
      else if (age <= shortest) break;
      else entry.lines = entry.lines.map((text, index) => (age > (rows[index]?.keep ?? 0) ? '' : text));
    }
  };

  return {
    update: ({ namespace, name }, view) => {
      const key = `${namespace}/${name}`;
      const identity = `{namespace="${escaped(namespace)}",bestie="${escaped(name)}"`;
      const textOf = (row: StateRow): string =>
        view.isGone && row.keep < longest
          ? ''
          : row
              .of(view)
              .flatMap((sample) => line(row, identity, sample))
              .join('');
      if (!entries.delete(key)) enter(namespace);
      entries.set(key, { namespace, at: view.at, lines: rows.map(textOf) });
      const oldest = entries.size > MAX_BESTIES ? entries.entries().next().value : undefined;
      if (oldest !== undefined) forget(...oldest);
      if (Math.abs(view.at - sweptAt) > SWEEP_EVERY) sweep(view.at);
    },
    render: (now) => {
      sweep(now);
      const all = [...entries.values()];
      return rows.flatMap((row, index) => [header(row), ...all.map(({ lines }) => lines[index] ?? '')]).join('');
    },
  };
}
