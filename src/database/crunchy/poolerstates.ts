/** The states of PgBouncer while it is not as wanted. The database serves in each of them. */
import { kubectl } from '../../observed/commands.ts';
import { isUsable } from './cluster.ts';
import { CLUSTER_LABEL, ROLE_LABEL } from './names.ts';
import { appliedPooler, isLetIn, isPoolerRequested, isPoolerUp, poolerPods } from './pooler.ts';
import type { Facts, State } from './states.ts';

/** Whether PgBouncer is there on behalf of this operator, and does not take connections as it should. */
const isMissing = ({ live, o }: Facts): boolean =>
  isUsable(live) && isPoolerRequested(live) && appliedPooler(live, o) !== undefined && !isPoolerUp(live, o);

const arePodsReady = ({ live }: Facts): boolean => poolerPods(live).ready >= poolerPods(live).wanted;

const late = { reason: 'PoolerStuck', after: 600 } as const;
const describe = ({ o, name }: Facts): string => kubectl(o, `describe postgrescluster ${name}`);
const pods = ({ o, name }: Facts): string => kubectl(o, `describe pods -l ${CLUSTER_LABEL}=${name},${ROLE_LABEL}=pgbouncer`);

export const poolerStates: readonly State[] = [
  {
    when: (f) => isMissing(f) && arePodsReady(f) && !isLetIn(f.live, f.o),
    reason: 'PoolerNotReady',
    words: ({ name }) => `PgBouncer of PostgresCluster ${name} has no login to the database`,
    late,
    advice: (f) => `the log of Crunchy PGO says what Postgres refuses, and ${describe(f)}`,
  },
  {
    when: isMissing,
    reason: 'PoolerNotReady',
    words: ({ live, name }) =>
      `${poolerPods(live).ready} of ${poolerPods(live).wanted} pods of PgBouncer of PostgresCluster ${name} are ready`,
    late,
    advice: (f) => `see why: ${pods(f)}, and ${describe(f)}`,
  },
];
