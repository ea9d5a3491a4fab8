/** What a Gateway controller writes into status.parents of an HTTPRoute. */
import { ago, type Loose } from './world.ts';

export interface Report {
  parentRef?: Loose;
  controller?: string;
  /** The generation that it is about; undefined is left out. */
  generation?: number | undefined;
  accepted?: string;
  /** null is left out. */
  resolved?: string | null;
  /** Of the condition that is not True. */
  reason?: string;
  message?: string;
}

export function parentStatus(report: Report = {}): Loose {
  const { parentRef = { name: 'public' }, controller = 'example.com/gateway', accepted = 'True', resolved = 'True' } = report;
  const { reason = 'Unexpected', message = '' } = report;
  const generation = 'generation' in report ? report.generation : 1;
  const condition = (type: string, status: string): Loose => ({
    type,
    status,
    reason: status === 'True' ? type : reason,
    message,
    lastTransitionTime: ago(60),
    ...(generation !== undefined && { observedGeneration: generation }),
  });
  const conditions = [condition('Accepted', accepted), ...(resolved === null ? [] : [condition('ResolvedRefs', resolved)])];
  return { parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', ...parentRef }, controllerName: controller, conditions };
}
