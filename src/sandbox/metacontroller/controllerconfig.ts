/** The CompositeController as far as it decides what happens: which kinds, which hooks, how children are updated. */
import type { HookName } from '../../controllers.ts';
import { kinds, overlays as overlayNames, type ChildKind, type Overlay } from '../../api/kinds.ts';
import { kindKey, type KindKey } from '../../api/kubernetes.ts';
import type { HookVersion } from './objectmap.ts';
import type { Draft } from '../apiserver/object.ts';

export type UpdateMethod = 'OnDelete' | 'InPlace' | 'Recreate';

export interface ControllerConfig {
  name: string;
  children: readonly { apiVersion: string; kind: string; resource: string; method: UpdateMethod }[];
  hooks: readonly HookName[];
  version: HookVersion;
  resyncPeriodSeconds: number;
  /** Only parents with these labels are synced. */
  parentLabels: Readonly<Record<string, string>>;
}

export type Component = ChildKind['component'];

const componentsOf = (overlay: Overlay): readonly Component[] => [
  ...new Set(
    Object.values<ChildKind>(kinds)
      .filter((kind) => kind.overlays.includes(overlay))
      .map(({ component }) => component),
  ),
];

/** Which components each overlay of the operator installs. */
export const overlays = Object.fromEntries(overlayNames.map((overlay) => [overlay, componentsOf(overlay)])) as Record<
  Overlay,
  readonly Component[]
>;

/** The CompositeController that those components install: each kind with its update strategy. */
export function controllerConfig(components: readonly Component[], changes: Partial<ControllerConfig> = {}): ControllerConfig {
  const children = Object.values<ChildKind>(kinds)
    .filter(({ component }) => components.includes(component))
    .map(({ apiVersion, kind, resource, update }) => ({ apiVersion, kind, resource, method: update }));
  return {
    name: 'bestie-operator',
    children,
    hooks: ['sync', 'finalize', 'customize'],
    version: 'v2',
    resyncPeriodSeconds: 60,
    parentLabels: {},
    ...changes,
  };
}

/** The finalizer that Metacontroller puts on parents while a finalize hook is declared. */
export const finalizerOf = ({ name }: ControllerConfig): string => `metacontroller.io/compositecontroller-${name}`;

export const methodOf = (config: ControllerConfig, kind: KindKey): UpdateMethod =>
  config.children.find((child) => kindKey(child) === kind)?.method ?? 'OnDelete';

/** The object that is sent to the hooks as `controller`. */
export function controllerObject({ name, children, hooks, version, resyncPeriodSeconds, parentLabels }: ControllerConfig): Draft {
  const webhook = (path: HookName): object => ({ version, webhook: { path: `/${path}`, responseUnMarshallMode: 'strict' } });
  return {
    apiVersion: 'metacontroller.k8s.io/v1alpha1',
    kind: 'CompositeController',
    metadata: { name },
    spec: {
      parentResource: {
        apiVersion: 'pets.bestie.com/v1',
        resource: 'besties',
        ...(Object.keys(parentLabels).length > 0 && { labelSelector: { matchLabels: parentLabels } }),
      },
      childResources: children.map(({ apiVersion, resource, method }) => ({ apiVersion, resource, updateStrategy: { method } })),
      generateSelector: true,
      resyncPeriodSeconds,
      hooks: Object.fromEntries(hooks.map((hook) => [hook, webhook(hook)])),
    },
  };
}
