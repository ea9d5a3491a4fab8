/** What the alerts of one Bestie are about: its name in the selectors of each source of series. */
import type { BestieSpec } from '../../api/bestie.ts';
import type { Observed } from '../../api/observed.ts';
import { names } from '../../api/names.ts';

export type Thresholds = BestieSpec['monitoring']['thresholds'];

/** A selector begins with what it selects by and leaves the brace open: `${pods},reason="OOMKilled"}`. */
export interface Subject {
  o: Observed;
  namespace: string;
  name: string;
  deployment: string;
  limits: Thresholds;
  /** Series that the operator or the application exports: `{namespace,bestie`. */
  bestie: string;
  /** Series of kube-state-metrics about the Deployment: `{namespace,deployment`. */
  byDeployment: string;
  /** Series of kube-state-metrics about the pods of the Deployment, not those of a migration: `{namespace,pod`. */
  pods: string;
  /** Series of kube-state-metrics about the HorizontalPodAutoscaler: `{namespace,horizontalpodautoscaler`. */
  autoscaler: string;
}

/** Characters that the API server keeps of a generated name before it adds five of its own, and the most of a hash of a pod template. */
const GENERATED = 58;
const HASH = 10;

/** Matches the names of the pods of that Deployment and of no other: `<deployment>-<hash>-<5>`, cut after 58 characters and without a dash. */
export function podNames(deployment: string): string {
  const stem = `${deployment}-`;
  return stem.length + HASH + 1 <= GENERATED ? `${stem}[a-z0-9]+-[a-z0-9]{5}` : `${stem.slice(0, GENERATED)}[a-z0-9]*-?[a-z0-9]{5}`;
}

/**
 * PromQL: what the operator has exported in the last five minutes. After the replica that answered last has stopped, no replica exports a Bestie for
 * up to three minutes, and an alert must not end and restart. (A rule can keep firing by itself, but a Prometheus operator before 0.66 does not
 * store that field.)
 */
export const lately = (series: string): string => `max_over_time(${series}[5m])`;

export function subjectOf(o: Observed): Subject {
  const { name, namespace } = o.bestie.metadata;
  const deployment = names.deployment(name);
  const selector = (label: string, value: string, operator = '='): string => `{namespace="${namespace}",${label}${operator}"${value}"`;
  return {
    o,
    namespace,
    name,
    deployment,
    limits: o.bestie.spec.monitoring.thresholds,
    bestie: selector('bestie', name),
    byDeployment: selector('deployment', deployment),
    pods: selector('pod', podNames(deployment), '=~'),
    autoscaler: selector('horizontalpodautoscaler', names.horizontalPodAutoscaler(name)),
  };
}
