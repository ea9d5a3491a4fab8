/** Every number of the spec reaches its child as it came, or the spec is refused. */
import { strict as assert } from 'node:assert';
import type { Manifest } from '../../src/api/kubernetes.ts';
import { containerNumbers, type NumberRow } from '../support/containernumbers.ts';
import { bestieSchema, everySchema, type Schema } from '../support/crd.ts';
import { networkNumbers } from '../support/networknumbers.ts';
import { storedQuantities } from '../support/quantities.ts';
import { migrated, usable } from '../support/stages.ts';
import { observe, overlays, syncOf, world, type Loose } from '../support/world.ts';

const term = { topologyKey: 'zone' };
const weighted = (kind: string, rest: Loose) => (weight: number) => ({
  affinity: { [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight, ...rest }] } },
});
const spread = (rest: Loose): Loose => ({
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule', ...rest }],
});
const thresholds = (name: string) => (value: number) => ({ monitoring: { thresholds: { [name]: value } } });
const ofDatabase = (name: string) => (value: number) => ({ ...thresholds(name)(value), database: { monitoring: { enabled: true } } });
const probe = (name: string, field: string, rest: Loose = {}): NumberRow => ({
  spec: (value) => ({ probes: { [name]: { ...rest, [field]: value } }, upgrade: { progressDeadlineSeconds: 86_400 } }),
  kind: 'Deployment',
  sent: (value) => `"${field}":${value}`,
});
const verified = (rest: (value: number) => Loose) => (value: number) => ({
  database: { backups: { verify: { onDemand: 'now', ...rest(value) } } },
});
const podAffinity = { podAffinityTerm: term };

