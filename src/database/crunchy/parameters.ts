/** Parameters of Postgres that a live PostgresCluster sets, ours and those of others. Source: PGO writes those of spec.config over those of spec.patroni. */
import type { BestieSpec } from '../../api/bestie.ts';
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Live } from '../../api/kubernetes.ts';
import { firstFew } from '../../lib/firstfew.ts';

type Values = Record<string, unknown>;

/** The fields of parameters in a PostgresCluster; a later one wins. */
const places: readonly (readonly string[])[] = [
  ['patroni', 'dynamicConfiguration', 'postgresql', 'parameters'],
  ['config', 'parameters'],
];

export interface Parameter {
  value: unknown;
  /** The keys that lead from the spec of the PostgresCluster to it. */
  path: readonly string[];
}

const within = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Values)[key] : undefined;

/** The parameters that are set, by name in lower case, as Postgres compares names; null means not set. */
function parametersOf(live: KubeObject | undefined): ReadonlyMap<string, Parameter> {
  const all = places.flatMap((place) => {
    const values = place.reduce(within, live?.spec);
    const set = typeof values === 'object' && values !== null ? Object.entries(values) : [];
    return set
      .filter(([, value]) => value != null)
      .map(([name, value]): [string, Parameter] => [name.toLowerCase(), { value, path: [...place, name] }]);
  });
  return new Map(all);
}

/** How Postgres spells true. */
const TRUE = /^(?:on|t|tr|tru|true|y|ye|yes|1)$/i;

/** The parameter that makes every transaction read-only by default; undefined if it is not on. */
export function readOnlyParameter(live: KubeObject): Parameter | undefined {
  const found = parametersOf(live).get('default_transaction_read_only');
  return TRUE.test(String(found?.value)) ? found : undefined;
}

const MAX_CONNECTIONS = 'max_connections';

/**
 * The parameters that the spec sets; undefined if it sets none. They are sent in spec.patroni and not in spec.config: PGO reads a number there as one
 * of 32 bits, and a greater one would keep it from reading any PostgresCluster.
 */
export function ownParameters({ parameters, maxConnections }: Live<BestieSpec['database']>): Record<string, string | number> | undefined {
  const all = { ...parameters, ...(maxConnections != null && { [MAX_CONNECTIONS]: maxConnections }) };
  return Object.keys(all).length === 0 ? undefined : all;
}

/**
 * Whether this Bestie sets it, or did until a moment ago, in the place and the spelling in which it is sent. An unacceptable spec may lack any field.
 */
function isOurs({ path }: Parameter, live: KubeObject | undefined, o: Observed): boolean {
  const name = path.at(-1) ?? '';
  if (path[0] !== 'patroni') return false;
  const { database } = o.bestie.spec as Live<BestieSpec>;
  const sent = path.reduce(within, live && o.applied(live)?.spec);
  return within(database && ownParameters(database), name) !== undefined || sent != null;
}

/**
 * max_connections as others set it: undefined if they do not, or if the value of this Bestie wins.
 * A value in spec.config wins over the one that the operator sends.
 */
export function othersMaxConnections(live: KubeObject | undefined, o: Observed): { limit: number; path: readonly string[] } | undefined {
  const found = parametersOf(live).get(MAX_CONNECTIONS);
  if (found === undefined || isOurs(found, live, o)) return undefined;
  const limit = Number(found.value);
  return !Number.isSafeInteger(limit) || limit <= 0 ? undefined : { limit, path: found.path };
}

/** Characters of a name in a message: Postgres has no longer ones. */
const LONGEST = 63;

/** In words, the parameters that others set, sorted; undefined if there are none. */
export function othersParameters(live: KubeObject, o: Observed): string | undefined {
  const names = [...parametersOf(live)].flatMap(([name, found]) => (isOurs(found, live, o) ? [] : [name])).sort();
  if (names.length === 0) return undefined;
  return `Postgres parameters set by others: ${firstFew(names.map((name) => name.slice(0, LONGEST)))}`;
}
