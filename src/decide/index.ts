/** What the state machines decide, before the children are built: the version first, then the one operation on the database. */
import type { Observed } from '../api/observed.ts';
import type { Readiness } from '../api/kubernetes.ts';
import type { Decisions } from '../api/decisions.ts';
import type { Context } from '../api/child.ts';
import { carriedOut, onDemand, type Operation } from './backup.ts';
import { usedBackup } from './migrationgate.ts';
import { upgrade, type Upgrade } from './upgrade.ts';

function migration({ isBarred, to, gate }: Upgrade): Decisions['migration'] {
  const unwanted: Readiness = {
    status: 'False',
    reason: 'UpgradeFailed',
    message: `the migrations of ${to} are not completed; see UpgradeFailed`,
  };
  if (isBarred) return unwanted;
  return gate === undefined ? 'go' : { ...gate, message: `before the migrations of ${to}: ${gate.message}` };
}

/** What stays, or comes, onto the PostgresCluster. A backup on demand that has succeeded is noted, and asked for no more. */
function operations({ armed, run }: Operation, o: Observed): Pick<Decisions, 'backup' | 'evidence' | 'onDemand'> {
  // What was asked for last may have ended while something else is to be asked for now.
  const last = o.provider.backups.request(o);
  const isDone =
    last?.purpose === 'on-demand' && onDemand(o)?.key === last.key && o.provider.backups.stateOf(last, o).state === 'succeeded';
  const token = isDone ? o.bestie.spec.database.backups.onDemand : carriedOut(o);
  return {
    ...(armed !== undefined && !(isDone && armed.id === last.id) && { backup: armed }),
    ...(armed?.purpose === 'pre-upgrade' && run?.state === 'succeeded' && { evidence: armed.id }),
    ...(token !== undefined && { onDemand: token }),
  };
}

export function decide(o: Observed): { world: Context; upgrade: Upgrade } {
  const decision = upgrade(o);
  const { image, lastGood, failure, failures, backup, refused } = decision;
  const used = usedBackup(o);
  const decisions: Decisions = {
    image,
    ...(lastGood !== undefined && { lastGood }),
    ...(failure && { failure }),
    failures,
    ...(refused && { refused }),
    migration: migration(decision),
    ...operations(backup, o),
    ...(used !== undefined && { usedBackup: used }),
  };
  return { world: { ...o, decisions }, upgrade: decision };
}
