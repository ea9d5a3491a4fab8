/** What Argo CD and Flux make of a Bestie at each stage: golden cases, as the tools themselves read them. docs/tasks/gitops.md has the same table. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { textOf } from '../support/bases.ts';
import { folders, read } from '../support/cases.ts';
import { checkTable } from '../support/markdown.ts';
import { perTest } from '../support/pertest.ts';
import { tool } from '../support/tools.ts';
import { overlaid, type Loose } from '../support/world.ts';
import { HEALTH, healthOf, judge, lua, skippedWithout, verdictsOn, type Expressions } from './verdicts.ts';

interface Stage {
  /** As the page calls it. */
  stage: string;
  /** The golden case whose answer was written, or the status that the object has. */
  of: string;
  patch?: Loose;
  kstatus: 'InProgress' | 'Current' | 'Failed' | 'Terminating';
  argo: 'Progressing' | 'Healthy' | 'Degraded' | 'Suspended';
  flux: 'InProgress' | 'Current' | 'Failed';
}

const stages: readonly Stage[] = [
  { stage: 'it has not been reconciled yet', of: '', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'the first answer', of: '01-first-sync', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'the first migration runs', of: '04-migration-active', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'the first migration failed', of: '05-migration-failed', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'ready', of: '07-ready', kstatus: 'Current', argo: 'Healthy', flux: 'Current' },
  {
    stage: 'the spec has changed since',
    of: '07-ready',
    patch: { metadata: { generation: 7 }, status: { observedGeneration: 6 } },
    kstatus: 'InProgress',
    argo: 'Progressing',
    flux: 'InProgress',
  },
  {
    stage: 'an image cannot be pulled, first install',
    of: '11-image-pull-tried',
    kstatus: 'InProgress',
    argo: 'Progressing',
    flux: 'InProgress',
  },
  { stage: 'a spec that is not acceptable', of: '25-invalid-spec', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'a child whose name is taken', of: '26-name-taken', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'an upgrade backs up', of: '35-upgrade-2-backup-running', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'an upgrade rolls out', of: '35-upgrade-6-rolling-out', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'an upgrade has succeeded', of: '35-upgrade-7-succeeded', kstatus: 'Current', argo: 'Healthy', flux: 'Current' },
  { stage: 'a version is refused', of: '40-downgrade-1-refused', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'rolling back', of: '58-rollback-1-under-way', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'rolled back', of: '58-rollback-2-done', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'a restore runs', of: '180-restore-4-running', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'a restore has succeeded', of: '180-restore-8-succeeded', kstatus: 'Current', argo: 'Healthy', flux: 'Current' },
  { stage: 'a restore is refused', of: '181-restore-refused-1-future', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'a restore has failed', of: '183-restore-failed-1', kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' },
  { stage: 'paused, nothing waits', of: '91-paused-1-ready', kstatus: 'Current', argo: 'Suspended', flux: 'Current' },
  { stage: 'paused, a change waits', of: '91-paused-2-edited', kstatus: 'InProgress', argo: 'Suspended', flux: 'InProgress' },
  { stage: 'resumed', of: '92-resumed', kstatus: 'InProgress', argo: 'Progressing', flux: 'InProgress' },
  { stage: 'being deleted', of: '75-delete-1-database', kstatus: 'Terminating', argo: 'Progressing', flux: 'InProgress' },
  {
    stage: 'being deleted, the final backup failed',
    of: '77-final-backup-5-failed',
    kstatus: 'Terminating',
    argo: 'Degraded',
    flux: 'Failed',
  },
];

/** The Bestie as it stands after the answer of the case was written; a status of the CRD's default where no case is named. */
function bestie({ of, patch }: Stage): Loose {
  const folder = of === '' ? '01-first-sync' : of;
  assert.ok(folders.includes(folder), folder);
  const before = read(folder).world.parent;
  if (of === '') return { ...before };
  const { status } = parse(textOf(folder, 'want.yaml')) as { status: Loose };
  const after = { ...before, status: { ...status, observedGeneration: before.metadata.generation } };
  return overlaid(after, patch ?? {});
}

const kustomize = tool('kustomize');
const PAGE = 'docs/tasks/gitops.md';
const text = readFileSync(PAGE, 'utf8');
/** The expressions that the page gives. */
const expressions = ((): Expressions => {
  const block = /```yaml\n([^`]*healthCheckExprs[^`]*)```/.exec(text)?.[1] ?? '';
  const { spec } = parse(block) as { spec: { healthCheckExprs: (Expressions & { apiVersion: string; kind: string })[] } };
  const { apiVersion, kind, ...rest } = spec.healthCheckExprs[0] ?? assert.fail('no expressions');
  assert.deepEqual([apiVersion, kind], ['pets.bestie.com/v1', 'Bestie']);
  return rest;
})();

describe('GitOps', () => {
  it('has a page with a row for each stage', () => {
    const rows = stages.map(({ stage, kstatus, argo, flux }) => [stage, `\`${kstatus}\``, `\`${argo}\``, `\`${flux}\``]);
    checkTable(PAGE, ['stage', 'kstatus', 'Argo CD', '`healthCheckExprs`'], rows);
  });

  describe('the health check of Argo CD', () => {
    for (const stage of stages) {
      it(`${skippedWithout('lua5.1', lua)}${stage.stage}: ${stage.argo}`, function () {
        if (lua === undefined) return this.skip();
        assert.equal(healthOf(bestie(stage)).status, stage.argo);
      });
    }

    it(`${skippedWithout('lua5.1', lua)}says in words what Ready or Stalled says, and takes an object without a status`, function () {
      if (lua === undefined) return this.skip();
      const said = (of: string): string => healthOf(bestie({ of, stage: of, kstatus: 'Failed', argo: 'Degraded', flux: 'Failed' })).message;
      assert.equal(said('07-ready'), 'the current spec is running');
      assert.match(said('25-invalid-spec'), /maxReplicas must be greater/);
      assert.match(said('91-paused-2-edited'), /waiting: creation of NetworkPolicy .*pets\.bestie\.com\/paused-$/);
      assert.deepEqual(healthOf({ metadata: { generation: 1 } }), { status: 'Progressing', message: 'it has not been reconciled yet' });
      assert.equal(healthOf({ metadata: { generation: 1 }, status: { observedGeneration: 1, conditions: null } }).status, 'Progressing');
    });
  });

  it(`${skippedWithout('kustomize', kustomize)}the component adds the health check to argocd-cm, and leaves the rest of it`, function () {
    if (kustomize === undefined) return this.skip();
    const folder = perTest.folder();
    cpSync('manifests/argocd', join(folder, 'argocd'), { recursive: true });
    const before = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' }, data: { theirs: 'x' } };
    writeFileSync(join(folder, 'argocd-cm.yaml'), stringify(before));
    writeFileSync(
      join(folder, 'kustomization.yaml'),
      stringify({ namespace: 'argocd', resources: ['argocd-cm.yaml'], components: ['argocd'] }),
    );
    const built = parse(execFileSync(kustomize, ['build', folder], { encoding: 'utf8' })) as typeof before;
    assert.deepEqual(built, {
      ...before,
      metadata: { name: 'argocd-cm', namespace: 'argocd' },
      data: { theirs: 'x', 'resource.customizations.health.pets.bestie.com_Bestie': readFileSync(HEALTH, 'utf8') },
    });
  });

  describe('kstatus, and the expressions of Flux', () => {
    const verdicts = judge === undefined ? [] : verdictsOn(stages.map(bestie), expressions);

    for (const [index, { stage, kstatus, flux }] of stages.entries()) {
      it(`${skippedWithout('bestie-verdicts', judge)}${stage}: ${kstatus}, ${flux}`, function () {
        if (judge === undefined) return this.skip();
        const verdict = verdicts[index];
        assert.deepEqual([verdict?.kstatus, verdict?.expressions], [kstatus, flux]);
      });
    }

    it(`${skippedWithout('bestie-verdicts', judge)}a status without observedGeneration and conditions would pass for current: why the CRD gives one`, function () {
      if (judge === undefined) return this.skip();
      const { status: _, ...bare } = bestie(stages[0] ?? assert.fail());
      assert.equal(verdictsOn([{ ...bare, status: {} }], expressions)[0]?.kstatus, 'Current');
    });
  });
});