/** By the path in the schema. */
const rows: Record<string, NumberRow> = {
  ...containerNumbers,
  ...networkNumbers,
  '.size': { spec: (size) => ({ size }), kind: 'Deployment', sent: (size) => `"replicas":${size}` },
  '.maxReplicas': { spec: (maxReplicas) => ({ maxReplicas }), kind: 'HorizontalPodAutoscaler', sent: (value) => `"maxReplicas":${value}` },
  '.resources.requests{}': { spec: (cpu) => ({ resources: { requests: { cpu }, limits: {} } }) },
  '.resources.limits{}': { spec: (cpu) => ({ resources: { requests: {}, limits: { cpu } } }) },
  '.autoscaling.targetCPUUtilizationPercentage': {
    spec: (targetCPUUtilizationPercentage) => ({ maxReplicas: 2, autoscaling: { targetCPUUtilizationPercentage } }),
    kind: 'HorizontalPodAutoscaler',
    sent: (value) => `"averageUtilization":${value}`,
  },
  '.terminationGracePeriodSeconds': {
    spec: (terminationGracePeriodSeconds) => ({ terminationGracePeriodSeconds }),
    kind: 'Deployment',
    sent: (value) => `"terminationGracePeriodSeconds":${value}`,
  },
  '.strategy.maxSurge': {
    spec: (maxSurge) => ({ strategy: { maxSurge, maxUnavailable: 1 } }),
    kind: 'Deployment',
    sent: (value) => `"maxSurge":${value}`,
  },
  '.strategy.maxUnavailable': {
    spec: (maxUnavailable) => ({ strategy: { maxUnavailable } }),
    kind: 'Deployment',
    sent: (value) => `"maxUnavailable":${value}`,
  },
  '.probes.startup.initialDelaySeconds': probe('startup', 'initialDelaySeconds'),
  '.probes.startup.periodSeconds': probe('startup', 'periodSeconds', { failureThreshold: 30 }),
  '.probes.startup.timeoutSeconds': probe('startup', 'timeoutSeconds'),
  '.probes.startup.failureThreshold': probe('startup', 'failureThreshold', { periodSeconds: 30 }),
  '.probes.liveness.periodSeconds': probe('liveness', 'periodSeconds'),
  '.probes.liveness.timeoutSeconds': probe('liveness', 'timeoutSeconds'),
  '.probes.liveness.failureThreshold': probe('liveness', 'failureThreshold'),
  '.probes.readiness.periodSeconds': probe('readiness', 'periodSeconds'),
  '.probes.readiness.timeoutSeconds': probe('readiness', 'timeoutSeconds'),
  '.probes.readiness.failureThreshold': probe('readiness', 'failureThreshold'),
  '.tolerations[].tolerationSeconds': {
    spec: (tolerationSeconds) => ({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds }] }),
    kind: 'Deployment',
    sent: (value) => `"tolerationSeconds":${value}`,
  },
  '.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': {
    spec: weighted('nodeAffinity', { preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } }),
    kind: 'Deployment',
    sent: (value) => `"weight":${value}`,
  },
  '.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': {
    spec: weighted('podAffinity', podAffinity),
    kind: 'Deployment',
    sent: (value) => `"weight":${value}`,
  },
  '.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': {
    spec: weighted('podAntiAffinity', podAffinity),
    kind: 'Deployment',
    sent: (value) => `"weight":${value}`,
  },
  '.topologySpreadConstraints[].maxSkew': {
    spec: (maxSkew) => spread({ maxSkew }),
    kind: 'Deployment',
    sent: (value) => `"maxSkew":${value}`,
  },
  '.topologySpreadConstraints[].minDomains': {
    spec: (minDomains) => spread({ minDomains }),
    kind: 'Deployment',
    sent: (value) => `"minDomains":${value}`,
  },
  '.podSecurityContext.runAsUser': {
    spec: (runAsUser) => ({ podSecurityContext: { runAsUser } }),
    kind: 'Deployment',
    sent: (value) => `"runAsUser":${value}`,
  },
  '.podSecurityContext.runAsGroup': {
    spec: (runAsGroup) => ({ podSecurityContext: { runAsGroup } }),
    kind: 'Deployment',
    sent: (value) => `"runAsGroup":${value}`,
  },
  '.podSecurityContext.fsGroup': {
    spec: (fsGroup) => ({ podSecurityContext: { fsGroup } }),
    kind: 'Deployment',
    sent: (value) => `"fsGroup":${value}`,
  },
  '.containerSecurityContext.runAsUser': {
    spec: (runAsUser) => ({ containerSecurityContext: { runAsUser } }),
    kind: 'Deployment',
    sent: (value) => `"runAsUser":${value}`,
  },
  '.monitoring.thresholds.errorRatePercent': {
    spec: thresholds('errorRatePercent'),
    kind: 'PrometheusRule',
    sent: (value) => `${value} %`,
  },
  '.monitoring.thresholds.latencyMilliseconds': {
    spec: thresholds('latencyMilliseconds'),
    kind: 'PrometheusRule',
    sent: (value) => `> ${value / 1000}`,
  },
  '.monitoring.thresholds.backupAgeSeconds': {
    spec: thresholds('backupAgeSeconds'),
    kind: 'PrometheusRule',
    sent: (value) => `> ${value}`,
  },
  '.monitoring.thresholds.databaseReplicationLagSeconds': {
    spec: ofDatabase('databaseReplicationLagSeconds'),
    kind: 'PrometheusRule',
    sent: (value) => `> ${value}`,
  },
  '.monitoring.thresholds.databaseDiskPercent': {
    spec: ofDatabase('databaseDiskPercent'),
    kind: 'PrometheusRule',
    sent: (value) => `> ${value}`,
  },
  '.monitoring.thresholds.databaseConnectionsPercent': {
    spec: ofDatabase('databaseConnectionsPercent'),
    kind: 'PrometheusRule',
    sent: (value) => `> ${value}`,
  },
  '.database.postgresVersion': {
    spec: (postgresVersion) => ({ database: { postgresVersion } }),
    kind: 'PostgresCluster',
    sent: (value) => `"postgresVersion":${value}`,
  },
  '.database.replicas': {
    spec: (replicas) => ({ database: { replicas } }),
    kind: 'PostgresCluster',
    sent: (value) => `"replicas":${value}`,
  },
  '.database.backups.repos[].retentionFullDays': {
    spec: (retentionFullDays) => ({ database: { backups: { repos: [{ name: 'repo1', volume: {}, retentionFullDays }] } } }),
    kind: 'PostgresCluster',
    sent: (value) => `"repo1-retention-full":"${value}"`,
  },
  '.database.pooler.replicas': {
    spec: (replicas) => ({ database: { pooler: { enabled: true, replicas } } }),
    kind: 'PostgresCluster',
    sent: (value) => `"pgBouncer":{"replicas":${value}`,
  },
  '.database.maxConnections': {
    spec: (maxConnections) => ({ database: { maxConnections } }),
    kind: 'PostgresCluster',
    sent: (value) => `"max_connections":${value}`,
  },
  '.database.parameters{}': {
    spec: (work_mem) => ({ database: { parameters: { work_mem } } }),
    kind: 'PostgresCluster',
    sent: (value) => `"work_mem":${value}`,
  },
  '.database.resources.requests{}': { spec: (cpu) => ({ database: { resources: { requests: { cpu } } } }) },
  '.database.resources.limits{}': { spec: (cpu) => ({ database: { resources: { limits: { cpu } } } }) },
  '.database.tolerations[].tolerationSeconds': {
    spec: (tolerationSeconds) => ({
      database: { tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds }] },
    }),
    kind: 'PostgresCluster',
    sent: (value) => `"tolerationSeconds":${value}`,
  },
  '.database.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': {
    spec: (value) => ({
      database: weighted('nodeAffinity', { preference: { matchExpressions: [{ key: 'a', operator: 'Exists' }] } })(value),
    }),
    kind: 'PostgresCluster',
    sent: (value) => `"weight":${value}`,
  },
  '.database.affinity.podAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': {
    spec: (value) => ({ database: weighted('podAffinity', podAffinity)(value) }),
    kind: 'PostgresCluster',
    sent: (value) => `"weight":${value}`,
  },
  '.database.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[].weight': {
    spec: (value) => ({ database: weighted('podAntiAffinity', podAffinity)(value) }),
    kind: 'PostgresCluster',
    sent: (value) => `"weight":${value}`,
  },
  '.database.backups.verify.timeoutSeconds': { spec: verified((timeoutSeconds) => ({ timeoutSeconds })) },
  '.database.backups.verify.resources.requests{}': { spec: verified((cpu) => ({ resources: { requests: { cpu } } })) },
  '.database.backups.verify.resources.limits{}': { spec: verified((cpu) => ({ resources: { limits: { cpu } } })) },
  '.upgrade.backupTimeoutSeconds': { spec: (backupTimeoutSeconds) => ({ upgrade: { backupTimeoutSeconds } }) },
  '.upgrade.progressDeadlineSeconds': {
    spec: (progressDeadlineSeconds) => ({ upgrade: { progressDeadlineSeconds } }),
    kind: 'Deployment',
    sent: (value) => `"progressDeadlineSeconds":${value}`,
  },
  '.upgrade.migrationDeadlineSeconds': {
    spec: (migrationDeadlineSeconds) => ({ upgrade: { migrationDeadlineSeconds } }),
    kind: 'Job',
    sent: (value) => `"activeDeadlineSeconds":${value}`,
  },
  '.successfulJobsHistoryLimit': { spec: (successfulJobsHistoryLimit) => ({ successfulJobsHistoryLimit }) },
  '.failedJobsHistoryLimit': { spec: (failedJobsHistoryLimit) => ({ failedJobsHistoryLimit }) },
};

