/** The conditions of a Bestie that is paused: of what is observed as ever, of what only a plan that is carried out may say as status said before. */
import type { ConditionType } from '../api/condition.ts';
import { kinds } from '../api/kinds.ts';
import type { KubeObject, Readiness } from '../api/kubernetes.ts';
import type { Observed, Status } from '../api/observed.ts';
import type { Reason } from '../api/reason.ts';
import { childrenOf } from '../children/index.ts';
import { firstFew } from '../lib/firstfew.ts';
import { deployment, deploymentReadiness, rollout } from '../observed/deployment.ts';
import type { ChildOperation } from '../observed/operations.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { withSummary, type Findings } from '../status/conditions.ts';
import { resume } from '../status/pause.ts';
import { lateBackup, repositoryReadiness } from '../status/upgradeconditions.ts';
import { unsupportedStrategy } from './hold.ts';

/** What time alone brings about: nothing is late while it needs an action of a user. */
const lapsed: ReadonlySet<Reason> = new Set<Reason>(['NotApplied', 'BackupTimeout']);

/** What the spec alone says of an upgrade, whether or not anything is done. */
const refusals: ReadonlySet<Reason> = new Set<Reason>(['DowngradeRefused', 'MajorSkipRefused']);

const verbs = { create: 'creation of', update: 'update of', delete: 'deletion of' } as const satisfies Record<
  ChildOperation['operation'],
  string
>;

/** What would be done, in words. */
const waiting = (operations: readonly ChildOperation[]): string =>
  firstFew(operations.map(({ operation, kind, name }) => `${verbs[operation]} ${kind} ${name}`).sort());

/** How far the observed Deployment is, whatever the spec wants by now. */
function observedDeployment(live: KubeObject, o: Observed): Readiness {
  const { size } = o.bestie.spec;
  return deploymentReadiness(live, o, Math.min(rollout(live).asked ?? size, size));
}

/** A condition while its object is not created because of the pause; that its name is taken is still reported. */
function withheld(type: ConditionType, operations: readonly ChildOperation[], o: Observed): Readiness {
  const before = previousConditions(o.bestie.status).get(type);
  if (before?.reason === 'NotApplied') return before;
  // Of what was never there nothing is known that could be wrong.
  const status = before === undefined || before.status === 'Unknown' ? 'Unknown' : 'False';
  return { status, reason: 'Paused', message: `the Bestie is paused; waiting: ${waiting(operations)}` };
}

type Found = Map<ConditionType, Readiness>;

/** Conditions of the children: as planned, where nothing has to be done for them to be so. */
function ofChildren(found: Found, operations: readonly ChildOperation[], o: Observed): void {
  for (const { api, condition } of childrenOf(o)) {
    const own = operations.filter(({ kind }) => kind === api.kind);
    const created = own.filter(({ operation }) => operation === 'create');
    if (created.length > 0) found.set(condition, withheld(condition, created, o));
    // What is not wanted any more is there all the same.
    const before = previousConditions(o.bestie.status).get(condition);
    if (own.length > 0 && before !== undefined && !found.has(condition)) found.set(condition, before);
  }
  const live = deployment(o);
  const isChanging = operations.some(({ operation, kind }) => operation === 'update' && kind === kinds.deployment.kind);
  if (live !== undefined && isChanging) found.set('DeploymentReady', observedDeployment(live, o));
}

/** Reasons for which the migrations of the wanted image are not completed that are about the next step of a plan. */
const steps: ReadonlySet<Reason> = new Set<Reason>(['BackingUp', 'BackupFailed', 'BackupTimeout', 'RepositoryNotReady', 'UpgradeFailed']);

/** Reasons for which what a state machine says is that all is well. */
const wells: ReadonlySet<Reason> = new Set<Reason>(['NoFailure', 'NotRolledBack', 'Guarded']);

/** Sets a condition, or takes it away where nothing is known of it. */
function keep(found: Found, type: ConditionType, readiness: Readiness | undefined): void {
  if (readiness === undefined) found.delete(type);
  else found.set(type, readiness);
}

/** Whether a condition of the plan stands although nothing is done: it says that all is well, or what the spec alone says. */
const isStanding = (planned: Readiness | undefined): boolean =>
  planned !== undefined && (wells.has(planned.reason) || refusals.has(planned.reason));

/** What is up to the state machines is as it was. */
function ofOthers(found: Found, o: Observed): void {
  const before = previousConditions(o.bestie.status);
  for (const type of ['UpgradeFailed', 'RolledBack', 'Restored', 'DatabaseGuarded'] as const)
    if (!isStanding(found.get(type))) keep(found, type, before.get(type));
  // Nothing is created meanwhile.
  if (o.provider.live(o) === undefined) keep(found, 'Copied', before.get('Copied'));
  if (found.has('BackupReady')) found.set('BackupReady', lateBackup(o) ?? repositoryReadiness(o));
  if (steps.has(found.get('DatabaseSeeded')?.reason ?? 'Paused') && found.get('UpgradeFailed')?.status !== 'True')
    found.set('DatabaseSeeded', {
      status: 'False',
      reason: 'Paused',
      message: 'the Bestie is paused; the migrations of the wanted image are not completed',
    });
  for (const [type, { reason }] of found)
    if (lapsed.has(reason) && before.get(type)?.reason !== reason) keep(found, type, before.get(type));
}

/** Conditions that say what the others come to. */
const summaries: ReadonlySet<ConditionType> = new Set(['Ready', 'Reconciling', 'Stalled']);

/** Ready claims nothing about a spec that is not carried out, and Reconciling no work that is not done. */
function concluded(found: Found, operations: readonly ChildOperation[], isContested: boolean, o: Observed): Findings {
  const all = new Map(withSummary(found, { obstacle: unsupportedStrategy(o), isContested }));
  const ready = all.get('Ready');
  const why = operations.length > 0 ? `the Bestie is paused; waiting: ${waiting(operations)}` : ready?.message;
  if (operations.length > 0 || ready?.reason === 'Paused')
    all.set('Ready', { status: 'False', reason: 'Paused', message: `${why ?? ''}; to resume: ${resume(o)}` });
  if (all.get('Stalled')?.status !== 'True')
    all.set('Reconciling', { status: 'False', reason: 'Paused', message: 'nothing is changed while the Bestie is paused' });
  return all;
}

/** Instead of the conditions of the plan, while those operations wait. */
export function pausedConditions({ conditions, contestedFields }: Status, operations: readonly ChildOperation[], o: Observed): Findings {
  const found: Found = new Map(
    conditions.filter(({ type }) => !summaries.has(type)).map(({ type, lastTransitionTime: _, ...readiness }) => [type, readiness]),
  );
  ofChildren(found, operations, o);
  ofOthers(found, o);
  return concluded(found, operations, contestedFields !== undefined, o);
}
