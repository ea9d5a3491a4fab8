/**
 * Upgrading the operator: for Besties that are left alone, the answers of the releases before, in test/releases, against today\u2019s. What was
 * installed by them, with the status that they wrote, must not be touched; a release that does touch it says so in the CHANGELOG and here.
 */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { SyncResponse } from '../src/api/hook.ts';
import { kinds, EVENT } from '../src/api/kinds.ts';
import { kindKey, type KubeObject, type Manifest } from '../src/api/kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from '../src/observed/lastapplied.ts';
import { mergeValues } from '../src/sandbox/metacontroller/merge.ts';
import { answerTo, caseOf, type Case } from './support/cases.ts';

const root = new URL('releases/', import.meta.url);
const list = (at: URL): string[] => readdirSync(at).sort();

/** What the next release changes once in every Namespace, by its CHANGELOG: monitoring, and Events that 0.1.0 did not make. */
const renewed: ReadonlySet<string> = new Set([kindKey(kinds.serviceMonitor), kindKey(kinds.prometheusRule), EVENT]);
const renewedKinds: ReadonlySet<string> = new Set(
  [...renewed, kindKey(kinds.podDisruptionBudget)].map((key) => key.slice(0, key.indexOf('.'))),
);

/** A budget without the field that the next release adds, once in every Namespace, by its CHANGELOG; the rest of it must stay. */
const withoutPolicy = (budget: Manifest): Manifest => {
  const { unhealthyPodEvictionPolicy: _, ...spec } = budget.spec as Record<string, unknown>;
  return { ...budget, spec };
};
/** A status without what 0.1.0 did not know: state that it kept in sentences, a condition of Besties whose pods could be more than the database serves, and the renewal itself. */
const known = ({
  conditions,
  pendingChanges = [],
  creations: _,
  reported: __,
  ...status
}: SyncResponse['status']): SyncResponse['status'] => ({
  ...status,
  ...(pendingChanges.some(({ kind }) => !renewedKinds.has(kind)) && { pendingChanges }),
  conditions: conditions.filter(({ type }) => type !== 'ConnectionsSufficient'),
});

/** Words that 0.1.0 had for the same, by its CHANGELOG: the status of every Bestie is written once for them. */
const words: Readonly<Record<string, string>> = {
  'nothing is left that Ready waits for': 'everything is in place',
  'nothing waits for a person': 'no action is needed',
  'no container waits for its image': 'no container waits for an image that cannot be pulled',
};

type Said = SyncResponse['status']['conditions'][number];

/** What 0.1.0 said of a Deployment or of pods that are not there yet, by type: what is so now. */
const truths = ({ world }: Case): Readonly<Record<string, Partial<Said>>> => {
  const name = world.parent.metadata.name;
  const isInstalled = world.children.some(({ kind }) => kind === 'Deployment');
  const hasPods = world.related.some(({ kind }) => kind === 'Pod');
  return {
    ...(!isInstalled && { Available: { reason: 'NoDeployment', message: `there is no Deployment ${name}-app` } }),
    ...(!hasPods && { ImagePulled: { status: 'Unknown', reason: 'NoPods', message: 'there is no pod that would need an image' } }),
  };
};

/** What 0.1.0 said, in the words of today. */
const reworded = (status: SyncResponse['status'], given: Case): SyncResponse['status'] => ({
  ...status,
  conditions: status.conditions.map((condition) => ({
    ...condition,
    message: words[condition.message] ?? condition.message.replace(', asked for at ', ', requested at '),
    ...truths(given)[condition.type],
  })),
});

const keyOf = (object: { apiVersion: string; kind: string; metadata: { name: string } }): string =>
  `${kindKey(object)} ${object.metadata.name}`;

const named = ({ apiVersion, kind, metadata: { name } }: Manifest): Manifest => ({ apiVersion, kind, metadata: { name } });

/** What counts of a child. A Job is never updated, so that is its name. */
const counted: Readonly<Record<string, (child: Manifest) => Manifest>> = {
  [kindKey(kinds.job)]: named,
  [kindKey(kinds.podDisruptionBudget)]: withoutPolicy,
};

/** What is said of the children that exist. */
const lasting = ({ children }: SyncResponse, { world }: Case): Manifest[] =>
  children
    .filter((child) => !renewed.has(kindKey(child)) && world.children.some((live) => keyOf(live) === keyOf(child)))
    .map((child) => counted[kindKey(child)]?.(child) ?? child);

/** The children as that release has left them: what it last applied is what it answered. */
const applied = ({ hook, world }: Case, { children }: SyncResponse): Case => {
  const records = new Map(children.map((child) => [keyOf(child), child]));
  const left = world.children.map((live) => {
    const record = records.get(keyOf(live));
    if (record?.spec === undefined) return live;
    const { namespace, labels } = live.metadata;
    const metadata = { ...record.metadata, namespace, labels: { ...record.metadata.labels, ...labels } };
    const text = JSON.stringify({ ...record, metadata });
    // A world only shows what matters of a child; the API server holds all of it.
    const whole = mergeValues(record, {}, live) as KubeObject;
    return { ...whole, metadata: { ...live.metadata, annotations: { ...live.metadata.annotations, [LAST_APPLIED_ANNOTATION]: text } } };
  });
  return { hook, world: { ...world, children: left } };
};

const withStatus = ({ hook, world }: Case, status: SyncResponse['status']): Case => ({
  hook,
  world: { ...world, parent: { ...world.parent, status: { ...status, observedGeneration: world.parent.metadata.generation } } },
});

for (const release of list(root)) {
  describe(`a Bestie of release ${release}`, () => {
    for (const name of list(new URL(`${release}/`, root))) {
      const text = (file: string): string => readFileSync(new URL(`${release}/${name}/${file}`, root), 'utf8');
      const former = parse(text('want.yaml')) as SyncResponse;
      const given = applied(caseOf(text('bestie.yaml'), text('observed.yaml')), former);
      // Where nothing was installed yet, the release of today installs.
      if (given.world.children.length === 0) continue;

      it(`${name}: no child changes, whichever of the two releases answered last`, () => {
        assert.deepEqual(lasting(answerTo(given), given), lasting(former, given));
        assert.deepEqual(lasting(answerTo(withStatus(given, former.status)), given), lasting(former, given));
      });

      it(`${name}: the status says the same, in the words of today where they are others, and then rests`, () => {
        const first = answerTo(withStatus(given, former.status));
        assert.deepEqual(known(first.status), reworded(former.status, given));
        const second = answerTo(withStatus(given, first.status));
        assert.deepEqual([known(second.status), second.children], [known(first.status), first.children]);
        // It may want to look again for what it renews, and sooner for what is missing; never where 0.1.0 waited for less.
        assert.ok((first.resyncAfterSeconds ?? 0) <= (former.resyncAfterSeconds ?? 130));
      });
    }
  });
}
