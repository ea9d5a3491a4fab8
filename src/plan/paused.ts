/**
 * The answer for a Bestie that a person has paused: every child stays as it was last applied, and nothing is made or deleted. What is observed
 * is said as ever; what only a plan that is carried out may say is what status said before.
 */
import { refusedCreations } from '../status/findings.ts';
import type { ConditionType } from '../api/condition.ts';
import type { Reason } from '../api/reason.ts';
import { isEqual } from '../lib/equal.ts';
import { kinds } from '../api/kinds.ts';
import { type Observed, type Plan, type Status } from '../api/observed.ts';
import { observedChildren } from '../observed/children.ts';
import { kindKey, type KubeObject, type Manifest, type Readiness } from '../api/kubernetes.ts';
import { annotations } from '../api/names.ts';
import { childrenOf } from '../children/index.ts';
import { deployment, deploymentReadiness, rollout } from '../observed/deployment.ts';
import { previousConditions } from '../observed/previousconditions.ts';
import { withTransitionTimes, withSummary, type Findings } from '../status/conditions.ts';
import { repositoryReadiness } from '../status/upgradeconditions.ts';
import { asLastApplied } from '../observed/aslastapplied.ts';
import { unsupportedStrategy } from './hold.ts';
import { lastUpgrade } from '../status/history.ts';
import { operationsOf, type Operation } from '../observed/operations.ts';
import { resume } from '../status/pause.ts';
import { knownRefusals, type PendingChange } from '../observed/pendingchanges.ts';

/** Objects that a message names; the others are counted. */
const NAMED = 5;

/** What time alone brings about: nothing is late while it waits for a person. */
const lapsed: ReadonlySet<Reason> = new Set<Reason>(['NotApplied', 'BackupTimeout']);

/** What the spec alone says of an upgrade, whether or not anything is done. */
const refusals: ReadonlySet<Reason> = new Set<Reason>(['DowngradeRefused', 'MajorSkipRefused']);

const verbs = { create: 'creation of', update: 'update of', delete: 'deletion of' } as const satisfies Record<
  Operation['operation'],
  string
>;

