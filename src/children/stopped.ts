/** Objects of ours that do nothing although nothing about them is wrong: stopped by the switch of their kind, or without leave to create pods. */
import type { KubeObject, Live, Observed, Readiness } from '../api/kubernetes.ts';
import { secondsSince } from '../api/time.ts';
import { isStandby, switchesOf } from './database.ts';
import type { MigrationJob } from './jobs.ts';
import { readOnlyParameter } from './parameters.ts';
import { isTold } from './told.ts';
import { kubectl } from './waiting.ts';

/** Seconds that a Job may take to create its first pod before that is reported. */
const FIRST_POD_SECONDS = 120;

const FORBIDDEN = 'cannot create its pods: a quota, a LimitRange, Pod Security or another admission policy forbids them';

const patch = (o: Observed, kind: string, name: string, spec: string): string =>
  kubectl(o, `patch ${kind} ${name} --type merge -p '{"spec":{${spec}}}'`);

/** Why a Job that has not ended is not at work; `recheckAfterSeconds` where it may have to be said later. */
export function stoppedJob({ name, isSuspended, isIdle, since }: MigrationJob, o: Observed): Partial<Readiness> {
  if (isSuspended) {
    const message = `Job ${name} is suspended; a queue starts it when it is its turn, or: ${patch(o, 'job', name, '"suspend":false')}`;
    return { status: 'False', reason: 'Suspended', message };
  }
  if (!isIdle) return {};
  const left = FIRST_POD_SECONDS - secondsSince(since, o.now);
  if (left > 0 && !isTold('PodsNotCreated', `Job ${name} `, o)) return { recheckAfterSeconds: left };
  return {
    status: 'False',
    reason: 'PodsNotCreated',
    message: `Job ${name} ${FORBIDDEN}; its events say which: ${kubectl(o, `describe job ${name}`)}`,
  };
}

/** Why a Deployment has no pods of its template. */
export const podsForbidden = (name: string, o: Observed): Readiness => ({
  status: 'False',
  reason: 'PodsNotCreated',
  message: `Deployment ${name} ${FORBIDDEN}; its ReplicaSets say which: ${kubectl(o, `describe deployment ${name}`)}`,
});

/** What is said of a Deployment whose rollouts are paused; undefined where they are not. */
export function pausedRollout(live: KubeObject | undefined, o: Observed): string | undefined {
  const { spec } = (live ?? {}) as Live<{ spec: { paused: boolean } }>;
  if (live === undefined || spec?.paused !== true) return undefined;
  const { name } = live.metadata;
  return `Deployment ${name} is paused, so that nothing new is rolled out; to go on: ${kubectl(o, `rollout resume deployment ${name}`)}`;
}

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
    words: 'is paused, so that the database operator does nothing about it, and says nothing new of it',
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
    words: 'is a standby and takes no writes, so that nothing is migrated or backed up',
    undo: () => ({ standby: { enabled: false } }),
  },
  {
    isOn: (live) => readOnlyParameter(live) !== undefined,
    reason: 'DatabaseReadOnly',
    words: 'has default_transaction_read_only on and takes no writes, so that nothing is migrated or backed up',
    undo: (live) => (readOnlyParameter(live)?.path ?? []).reduceRight<unknown>((inner, key) => ({ [key]: inner }), null) as object,
  },
];

/** What a person switched on the database that stops it, its writes, or what the database operator does about it; undefined where nothing does. */
export function stoppedDatabase(live: KubeObject | undefined, o: Observed): Readiness | undefined {
  const found = live && switches.find(({ isOn }) => isOn(live));
  if (live === undefined || found === undefined) return undefined;
  const { name } = live.metadata;
  const back = JSON.stringify(found.undo(live)).slice(1, -1);
  const message = `PostgresCluster ${name} ${found.words}; to go on: ${patch(o, 'postgrescluster', name, back)}`;
  return { status: 'False', reason: found.reason, message };
}
