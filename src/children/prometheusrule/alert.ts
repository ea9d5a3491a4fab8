import type { BestieSpec } from '../../api/bestie.ts';
import type { Subject, Thresholds } from './subject.ts';

export type AlertName = NonNullable<BestieSpec['monitoring']['excludeAlerts']>[number];

export interface Alert {
  /** Critical: no user is served. Warning: everything else. */
  severity: 'critical' | 'warning';
  /** How long the expression must hold; left out if it reports something that has happened. */
  for?: string;
  /** The field of spec.monitoring.thresholds that the expression compares with. */
  threshold?: keyof Thresholds;
  /** Left out: for every Bestie. */
  includeWhen?(s: Subject): boolean;
  /** PromQL, with series of this Bestie alone. */
  expr(s: Subject): string;
  summary: string | ((s: Subject) => string);
  /** In the template language of Prometheus. */
  description(s: Subject): string;
}