const isNumeric = ({ type, ...schema }: Schema): boolean =>
  type === 'integer' || type === 'number' || schema['x-kubernetes-int-or-string'] === true;
const specSchema = bestieSchema.properties?.spec ?? {};
const numeric = everySchema(specSchema).filter(([, schema]) => isNumeric(schema));

const worldOf = (spec: Loose) => world(spec, { declared: overlays.everything });

/** The children of the Bestie at the stage at which that kind is whole, for the spec as it is given. */
const childrenOf = (kind: string, spec: Loose): Manifest[] =>
  syncOf(kind === 'Job' ? usable(worldOf(spec)) : migrated(worldOf(spec))).children.filter((child) => child.kind === kind);

describe('hook/numbers', () => {
  it('has a row for every number of the schema', () => {
    assert.deepEqual(Object.keys(rows).sort(), numeric.map(([path]) => path).sort());
  });

  for (const [path, schema] of numeric) {
    const { minimum, maximum } = schema as { minimum: number; maximum: number };
    const row = rows[path];

    it(`${path}: has bounds within which every integer is exact`, () => {
      assert.ok(Number.isSafeInteger(minimum) && Number.isSafeInteger(maximum), JSON.stringify(schema));
      assert.ok(schema.format !== 'int32' || maximum <= 2 ** 31 - 1);
    });

    it(`${path}: is refused below and above them, and as anything but an integer`, () => {
      for (const value of [minimum - 1, maximum + 1, Math.max(minimum, 0) + 0.5, 1e21, Number.MAX_VALUE, true, [], {}])
        assert.notDeepEqual(observe(worldOf(row?.spec(value as number) ?? {})).invalid, [], `${path}: ${JSON.stringify(value)}`);
    });

    it(`${path}: reaches its child as it is`, () => {
      for (const value of new Set([minimum, Math.ceil((minimum + maximum) / 2), maximum])) {
        const spec = row?.spec(value) ?? {};
        assert.deepEqual(observe(worldOf(spec)).invalid, [], String(value));
        if (row?.kind === undefined || row.sent === undefined) continue;
        const wanted = childrenOf(row.kind, spec);
        assert.ok(wanted.length > 0, `no ${row.kind}`);
        for (const child of wanted)
          assert.ok(JSON.stringify(child).includes(row.sent(value)), `${row.sent(value)} in ${JSON.stringify(child)}`);
      }
    });
  }

  it('sends every quantity of the table that the spec may have as a real API server stores it, and refuses what it would lose', () => {
    const invalidOf = (value: string): readonly string[] =>
      observe(worldOf({ resources: { requests: {}, limits: { memory: value } } })).invalid;
    const accepted = storedQuantities.filter(({ value }) => invalidOf(value).length === 0);
    for (const { value, pod } of accepted) {
      const [deployment] = childrenOf('Deployment', { resources: { requests: {}, limits: { memory: value } } });
      const { template } = deployment?.spec as { template: { spec: { containers: { resources: Loose }[] } } };
      for (const { resources } of template.spec.containers) assert.deepEqual(resources, { limits: { memory: pod } });
    }
    const lost = storedQuantities.filter(({ value }) => /^10*[EPT]$|^10{21}$/.test(value) && !accepted.some((row) => row.value === value));
    assert.deepEqual(
      lost.map(({ value }) => value),
      ['1000E', '1000000P', '1000000000T', '1000000000000000000000', '10000E', '1000000E', '1000000000P', '1000000000E'],
    );
    assert.ok(accepted.length > 1400, String(accepted.length));
  });

  it('sends the size of a volume as it was typed, which is how a PostgresCluster is stored', () => {
    const volume = (size: string): Loose => ({
      database: { storage: { size }, backups: { repos: [{ name: 'repo1', volume: { size } }] } },
    });
    const accepted = storedQuantities.filter(({ value }) => observe(worldOf(volume(value))).invalid.length === 0);
    for (const { value, cluster, claim } of accepted) {
      assert.equal(cluster, value);
      assert.notEqual(claim, undefined, `the volume of ${value} could not be made`);
      const database = syncOf(worldOf(volume(value))).children.find(({ kind }) => kind === 'PostgresCluster');
      assert.equal(JSON.stringify(database).split(`"storage":"${value}"`).length, 3, value);
    }
    assert.ok(accepted.length > 300, String(accepted.length));
  });
});
