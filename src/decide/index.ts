/** What the state machines decide, before the children are built: the version first, then the one operation on the database. */
import type { Readiness } from '../api/kubernetes.ts';
import type { Decisions } from '../api/decisions.ts';
import { memo } from '../observed/memo.ts';
import { hasSucceeded, requestOf, type DatabaseOperation } from './operation.ts';
import type { Context } from '../api/child.ts';
import { databaseDecisions } from './databasedecisions.ts';
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

/** The id of the backup before the migrations of the target, once it has succeeded. */
function preUpgradeBackup(operation: DatabaseOperation): Pick<Decisions, 'preUpgradeBackup'> {
  const request = requestOf(operation);
  return (request?.purpose === 'pre-upgrade' || request?.purpose === 'quiet-upgrade') && hasSucceeded(operation)
    ? { preUpgradeBackup: request.id }
    : {};
}

/** The context with every decision, and the decision about the version. */
export const decide = memo((o): { context: Context; upgrade: Upgrade } => {
  const decision = upgrade(o);
  const { image, lastGood, failure, failures, operation, refused, stopped } = decision;
  const decisions: Decisions = {
    image,
    ...(lastGood !== undefined && { lastGood }),
    ...(failure && { failure }),
    failures,
    ...(refused && { refused }),
    ...(stopped && { stopped }),
    migration: migration(decision),
    ...preUpgradeBackup(operation),
    ...databaseDecisions(operation, o),
  };
  return { context: { ...o, decisions }, upgrade: decision };
});
