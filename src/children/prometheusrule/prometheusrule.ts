import { kinds } from '../../api/kinds.ts';
import type { Observed } from '../../api/observed.ts';
import { names } from '../../api/names.ts';
import type { AlertName } from './alert.ts';
import { alerts } from './alerts.ts';
import { exists } from '../../api/manifest.ts';
import { type Child } from '../../api/child.ts';
import { besideDeployment } from '../../observed/releaserecord.ts';
import { withoutImage } from '../withoutimage.ts';
import { monitoringHead, monitoringIsWanted } from '../monitoring.ts';
import { memo } from '../../observed/memo.ts';
import { subjectOf } from './subject.ts';

const RUNBOOKS = 'https://github.com/bestie-operator/bestie-operator/blob/main/docs/runbooks';

/** The rules of the alerts that this Bestie has and its owner wants. */
const rules = memo((o: Observed): object[] => {
  const subject = subjectOf(o);
  const { namespace, name } = subject;
  const excluded: readonly string[] = o.bestie.spec.monitoring.excludeAlerts ?? [];
  const wanted = (Object.keys(alerts) as AlertName[]).filter(
    (alert) => !excluded.includes(alert) && (alerts[alert].includeWhen?.(subject) ?? true),
  );
  return wanted.map((alert) => {
    const row = alerts[alert];
    return {
      alert,
      expr: row.expr(subject),
      ...(row.for !== undefined && { for: row.for }),
      labels: { severity: row.severity, namespace, bestie: name },
      annotations: {
        summary: `Bestie ${namespace}/${name} ${typeof row.summary === 'string' ? row.summary : row.summary(subject)}.`,
        description: row.description(subject),
        runbook_url: `${RUNBOOKS}/${alert}.md`,
      },
    };
  });
});

/** Alerts about one Bestie's application, and about its database if that is monitored. Without any alert there is no PrometheusRule: its list would be empty. */
export const prometheusRuleChild: Child = {
  api: kinds.prometheusRule,
  condition: 'MonitoringReady',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: (o) => monitoringIsWanted(o) && rules(o).length > 0,
  desired: (o) => [
    {
      ...monitoringHead(kinds.prometheusRule, names.prometheusRule(o.bestie.metadata.name), o),
      spec: { groups: [{ name: 'bestie.application', rules: rules(o) }] },
    },
  ],
  readyWhen: exists,
};
