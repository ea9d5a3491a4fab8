/**
 * Upgrading the operator: for Besties that are left alone, the answers of the releases before, in test/releases, against today\u2019s. What was
 * installed by them, with the status that they wrote, must not be touched; a release that does touch it says so in the CHANGELOG and here.
 */
import { strict as assert } from 'node:assert';
import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { SyncResponse } from '../src/api/hook.ts';
import { kinds, EVENT } from '../src/api/kinds.ts';
import { kindKey, type Manifest } from '../src/api/kubernetes.ts';
import { answerTo, caseOf, type Case } from './support/cases.ts';

const root = new URL('releases/', import.meta.url);
const list = (at: URL): string[] => readdirSync(at).sort();

/** What the next release changes once in every Namespace, by its CHANGELOG: monitoring, and Events that 0.1.0 did not make. */
const renewed: ReadonlySet<string> = new Set([kindKey(kinds.serviceMonitor), kindKey(kinds.prometheusRule), EVENT]);
const lasting = ({ children }: SyncResponse): Manifest[] => children.filter((child) => !renewed.has(kindKey(child)));

const withStatus = ({ hook, world }: Case, status: SyncResponse['status']): Case => ({
  hook,
  world: { ...world, parent: { ...world.parent, status: { ...status, observedGeneration: world.parent.metadata.generation } } },
});

for (const release of list(root)) {
  describe(`a Bestie of release ${release}`, () => {
    for (const name of list(new URL(`${release}/`, root))) {
      const text = (file: string): string => readFileSync(new URL(`${release}/${name}/${file}`, root), 'utf8');
      const given = caseOf(text('bestie.yaml'), text('observed.yaml'));
      const former = parse(text('want.yaml')) as SyncResponse;

      it(`${name}: no child changes, whichever of the two releases answered last`, () => {
        assert.deepEqual(lasting(answerTo(given)), lasting(former));
        assert.deepEqual(lasting(answerTo(withStatus(given, former.status))), lasting(former));
      });

      it(`${name}: the status is the same, so that two releases that answer in turn come to rest`, () => {
        const first = answerTo(withStatus(given, former.status));
        assert.deepEqual(first.status, former.status);
        assert.deepEqual(answerTo(withStatus(given, first.status)), first);
        assert.equal(first.resyncAfterSeconds, former.resyncAfterSeconds);
      });
    }
  });
}
