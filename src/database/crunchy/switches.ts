/** The switches of a PostgresCluster that a user sets, and what each stops. */
import type { KubeObject, Readiness } from '../../api/kubernetes.ts';
import type { Observed } from '../../api/observed.ts';
import { patchSpec } from '../../observed/commands.ts';
import { isStandby, switchesOf } from './cluster.ts';
import { readOnlyParameter } from './parameters.ts';

interface Switch {
  isOn: (live: KubeObject) => boolean;
  reason: 'Suspended' | 'DatabaseReadOnly';
  words: string;
  /** What switches it back, to be merged into the spec. */
  undo: (live: KubeObject) => object;
}

/** One row per switch of a PostgresCluster, the first that is on. While it is paused, the others may have been set without effect. */
const switches: readonly Switch[] = [
  {
    isOn: (live) => switchesOf(live).paused === true,
    reason: 'Suspended',
    words: 'is paused, so the database operator neither changes it nor updates its status',
    undo: () => ({ paused: false }),
  },
  {
    isOn: (live) => switchesOf(live).shutdown === true,
    reason: 'Suspended',
    words: 'is shut down',
    undo: () => ({ shutdown: false }),
  },
  {
    isOn: isStandby,
    reason: 'DatabaseReadOnly',
    words: 'is a standby and takes no writes, so nothing is migrated or backed up',
    undo: () => ({ standby: { enabled: false } }),
  },
  {
    isOn: (live) => readOnlyParameter(live) !== undefined,
    reason: 'DatabaseReadOnly',
    words: 'has default_transaction_read_only on and takes no writes, so nothing is migrated or backed up',
    undo: (live) => (readOnlyParameter(live)?.path ?? []).reduceRight<unknown>((inner, key) => ({ [key]: inner }), null) as object,
  },
];

/** The switch of a user that stops the database, its writes, or its reconciliation; undefined if there is none. */
export function stoppedDatabase(live: KubeObject | undefined, o: Observed): Readiness | undefined {
  const found = live && switches.find(({ isOn }) => isOn(live));
  if (live === undefined || found === undefined) return undefined;
  const { name } = live.metadata;
  const message = `PostgresCluster ${name} ${found.words}; to resume: ${patchSpec(o, 'postgrescluster', name, found.undo(live))}`;
  return { status: 'False', reason: found.reason, message };
}
