/** A container that a mesh or a policy injected into a migration, and that keeps running when the migration is done: its Job never ends. */
import type { Observed } from '../api/observed.ts';
import type { Readiness, Report } from '../api/kubernetes.ts';
import { secondsSince } from '../lib/time.ts';
import type { MigrationJob } from './migrationjobs.ts';
import { isWorker, present, type Pod } from './pods.ts';
import { isUntouched } from './migrations.ts';
import { SEEDING_CONTAINER } from '../api/containers.ts';
import { isReported } from './reported.ts';
import { kubectl } from './commands.ts';

/** Seconds in which a sidecar may end by itself: those that watch for the end of the others take a while. */
const REPORTED_AFTER_SECONDS = 60;

interface Kept {
  pod: string;
  /** The containers that keep it running. */
  names: readonly string[];
  /** When the last step of the migration ended, an RFC 3339 time. */
  since: string | undefined;
  /** The last step of the migration. */
  step: string | undefined;
}

/** Init containers are left out: the kubelet itself ends those that run beside the others. */
function keptRunning({ metadata, status }: Pod): Kept | undefined {
  const containers = present(status?.containerStatuses);
  const ours = containers.filter(isWorker);
  const isDone = ours.length > 0 && ours.every(({ state }) => state?.terminated?.exitCode === 0);
  const running = containers.filter((container) => !isWorker(container) && container.state?.running != null);
  if (!isDone || running.length === 0) return undefined;
  const last = ours.at(-1);
  return {
    pod: metadata.name,
    names: running.map(({ name }) => name ?? ''),
    since: last?.state?.terminated?.finishedAt ?? undefined,
    step: last?.name ?? undefined,
  };
}

/** The readiness of a Job whose migration is done and that cannot end; before that, in how many seconds. The operator never deletes such a Job. */
export function sidecarTrouble({ name, pods }: MigrationJob, o: Observed): { sidecar?: Readiness; recheckAfterSeconds?: number } {
  const kept = pods.map(keptRunning).find((each) => each !== undefined);
  if (kept === undefined) return {};
  const report: Report = { reason: 'SidecarRunning', kind: 'Pod', name: kept.pod };
  const left = REPORTED_AFTER_SECONDS - secondsSince(kept.since, o.now);
  if (left > 0 && !isReported(report, o)) return { recheckAfterSeconds: left };
  // Sample data is loaded into empty tables only, so a second run would fail.
  const isSeeded = kept.step === SEEDING_CONTAINER && !isUntouched(o);
  const message =
    `migration Job ${name} is done, but container ${kept.names.map((each) => `"${each}"`).join(', ')} of pod "${kept.pod}" keeps running, so the Job ` +
    `does not end; keep it out of the pods of the Job by spec.migration.podAnnotations or podLabels (with Istio: annotation ` +
    `sidecar.istio.io/inject: "false"), or have it injected as an init container that restarts always; ` +
    `${isSeeded ? 'set spec.database.seed to false, because the sample data is loaded; ' : ''}then run it again, which changes nothing: ` +
    kubectl(o, `delete job ${name}`);
  return { sidecar: { status: 'False', reason: 'SidecarRunning', message, reports: [report] } };
}