/** What would be done, in words. */
function waiting(operations: readonly Operation[]): string {
  const words = operations.map(({ operation, kind, name }) => `${verbs[operation]} ${kind} ${name}`).sort();
  const more = words.length - NAMED;
  return `${words.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** A child as it is. Whoever scales the Deployment by hand meanwhile is let. */
function standing(live: KubeObject, o: Observed): Manifest {
  const manifest = asLastApplied(live, o);
  const { asked } = rollout(live);
  const isScalable = live.kind === kinds.deployment.kind && manifest.spec !== undefined && asked !== undefined;
  return isScalable ? { ...manifest, spec: { ...manifest.spec, replicas: asked } } : manifest;
}

/** Whether an update takes over a value of others and nothing else: that waits for nothing, for the pause does it, too. */
function isTheirs({ operation, kind, name }: Operation, children: readonly Manifest[], o: Observed): boolean {
  const child = children.find((each) => each.kind === kind && each.metadata.name === name);
  const live = child && o.child(kindKey(child), name);
  if (operation !== 'update' || live === undefined) return false;
  const kept = standing(live, o);
  const notes = ({ metadata }: Manifest): object =>
    Object.fromEntries(Object.entries(metadata.annotations ?? {}).filter(([key]) => key !== annotations.contested));
  return child !== undefined && isEqual(kept.spec, child.spec) && isEqual(notes(kept), notes(child));
}

/** How far the observed Deployment is, whatever the spec wants by now. */
function observedDeployment(live: KubeObject, o: Observed): Readiness {
  const { size } = o.bestie.spec;
  return deploymentReadiness(live, o, Math.min(rollout(live).asked ?? size, size));
}

/** What is said of a condition while its object waits to be made; that its name is taken stays so. */
function withheld(type: ConditionType, operations: readonly Operation[], o: Observed): Readiness {
  const before = previousConditions(o.bestie.status).get(type);
  if (before?.reason === 'NotApplied') return before;
  // Of what was never there nothing is known that could be wrong.
  const status = before === undefined || before.status === 'Unknown' ? 'Unknown' : 'False';
  return { status, reason: 'Paused', message: `the Bestie is paused; waiting: ${waiting(operations)}` };
}

type Found = Map<ConditionType, Readiness>;

/** Conditions of the children: as planned, where nothing has to be done for them to be so. */
function ofChildren(found: Found, operations: readonly Operation[], o: Observed): void {
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

/** What is up to the state machines is as it was. */
function ofOthers(found: Found, o: Observed): void {
  const before = previousConditions(o.bestie.status);
  const keep = (type: ConditionType, readiness: Readiness | undefined): void => {
    if (readiness === undefined) found.delete(type);
    else found.set(type, readiness);
  };
  for (const type of ['UpgradeFailed', 'RolledBack', 'DatabaseGuarded'] as const) {
    const planned = found.get(type);
    const isQuiet = planned !== undefined && ['NoFailure', 'NotRolledBack', 'Guarded'].includes(planned.reason);
    if (!isQuiet && !(planned !== undefined && refusals.has(planned.reason))) keep(type, before.get(type));
  }
  const backup = before.get('BackupReady');
  if (found.has('BackupReady'))
    keep('BackupReady', backup?.reason === 'BackupFailed' || backup?.reason === 'BackupTimeout' ? backup : repositoryReadiness(o));
  if (steps.has(found.get('DatabaseSeeded')?.reason ?? 'Paused') && found.get('UpgradeFailed')?.status !== 'True')
    found.set('DatabaseSeeded', {
      status: 'False',
      reason: 'Paused',
      message: 'the Bestie is paused; the migrations of the wanted image are not completed',
    });
  for (const [type, { reason }] of found) if (lapsed.has(reason) && before.get(type)?.reason !== reason) keep(type, before.get(type));
}

/** Conditions that say what the others come to. */
const summaries: ReadonlySet<ConditionType> = new Set(['Ready', 'Reconciling', 'Stalled']);

/** Ready claims nothing about a spec that is not carried out, and Reconciling no work that is not done. */
function concluded(found: Found, operations: readonly Operation[], isContested: boolean, o: Observed): Findings {
  const all = new Map(withSummary(found, { obstacle: unsupportedStrategy(o), isContested }));
  const ready = all.get('Ready');
  const why = operations.length > 0 ? `the Bestie is paused; waiting: ${waiting(operations)}` : ready?.message;
  if (operations.length > 0 || ready?.reason === 'Paused')
    all.set('Ready', { status: 'False', reason: 'Paused', message: `${why ?? ''}; to go on: ${resume(o)}` });
  if (all.get('Stalled')?.status !== 'True')
    all.set('Reconciling', { status: 'False', reason: 'Paused', message: 'nothing is changed while the Bestie is paused' });
  return all;
}

/** The address by which users come, until what leads there is changed. */
function url(planned: Status['url'], operations: readonly Operation[], o: Observed): Pick<Status, 'url'> {
  const leads: readonly string[] = [kinds.ingress.kind, kinds.route.kind, kinds.service.kind];
  const isMoving = operations.some(({ kind }) => leads.includes(kind));
  const known = isMoving ? (o.bestie.status.url ?? undefined) : planned;
  return known === undefined ? {} : { url: known };
}

/** What is answered instead of the plan, which is carried out once the pause is over. */
export function paused({ children, status }: Plan, o: Observed): Plan {
  const operations = operationsOf(children, o).filter((operation) => !isTheirs(operation, children, o));
  const found: Found = new Map(
    status.conditions.filter(({ type }) => !summaries.has(type)).map(({ type, lastTransitionTime: _, ...readiness }) => [type, readiness]),
  );
  ofChildren(found, operations, o);
  ofOthers(found, o);
  const { upgrade: _, url: planned, pendingChanges: __, creations: ___, ...facts } = status;
  const upgrade = lastUpgrade(o);
  const isWaiting = ({ kind, name, operation: change }: PendingChange): boolean =>
    operations.some((each) => each.kind === kind && each.name === name && each.operation === change.toLowerCase());
  const pendingChanges = knownRefusals(o).filter(isWaiting);
  return {
    children: observedChildren(o).map((live) => standing(live, o)),
    status: {
      ...facts,
      ...refusedCreations(o),
      ...(pendingChanges.length > 0 && { pendingChanges }),
      ...url(planned, operations, o),
      ...(upgrade && { upgrade }),
      conditions: withTransitionTimes(concluded(found, operations, facts.contestedFields !== undefined, o), o.bestie, o.now),
    },
  };
}
