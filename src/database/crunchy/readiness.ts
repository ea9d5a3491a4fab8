/** How far the database is: usable, or the most important difference from the spec. */
import type { Observed } from '../../api/observed.ts';
import type { KubeObject, Readiness } from '../../api/kubernetes.ts';
import { secondsSince } from '../../lib/time.ts';
import { isRestoring, isUsable } from './cluster.ts';
import { CLUSTER_LABEL } from './names.ts';
import { lateOperator } from './lateness.ts';
import { checkPriority, describedCluster, pendingCluster } from './priority.ts';
import { before, factsOf, states, type Facts, type State } from './states.ts';
import { copyBegins, copyFinding, isToBeCopied } from '../../observed/copyfinding.ts';
import { isCopying } from '../../observed/copyrecord.ts';
import { lasting } from '../../observed/lasting.ts';
import { othersParameters } from './parameters.ts';
import { poolerStates } from './poolerstates.ts';
import { stoppedDatabase } from './switches.ts';
import { aboutDatabase, isReported } from '../../observed/reported.ts';
import { kubectl } from '../../observed/commands.ts';

/** Seconds that a new database may take to start. */
const PROVISIONING_SECONDS = 900;

/** The readiness while a new database is being created, observed or not. */
const underway = (cluster: string): Readiness => ({ status: 'False', reason: 'Provisioning', message: `${cluster} is coming up` });

/** The readiness before it is observed. */
export const pendingReadiness = (name: string, o: Observed): Readiness =>
  isToBeCopied(o) || isCopying(o) ? copyBegins(o) : underway(pendingCluster(name, o));

function saidOf({ reason, words, advice, late }: State, f: Facts): Readiness {
  const [what, help] = [words(f), advice?.(f) ?? ''];
  if (late !== undefined) return lasting({ young: reason, late: late.reason, patience: late.after, words: what, advice: help }, f.o);
  return { status: 'False', reason, message: help === '' ? what : `${what}; ${help}` };
}

function first(table: readonly State[], f: Facts): Readiness | undefined {
  const found = table.find(({ when }) => when(f));
  return found && saidOf(found, f);
}

/** The readiness of a database that never was usable, by its age. */
function comingUp({ live, name, o }: Facts): Readiness {
  const left = PROVISIONING_SECONDS - secondsSince(live.metadata.creationTimestamp, o.now);
  const words = `${describedCluster(live)} has not come up`;
  const report = aboutDatabase(o, { reason: 'ProvisioningStuck' });
  if (left > 0 && !isReported(report, o)) return { ...underway(describedCluster(live)), recheckAfterSeconds: left };
  const why = `${kubectl(o, `describe postgrescluster ${name}`)}, and its pods: ${kubectl(o, `get pods -l ${CLUSTER_LABEL}=${name}`)}`;
  return {
    status: 'False',
    reason: 'ProvisioningStuck',
    message: `${words}; ${checkPriority(live, o)}see its events: ${why}`,
    reports: [report],
  };
}

function usable({ live, name, o }: Facts): Readiness {
  const others = othersParameters(live, o);
  return { status: 'True', reason: 'Usable', message: `PostgresCluster ${name} is usable${others === undefined ? '' : `; ${others}`}` };
}

/** The sooner of two times to look again. */
const sooner = (readiness: Readiness, seconds: number | undefined): Readiness =>
  seconds === undefined ? readiness : { ...readiness, recheckAfterSeconds: Math.min(seconds, readiness.recheckAfterSeconds ?? Infinity) };

/** `serves` if the database serves even so. */
export function databaseReadiness(live: KubeObject | undefined, o: Observed): Readiness {
  if (live === undefined) return pendingReadiness('', o);
  const f = factsOf(live, o);
  const isUp = isUsable(live);
  const serving = (readiness: Readiness): Readiness => (isUp ? { ...readiness, serves: true } : readiness);
  const copy = copyFinding(o);
  const switched = first(before, f) ?? (copy?.reason === 'CopyFailed' ? copy : (stoppedDatabase(live, o) ?? copy));
  if (switched !== undefined) return serving(switched);
  // Until a restore has ended PGO reconciles nothing else, and its observed generation stays behind.
  const { late, recheckAfterSeconds } = isRestoring(live) ? {} : lateOperator(live, o);
  if (late !== undefined) return serving(late);
  const state = first(states, f) ?? first(poolerStates, f);
  if (state !== undefined) return sooner(serving(state), recheckAfterSeconds);
  return sooner(isUp ? usable(f) : comingUp(f), recheckAfterSeconds);
}
