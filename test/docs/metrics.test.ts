import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { conditionTypes } from '../../src/api/condition.ts';
import { kinds } from '../../src/api/kinds.ts';
import { errors } from '../../src/hook/errors.ts';
import { metricTable } from '../../src/telemetry/metrics.ts';
import { MAX_BESTIES } from '../../src/telemetry/states.ts';
import { stateTable } from '../../src/telemetry/statetable.ts';
import { bestieSchema } from '../support/crd.ts';
import { checkNumber, checkTable } from '../support/markdown.ts';

const PAGE = 'docs/metrics.md';
const code = (word: string): string => `\`${word}\``;
const listed = (labels: readonly string[]): string => (labels.length === 0 ? '–' : labels.map(code).join(', '));
const kept = (seconds: number): string => (seconds % 3600 === 0 ? `${seconds / 3600} h` : `${seconds} s`);

const newest = (what: string): string => `${what}, as the newest answer has it.`;

/** What is recorded, in the order of the rules. */
const recorded: Record<string, string> = {
  bestie_operator_up_total: 'Replicas of the webhook that Prometheus reaches; 0 where there is none.',
  'instance_namespace_bestie:bestie_last_sync_timestamp_seconds:newest': 'Which replica answered last about each Bestie, and when.',
  'namespace_bestie:bestie_last_sync_timestamp_seconds:newest':
    'When a Bestie was answered about last; only of those that were not finalized.',
  'namespace_bestie:bestie_spec_replicas:newest': newest('Pods that the spec asks for'),
  'namespace_bestie:bestie_ready_replicas:newest': newest('Pods that are ready'),
  'namespace_bestie:bestie_last_backup_timestamp_seconds:newest': newest('When the last good backup was completed'),
  'namespace_bestie_repository:bestie_backup_repository_ready:newest': newest('1 while a repository takes backups, else 0'),
  'namespace_bestie_repository:bestie_backup_last_success_timestamp_seconds:newest': newest(
    'When the last good backup into a repository was completed',
  ),
  'namespace_bestie_repository:bestie_backup_last_failure_timestamp_seconds:newest': newest(
    'When the last failed backup into a repository began',
  ),
  'namespace_bestie_repository:bestie_backup_next_run_timestamp_seconds:newest': newest(
    'When the next scheduled backup into a repository begins',
  ),
  'namespace_bestie:bestie_backup_last_verified_timestamp_seconds:newest': newest('When the copy of the last good drill was checked'),
  'namespace_bestie:bestie_backup_last_verified_duration_seconds:newest': newest('Seconds that the last good drill took'),
  'namespace_bestie:bestie_database_usable:newest': newest('1 while a managed database serves, else 0'),
  'namespace_bestie:bestie_hpa_max_replicas:newest': newest('Pods that autoscaling may make'),
  'namespace_bestie:bestie_hpa_desired_replicas:newest': newest('Pods that autoscaling wants'),
  'namespace_bestie:bestie_spec_storage_bytes:newest': newest('Bytes that the volumes of the database ask for'),
  'namespace_bestie:bestie_upgrade_counter:newest': newest('Upgrades that finished well'),
  'namespace_bestie:bestie_upgrade_failures_total:newest': newest('Upgrades that failed'),
  'namespace_bestie:bestie_upgrade_failure:newest': newest('1 while an image cannot be pulled, else 0'),
  'namespace_bestie_image_version_appversion:bestie_info:newest': newest('1, with the image and both versions'),
  'namespace_bestie_type_status:bestie_condition:newest': newest('1 for Ready, and for each condition that is not as it should be'),
  'namespace_bestie_phase:bestie_upgrade_phase:newest': newest('1 for the phase of the last upgrade'),
  'namespace_bestie:bestie_restores_succeeded_total:newest': newest('Restores that succeeded'),
  'namespace_bestie:bestie_restores_failed_total:newest': newest('Restores that failed'),
  'namespace_bestie_phase:bestie_restore_phase:newest': newest('1 for the phase of the last restore'),
  'hook:bestie_hook_request_duration_seconds:quantile':
    'How long an answer takes: `quantile` is 0.5, 0.9 or 0.99, over five minutes and all replicas.',
  'hook:bestie_hook_requests:error_ratio_rate5m':
    'Share of the answers that were an error of ours (5xx), or came too late for the caller (499).',
  'cluster:workqueue_work_duration_seconds_count:rate10m': 'Besties that Metacontroller works on each second, over ten minutes.',
  'cluster:metacontroller_dns_duration_histogram_seconds_count:rate10m':
    'Times each second that Metacontroller looks the name of the webhook up, over ten minutes.',
  'cluster:bestie_info:count': 'Besties.',
  'version:bestie_info:count': 'Besties by `spec.version`.',
  'appversion:bestie_info:count': 'Besties by the version that runs.',
  'type_status:bestie_condition:count': 'Besties by Ready, and by each condition that is not as it should be.',
  'namespace:bestie_spec_replicas:sum': 'Pods that the specs of a Namespace ask for.',
  'namespace:bestie_ready_replicas:sum': 'Pods that are ready in a Namespace.',
  'namespace:bestie_spec_storage_bytes:sum': 'Bytes that the databases of a Namespace ask for.',
};

const { spec } = parse(readFileSync('manifests/monitoring/prometheusrule.yaml', 'utf8')) as {
  spec: { groups: { rules: { record?: string }[] }[] };
};

describe('docs/metrics.md', () => {
  it('has every metric that a replica counts', () => {
    const rows = Object.values(metricTable).map(({ name, type, labels, help }) => [code(name), type, listed(labels), help]);
    checkTable(PAGE, ['Name', 'Type', 'Labels', 'Help'], rows);
  });

  it('has every metric of a Bestie, and how long it is kept', () => {
    const rows = Object.values(stateTable).map(({ name, type, labels, keep, help }) => [
      code(name),
      type,
      listed(labels),
      kept(keep),
      help,
    ]);
    checkTable(PAGE, ['Name', 'Type', 'More labels', 'Kept', 'Help'], rows);
  });

  it('has every series that the rules record, in their order', () => {
    const series = spec.groups.flatMap(({ rules }) => rules.flatMap(({ record }) => record ?? []));
    assert.deepEqual([...new Set(series)], Object.keys(recorded));
    checkTable(
      PAGE,
      ['Series', 'What it is'],
      Object.entries(recorded).map(([name, meaning]) => [code(name), meaning]),
    );
  });

  it('states the bounds that are so', () => {
    const states = Object.keys(stateTable).length;
    const byRepository = Object.values(stateTable).filter(({ labels }) => (labels as readonly string[]).includes('repository')).length;
    const { repos } = bestieSchema.properties?.spec?.properties?.database?.properties?.backups?.properties ?? {};
    // Of the states the tombstone and the conditions are not there at rest; Ready is.
    const most = states - 2 + Object.keys(conditionTypes).length + byRepository * ((repos?.maxItems ?? NaN) - 1);
    const numbers: Record<string, number> = {
      '# kinds of children': Object.keys(kinds).length,
      '# [errors](errors.md)': Object.keys(errors).length,
      'it has # series': states - 1,
      '# more for each further repository': byRepository,
      'never more than # series for a Bestie': most,
      'at most # Besties': MAX_BESTIES,
    };
    for (const [sentence, number] of Object.entries(numbers)) checkNumber(PAGE, sentence, number);
  });
});
