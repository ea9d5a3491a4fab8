/** How much each field of the spec may still change: the last sentence of its description, and a table of the user guide. */
import { strict as assert } from 'node:assert';
import { bestieSchema, everySchema, type Schema } from '../support/crd.ts';
import { checkTable } from '../support/markdown.ts';

/** Fields from before there were marks; each is stable. Fields of an object stand behind it, with blanks between them. */
const unmarked: Record<string, string> = {
  size: '',
  image: '',
  maxReplicas: '',
  resources: 'requests limits',
  serviceType: '',
  exposure: 'host className tlsSecretName annotations',
  autoscaling: 'targetCPUUtilizationPercentage',
  sessionSecret: 'name key',
  env: '',
  nodeSelector: '',
  tolerations: '',
  affinity: 'nodeAffinity podAffinity podAntiAffinity',
  topologySpreadConstraints: '',
  podSecurityContext: 'runAsNonRoot runAsUser runAsGroup fsGroup seccompProfile',
  containerSecurityContext: 'allowPrivilegeEscalation readOnlyRootFilesystem runAsNonRoot runAsUser capabilities',
  monitoring: 'enabled labels excludeAlerts thresholds',
  networkPolicy: 'enabled',
  database: 'provider secretName postgresVersion replicas storage backups seed maxConnections',
  upgrade: 'backup backupTimeoutSeconds progressDeadlineSeconds migrationDeadlineSeconds onFailure',
  migration: 'podLabels podAnnotations',
  deletionPolicy: '',
  deletionProtection: '',
  successfulJobsHistoryLimit: '',
  failedJobsHistoryLimit: '',
};

const old = new Set(Object.entries(unmarked).flatMap(([field, inner]) => [field, ...inner.split(' ').map((each) => `${field}.${each}`)]));

const spec = bestieSchema.properties?.spec ?? {};
const MARK = / Stability: (alpha|stable)\.$/;
const textOf = (description: unknown): string => (typeof description === 'string' ? description : '');
const markOf = ({ description }: Schema): string | undefined => MARK.exec(textOf(description))?.[1];

/** Fields with their schemas, by path; those of items are left out. */
const fields = everySchema(spec)
  .map(([path, schema]) => [path.replace(/^\./, ''), schema] as const)
  .filter(([path]) => path !== '' && !/[[{]/.test(path));
const marked = new Map(fields.flatMap(([path, schema]) => (markOf(schema) === undefined ? [] : [[path, markOf(schema) ?? ''] as const])));

/** Whether the field, the object that it is part of, or each field of it has a mark. */
function isMarked(path: string, schema: Schema): boolean {
  const parts = path.split('.');
  if (parts.some((_, index) => marked.has(parts.slice(0, index + 1).join('.')))) return true;
  const inner = Object.entries(schema.properties ?? {});
  return inner.length > 0 && inner.every(([name, child]) => isMarked(`${path}.${name}`, child));
}

describe('documentation: stability of fields', () => {
  it('is said by every field that is new since there are marks', () => {
    const isNew = (path: string): boolean => !old.has(path) && path.split('.').length <= 2;
    const open = fields.filter(([path, schema]) => isNew(path) && !isMarked(path, schema));
    assert.deepEqual(
      open.map(([path]) => path),
      [],
    );
    assert.ok(marked.size >= 5, String(marked.size));
  });

  it('has one of two words, and is no part of another sentence', () => {
    const wrong = everySchema(spec).filter(([, schema]) => /stability:/i.test(textOf(schema.description)) && markOf(schema) === undefined);
    assert.deepEqual(
      wrong.map(([path]) => path),
      [],
    );
  });

  it('is in the table of the user guide', () => {
    const rows = [...marked].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, mark]) => [`\`${path}\``, mark] as const);
    checkTable('docs/user-guide.md', ['Field', 'Stability'], rows);
  });
});
