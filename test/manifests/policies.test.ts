/** The ValidatingAdmissionPolicies, evaluated as the API server does: the expressions as they stand, variables and messages included. */
import { strict as assert } from 'node:assert';
import { compileCel } from '../../src/spec/cel.ts';
import { documents } from '../support/kustomize.ts';
import { each, type Case } from '../support/table.ts';
import { overlaid, type Loose } from '../support/world.ts';

interface Policy {
  metadata: { name: string };
  spec: {
    matchConditions?: { name: string; expression: string }[];
    variables?: { name: string; expression: string }[];
    validations: { expression: string; message?: string; messageExpression?: string }[];
  };
}

const files = [
  'autoscaling',
  'crunchy/database-deletion',
  'crunchy/database-monitoring',
  'deletion',
  'demo-accounts',
  'host-path',
  'moving-version',
  'namespace',
  'unguarded',
];
const policies = files
  .flatMap((file) => documents(`manifests/admission/${file}.yaml`))
  .filter(({ kind }) => kind === 'ValidatingAdmissionPolicy') as unknown as Policy[];

/** What an expression sees of a request, as far as it is there. */
interface Request {
  request?: Loose;
  object?: Loose;
  oldObject?: Loose;
  namespaceObject?: Loose;
}

/** Variables are evaluated when they are first read, and see those before them. */
function bindings({ spec: { variables = [] } }: Policy, request: Request): Loose {
  const values: Loose = {};
  const bound = { request: {}, namespaceObject: { metadata: {} }, ...request, variables: values };
  for (const { name, expression } of variables)
    Object.defineProperty(values, name, { enumerable: true, get: () => compileCel(expression)(bound) });
  return bound;
}

/** The messages of the validations that fail; undefined where the policy is not about the request. */
function verdict(name: string, request: Request): string[] | undefined {
  const policy = policies.find(({ metadata }) => metadata.name === name);
  assert.ok(policy, name);
  const bound = bindings(policy, request);
  const { matchConditions = [], validations } = policy.spec;
  if (matchConditions.some(({ expression }) => compileCel(expression)(bound) !== true)) return undefined;
  return validations
    .filter(({ expression }) => compileCel(expression)(bound) !== true)
    .map(({ message, messageExpression }) => String(messageExpression === undefined ? message : compileCel(messageExpression)(bound)));
}

const bestie = (spec: Loose = {}, patch: Loose = {}): Loose =>
  overlaid({ metadata: { name: 'b', namespace: 'pets' }, spec: { size: 1, ...spec } }, patch);
const create = (spec: Loose, patch?: Loose): Request => ({ request: { operation: 'CREATE' }, object: bestie(spec, patch) });
const remove = (spec: Loose, options: Loose = {}, patch?: Loose): Request => ({
  request: { operation: 'DELETE', options },
  oldObject: bestie(spec, patch),
});
const onHost = { name: 'logs', hostPath: { path: '/var/log' } };
const monitoredThen = (before: Loose | undefined, after: Loose | undefined, database: Loose = {}): Request => ({
  request: { operation: 'UPDATE' },
  oldObject: before === undefined ? bestie() : bestie({ database: { monitoring: before } }),
  object: bestie({ database: { ...database, ...(after !== undefined && { monitoring: after }) } }),
});
const foreground = { propagationPolicy: 'Foreground' };
const leaving = { namespaceObject: { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } } };
const guarded = { status: { conditions: [{ type: 'DatabaseGuarded', status: 'True' }] } };
const host = { exposure: { host: 'pets.example.com' } };
const external = { provider: 'External', secretName: 'theirs' };
const owned = (patch: Loose = {}): Loose =>
  overlaid(
    {
      metadata: {
        name: 'b-pgo',
        namespace: 'pets',
        ownerReferences: [{ apiVersion: 'pets.bestie.com/v1', kind: 'Bestie', name: 'b', controller: true }],
      },
    },
    patch,
  );

/** One with the record of a copy. */
const copied = (spec: Loose): Loose => owned({ metadata: { annotations: { 'pets.bestie.com/copied-from': '{}' } }, spec });

