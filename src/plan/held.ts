/** The answer to a spec that cannot be accepted: every child stays as it was last applied, and the status says what is wrong. */
import type { ConditionType } from '../api/condition.ts';
import { kinds } from '../api/kinds.ts';
import {
  kindKey,
  observedChildren,
  type KubeObject,
  type Manifest,
  type Observed,
  type Plan,
  type Readiness,
  type Status,
} from '../api/kubernetes.ts';
import { contestsOf, withLiveValues } from '../api/contested.ts';
import { lacksRecords } from '../api/lastapplied.ts';
import { CONTROLLER_UID_LABEL, names } from '../api/names.ts';
import { ownerReference } from '../children/child.ts';
import { databaseReadiness } from '../children/databasereadiness.ts';
import { rollout } from '../children/rollout.ts';
import { carriedBackup } from './backupstatus.ts';
import { contestedNow } from './contested.ts';
import { dated, previousConditions, waitsForAction } from './conditions.ts';
import { halted, whyHalted } from './halted.ts';
import { heldBackups } from './heldbackups.ts';
import { lastUpgrade } from './history.ts';
import { pause } from './pause.ts';
import { knownRefusals } from './pending.ts';
import { hasService, podFindings, podStatus } from './status.ts';

/** The configuration that leaves an observed child as it is. Where there is no record of one, the name alone takes nothing away. */
export function echo(live: KubeObject, o: Observed): Manifest {
  const { apiVersion, kind, metadata } = live;
  const applied = o.record(live);
  if (applied === undefined) return { apiVersion, kind, metadata: { name: metadata.name } };
  // Metacontroller adds its label by itself, and refuses an answer that holds another value of it.
  const labels = Object.fromEntries(Object.entries(applied.metadata.labels ?? {}).filter(([key]) => key !== CONTROLLER_UID_LABEL));
  // The record of an adopted child names its previous owner, and the collector deletes what belongs to one that is gone.
  const { ownerReferences } = applied.metadata;
  const others = (ownerReferences ?? []).filter((owner) => (owner as { controller?: boolean }).controller !== true);
  const owned = ownerReferences !== undefined && { ownerReferences: [ownerReference(o.bestie), ...others] };
  const { labels: _, ...rest } = applied.metadata;
  const whole: Manifest = { ...applied, metadata: { ...rest, ...(Object.keys(labels).length > 0 && { labels }), ...owned } };
  // What is left to others is theirs now, too.
  const copy = withLiveValues(whole, live, contestsOf(applied.metadata.annotations));
  const { asked } = rollout(live);
  const autoscaled = kind === kinds.deployment.kind && (o.children.get(kindKey(kinds.horizontalPodAutoscaler))?.size ?? 0) > 0;
  return autoscaled && asked !== undefined ? { ...copy, spec: { ...copy.spec, replicas: asked } } : copy;
}

/** A PostgresCluster, whatever its name. */
export const isDatabase = (live: KubeObject): boolean => kindKey(live) === kindKey(kinds.postgresCluster);

/** Databases that a person made children of this Bestie. What an answer leaves out is deleted, so they are never left out. */
export const strangeDatabases = (o: Observed): KubeObject[] =>
  observedChildren(o).filter((live) => isDatabase(live) && live.metadata.name !== names.postgresCluster(o.bestie.metadata.name));

/** What hinders even an acceptable spec: that nothing could be kept as it is, should it ever have to be. */
export function unsupportedStrategy(o: Observed): Readiness | undefined {
  if (!lacksRecords(o)) return undefined;
  const message = 'no child carries a last-applied configuration; run Metacontroller with --apply-strategy=dynamic-apply';
  return { status: 'True', reason: 'UnsupportedApplyStrategy', message };
}

/** What the last status said and this answer cannot know better, less nulls. */
export function carried(o: Observed): Partial<Status> {
  const { appversion, image, url, database } = o.bestie.status;
  const [upgrade, backup] = [lastUpgrade(o), carriedBackup(o)];
  const contested = contestedNow(o);
  const pendingChanges = knownRefusals(o);
  return {
    ...(pendingChanges.length > 0 && { pendingChanges }),
    ...(contested.length > 0 && { contestedFields: contested }),
    ...(upgrade && { upgrade }),
    ...(backup && { backup }),
    ...(appversion != null && { appversion }),
    ...(image != null && { image }),
    ...(url != null && hasService(o) && { url }),
    ...(database != null && {
      database: {
        ...(database.name != null && { name: database.name }),
        ...(database.usable != null && { usable: database.usable }),
        ...(database.migrated != null && { migrated: database.migrated.filter((entry) => entry !== null) }),
      },
    }),
  };
}

export function held(o: Observed): Plan {
  const invalid: Readiness = { status: 'False', reason: 'InvalidSpec', message: o.invalid.join('; ') };
  const pausing = pause(o);
  const stopped = whyHalted(o);
  const backups = heldBackups(o);
  const database = o.child(kindKey(kinds.postgresCluster), names.postgresCluster(o.bestie.metadata.name));
  const found = new Map<ConditionType, Readiness>([
    ...previousConditions(o.bestie.status),
    ...podFindings(o),
    ...(database === undefined ? [] : ([['DatabaseReady', databaseReadiness(database, o)]] as [ConditionType, Readiness][])),
    ...(stopped === undefined ? [] : ([['DeploymentReady', stopped]] as [ConditionType, Readiness][])),
    ...(backups === undefined ? [] : ([['BackupReady', backups.readiness]] as [ConditionType, Readiness][])),
    ...(pausing === undefined ? [] : ([['Paused', pausing]] as [ConditionType, Readiness][])),
    ['Ready', invalid],
    ['Reconciling', waitsForAction],
    ['Stalled', { ...invalid, status: 'True' }],
  ]);
  return {
    children: observedChildren(o).map((live) => halted(echo(live, o), o)),
    status: {
      ...carried(o),
      ...(backups?.status && { backup: backups.status }),
      ...podStatus(o),
      conditions: dated(found, o.bestie, o.now),
    },
  };
}
