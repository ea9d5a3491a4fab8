import { strict as assert } from 'node:assert';
import { hostPath } from '../support/containerfields.ts';
import { bestieSchema, everySchema, type Schema } from '../support/crd.ts';
import { acceptedFields, boundedFields, refusedFields } from '../support/fields.ts';
import { each } from '../support/table.ts';
import { observe, world } from '../support/world.ts';

/** A place as the API server writes it, as ajv does: `spec.env[0].name` → `spec/env/0/name`. */
const pointer = (place: string): string => place.replace(/\[(\d+)\]/g, '.$1').replaceAll('.', '/');

describe('spec/fieldrules', () => {
  each({ ...refusedFields, ...boundedFields }, (given, { want }) => {
    const { invalid } = observe(world(given));
    const isPlace = want.startsWith('spec.');
    assert.ok(
      invalid.some((message) => (isPlace ? message.startsWith(pointer(want)) : message === want)),
      `${want} is not in ${JSON.stringify(invalid)}`,
    );
  });

  each(acceptedFields, (given) => {
    assert.deepEqual(observe(world(given)).invalid, []);
  });

  it('takes a hostPath, which is for a policy of the cluster to refuse', () => {
    assert.deepEqual(observe(world(hostPath)).invalid, []);
  });

  it('is asked about every value of the spec: each has bounds, and a form where it is text', () => {
    /** What the API server takes in any form; how long all of it may be is a rule. */
    const free = new Set([
      '.env[].value',
      '.exposure.annotations{}',
      '.service.annotations{}',
      // Of preferred terms the API server does not check values.
      '.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].preference.matchExpressions[].values[]',
      '.podAnnotations{}',
      '.migration.podAnnotations{}',
      '.volumes[].projected.sources[].serviceAccountToken.audience',
      '.volumes[].csi.volumeAttributes{}',
      ...['.initContainers[]', '.sidecars[]'].flatMap((each) =>
        ['command[]', 'args[]', 'workingDir', 'env[].value'].map((field) => `${each}.${field}`),
      ),
      ...['startup', 'readiness', 'liveness'].map((probe) => `.sidecars[].${probe}Probe.exec.command[]`),
      '.database.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[].preference.matchExpressions[].values[]',
      '.database.podAnnotations{}',
    ]);
    const isBounded = (path: string, schema: Schema): boolean => {
      const { type, enum: values, pattern = schema.allOf, maxLength, maxItems, maxProperties, minimum, format } = schema;
      if (values !== undefined || type === 'boolean') return true;
      if (type === 'string') return maxLength !== undefined && (pattern !== undefined || free.has(path));
      if (type === 'integer') return format !== undefined && (minimum !== undefined || path.endsWith('tolerations[].tolerationSeconds'));
      if (type === 'array') return maxItems !== undefined;
      if (schema['x-kubernetes-int-or-string'] === true) return pattern !== undefined && maxLength !== undefined && minimum !== undefined;
      return (
        schema['x-kubernetes-preserve-unknown-fields'] === undefined && (schema.properties !== undefined || maxProperties !== undefined)
      );
    };
    const all = everySchema(bestieSchema.properties?.spec ?? {});
    assert.deepEqual(
      all.filter(([path, schema]) => !isBounded(path, schema)).map(([path]) => path),
      [],
    );
    assert.ok(all.length > 250, String(all.length));
    assert.deepEqual(
      [...free].filter((path) => !all.some(([known]) => known === path)),
      [],
    );
  });

  it('has no allOf of one schema: kubectl explain takes the type of that one, which has none, and prints Object', () => {
    const parts = everySchema(bestieSchema).flatMap(([path, { allOf }]) => (Array.isArray(allOf) ? [{ path, count: allOf.length }] : []));
    assert.ok(parts.length > 0);
    assert.deepEqual(
      parts.filter(({ count }) => count === 1),
      [],
    );
  });
});
