/** What the builders make of a spec, be it one that no rule lets pass: to see what the API server says of the child. */
import { kindKey, type Manifest } from '../../src/api/kubernetes.ts';
import { LAST_APPLIED_ANNOTATION } from '../../src/observed/lastapplied.ts';
import { pruned } from '../../src/lib/prune.ts';
import type { BestieSpec } from '../../src/api/bestie.ts';
import { table } from '../../src/children/index.ts';
import { isBestieSpec } from '../../src/spec/schema.ts';
import { decide } from '../../src/decide/index.ts';
import { created, pgoStatus } from './stages.ts';
import { applied, observe, overlaid, overlays, patched, world, type Loose } from './world.ts';

const stage = (declared: (typeof overlays)[keyof typeof overlays]) =>
  patched(created(world({}, { declared })), 'PostgresCluster', { status: pgoStatus.usable });
const stages = {
  Route: observe(stage(overlays.openshift)),
  HTTPRoute: observe(stage(overlays.gateway)),
  other: observe(stage(overlays.monitoring)),
};

/** The children of a Bestie with that spec whose database is usable and not migrated: with the migration Job, and the Deployment after it. */
export function rendered(wanted: Loose, kind?: string): Manifest[] {
  const isBehindGateway = (wanted.exposure as Loose | undefined)?.gateway !== undefined;
  const elsewhere = isBehindGateway ? stages.HTTPRoute : stages.other;
  const o = kind === 'Route' ? stages.Route : elsewhere;
  const whole = structuredClone(wanted);
  const spec = isBestieSpec(whole) ? pruned<BestieSpec>(whole) : overlaid(o.bestie.spec, wanted);
  const { context: decided } = decide({ ...o, bestie: { ...o.bestie, spec }, invalid: [], facts: new Map() });
  return table
    .filter((child) => child.includeWhen(decided) && decided.manages(kindKey(child.api)))
    .flatMap((child) => child.desired(decided))
    .filter((manifest) => kind === undefined || manifest.kind === kind);
}

const ESCAPED = /[<>&\u2028\u2029]/g;
const asGo = (letter: string): string => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** The child as Metacontroller creates it in that Namespace: with its record, as Go's encoder writes it, and without an owner. */
export function sent(manifest: Manifest, namespace: string): object {
  const { metadata, ...rest } = applied(manifest, world());
  const record = metadata.annotations?.[LAST_APPLIED_ANNOTATION]?.replace(ESCAPED, asGo);
  const { name, labels } = metadata;
  return { ...rest, metadata: { name, namespace, labels, annotations: { ...metadata.annotations, [LAST_APPLIED_ANNOTATION]: record } } };
}