/** The policy, its request, and a piece of each message; undefined where the policy does not look. */
const cases: Record<string, Case<[string, Request], readonly string[] | undefined>> = {
  Autoscaled: {
    reason: 'pods ask for CPU',
    given: ['bestie-autoscaling', create({ maxReplicas: 3, resources: { requests: { cpu: '1m' } } })],
    want: [],
  },
  AutoscaledByLimit: {
    reason: 'a container without a request asks for its limit, which YAML may give as a number',
    given: ['bestie-autoscaling', create({ maxReplicas: 3, resources: { limits: { cpu: 2 } } })],
    want: [],
  },
  AutoscaledByNothing: {
    reason: 'there is no CPU to take a share of',
    given: ['bestie-autoscaling', create({ maxReplicas: 3, resources: { requests: { cpu: '0' } } })],
    want: ['set spec.resources.requests.cpu'],
  },
  NotAutoscaled: { reason: 'nothing scales', given: ['bestie-autoscaling', create({})], want: [] },
  SpecUnchanged: {
    reason: 'Metacontroller changes the finalizer alone',
    given: [
      'bestie-autoscaling',
      {
        request: { operation: 'UPDATE' },
        object: bestie({ maxReplicas: 3 }, { metadata: { finalizers: ['a'] } }),
        oldObject: bestie({ maxReplicas: 3 }),
      },
    ],
    want: undefined,
  },
  SpecChanged: {
    reason: 'a change is looked at',
    given: ['bestie-autoscaling', { request: { operation: 'UPDATE' }, object: bestie({ maxReplicas: 3 }), oldObject: bestie() }],
    want: ['set spec.resources.requests.cpu'],
  },
  NoVolumes: { reason: 'there is nothing to refuse', given: ['bestie-host-path', create({})], want: [] },
  HostPath: {
    reason: 'named, with the way out',
    given: ['bestie-host-path', create({ volumes: [{ name: 'a', emptyDir: {} }, onHost] })],
    want: ['volume logs is a hostPath, which the policy bestie-host-path refuses in this cluster: use a persistentVolumeClaim'],
  },
  HostPathAdded: {
    reason: 'a change of the volumes is looked at',
    given: ['bestie-host-path', { request: { operation: 'UPDATE' }, object: bestie({ volumes: [onHost] }), oldObject: bestie() }],
    want: ['volume logs is a hostPath'],
  },
  HostPathFromBefore: {
    reason: 'a Bestie from before the policy can still be edited',
    given: [
      'bestie-host-path',
      { request: { operation: 'UPDATE' }, object: bestie({ size: 2, volumes: [onHost] }), oldObject: bestie({ volumes: [onHost] }) },
    ],
    want: undefined,
  },
  Deleted: { reason: 'nothing protects it', given: ['bestie-deletion', remove({})], want: [] },
  Protected: {
    reason: 'with the command',
    given: ['bestie-deletion', remove({ deletionProtection: true })],
    want: [`kubectl -n pets patch bestie b --type merge -p '{"spec":{"deletionProtection":false}}'`],
  },
  ProtectedWithNamespace: {
    reason: 'its Namespace takes it along',
    given: ['bestie-deletion', { ...remove({ deletionProtection: true }, foreground), ...leaving }],
    want: [],
  },
  ForegroundWithBackup: {
    reason: 'the backup would be skipped',
    given: ['bestie-deletion', remove({ deletionPolicy: 'BackupThenDelete' }, foreground)],
    want: ['kubectl -n pets delete bestie b --cascade=background'],
  },
  BackgroundWithBackup: {
    reason: 'the hook takes it',
    given: ['bestie-deletion', remove({ deletionPolicy: 'BackupThenDelete' }, { propagationPolicy: 'Background' })],
    want: [],
  },
  ForegroundUnguarded: {
    reason: 'the garbage collector would take the database',
    given: ['bestie-deletion', remove({ deletionPolicy: 'Retain' }, foreground)],
    want: ['which is not guarded'],
  },
  ForegroundGuarded: {
    reason: 'the guard keeps it',
    given: ['bestie-deletion', remove({ deletionPolicy: 'Retain' }, foreground, guarded)],
    want: [],
  },
  ForegroundExternal: {
    reason: 'there is no database of ours',
    given: ['bestie-deletion', remove({ deletionPolicy: 'Retain', database: external }, foreground)],
    want: [],
  },
  Public: {
    reason: 'the password is public',
    given: ['bestie-demo-accounts', create(host)],
    want: ['pets.example.com is reachable from outside'],
  },
  Unseeded: { reason: 'no such accounts', given: ['bestie-demo-accounts', create({ ...host, database: { seed: false } })], want: [] },
  PublicExternal: { reason: 'not seeded', given: ['bestie-demo-accounts', create({ ...host, database: external })], want: [] },
  PublicExternalSeeded: {
    reason: 'requested',
    given: ['bestie-demo-accounts', create({ ...host, database: { ...external, seed: true } })],
    want: ['set spec.database.seed to false'],
  },
  HostSwitchedOff: {
    reason: 'nothing answers',
    given: ['bestie-demo-accounts', create({ exposure: { ...host.exposure, enabled: false } })],
    want: [],
  },
  Moving: {
    reason: 'in any case',
    given: ['bestie-moving-version', create({ version: 'Latest' })],
    want: ['spec.version "Latest" is a tag that moves'],
  },
  Released: { reason: 'a release stays', given: ['bestie-moving-version', create({ version: '1.4' })], want: [] },
  NoVersion: { reason: 'the default is a release', given: ['bestie-moving-version', create({})], want: [] },
  NamespaceProtected: {
    reason: 'with the command',
    given: ['bestie-protected-namespace', { oldObject: { metadata: { name: 'pets', labels: { 'pets.bestie.com/protected': 'true' } } } }],
    want: ['kubectl label namespace pets pets.bestie.com/protected-'],
  },
  NamespaceWithOtherLabels: {
    reason: 'no protection',
    given: ['bestie-protected-namespace', { oldObject: { metadata: { name: 'pets', labels: { a: 'true' } } } }],
    want: undefined,
  },
  NamespaceWithoutLabels: {
    reason: 'nor there',
    given: ['bestie-protected-namespace', { oldObject: { metadata: { name: 'pets' } } }],
    want: undefined,
  },
  Unguarded: {
    reason: 'both references have one name',
    given: ['bestie-unguarded', create({ deletionPolicy: 'Retain' }, { metadata: { name: 'pets' } })],
    want: ['in spite of deletionPolicy Retain; choose another name'],
  },
  UnguardedAndDeleted: {
    reason: 'there is nothing to guard',
    given: ['bestie-unguarded', create({}, { metadata: { name: 'pets' } })],
    want: [],
  },
  GuardWanted: { reason: 'another name', given: ['bestie-unguarded', create({ deletionPolicy: 'Retain' })], want: [] },
  Database: {
    reason: 'by hand it would take the data',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: owned() }],
    want: ['belongs to the Bestie "b" and its data would be lost'],
  },
  DatabaseByController: {
    reason: 'controllers name the uid',
    given: ['bestie-database-deletion', { request: { options: { preconditions: { uid: '1' } } }, oldObject: owned() }],
    want: undefined,
  },
  DatabaseOfNoBestie: {
    reason: 'another owner made it',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: owned({ metadata: { ownerReferences: undefined } }) }],
    want: undefined,
  },
  DatabaseTerminating: {
    reason: 'nothing is left to protect',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: owned({ metadata: { deletionTimestamp: 'x' } }) }],
    want: undefined,
  },
  DatabaseBeingCopied: {
    reason: 'it has no data of its own: a copy that failed is tried again',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: copied({ dataSource: {} }) }],
    want: undefined,
  },
  DatabaseCopied: {
    reason: 'it has by now',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: copied({}) }],
    want: ['belongs to the Bestie "b" and its data would be lost'],
  },
  DatabaseWithASourceOfOthers: {
    reason: 'it may have data',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: owned({ spec: { dataSource: {} } }) }],
    want: ['belongs to the Bestie "b" and its data would be lost'],
  },
  DatabaseOfADrill: {
    reason: 'it is made again',
    given: [
      'bestie-database-deletion',
      { request: { options: {} }, oldObject: owned({ metadata: { annotations: { 'pets.bestie.com/drill': '{}' } }, spec: {} }) },
    ],
    want: undefined,
  },
  DatabaseWithNamespace: {
    reason: 'its Namespace takes it along',
    given: ['bestie-database-deletion', { request: { options: {} }, oldObject: owned(), ...leaving }],
    want: [],
  },
  MonitoredFromNowOn: {
    reason: 'Postgres is restarted, and nothing stands in for it',
    given: ['bestie-database-monitoring', monitoredThen(undefined, { enabled: true })],
    want: ['switched on, which restarts Postgres: the database has a single instance and is unavailable until it has started again'],
  },
  MonitoredNoLonger: {
    reason: 'so it is when the exporter goes',
    given: ['bestie-database-monitoring', monitoredThen({ enabled: true }, undefined, { replicas: 2 })],
    want: ['switched off, which restarts Postgres: one instance after the other, the primary last'],
  },
  MonitoredAsBefore: {
    reason: 'another field changes',
    given: ['bestie-database-monitoring', monitoredThen({ enabled: true }, { enabled: true }, { replicas: 2 })],
    want: [],
  },
  UnmonitoredInWords: {
    reason: 'nor was it before',
    given: ['bestie-database-monitoring', monitoredThen(undefined, { enabled: false })],
    want: [],
  },
};

describe('manifests: admission policies', () => {
  each(cases, ([policy, request], want) => {
    const messages = verdict(policy, request);
    if (want === undefined) {
      assert.equal(messages, undefined);
      return;
    }
    assert.equal(messages?.length, want.length, messages?.join('; '));
    want.forEach((piece, index) => {
      assert.ok(messages[index]?.includes(piece), messages[index]);
    });
  });

  it('have a case in which they refuse, and one in which they do not', () => {
    for (const { metadata } of policies) {
      const own = Object.values(cases).filter(({ given: [name] }) => name === metadata.name);
      assert.ok(
        own.some(({ want }) => want !== undefined && want.length > 0),
        metadata.name,
      );
      assert.ok(
        own.some(({ want }) => want === undefined || want.length === 0),
        metadata.name,
      );
    }
    assert.equal(policies.length, 9);
  });
});
