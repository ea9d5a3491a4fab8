/** What every e2e test needs: is there a cluster, is the operator in it, and Namespaces of our own. */
import { condition, eventually, get, kubectl, kubectlStdin, type ClusterObject } from './kubectl.ts';
import { playChecks, stopChecks } from './drillchecks.ts';
import { play } from './players.ts';
import { startService, stopService } from './webhook.ts';

/** `local` runs the webhook here, `cluster` expects it to be installed and running already. */
const webhook = process.env.E2E_WEBHOOK ?? 'local';
export const overlay = process.env.E2E_OVERLAY ?? 'local';

/** Resources of the kinds that the installed CompositeController declares, as `kubectl get` takes them. */
export async function declaredResources(): Promise<string[]> {
  const text = await kubectl('get', 'compositecontroller', 'bestie-operator', '-o', 'json');
  const { spec } = JSON.parse(text) as { spec: { childResources: { apiVersion: string; resource: string }[] } };
  return spec.childResources.map(({ apiVersion, resource }) => {
    const [group, version] = apiVersion.split('/');
    return version === undefined ? resource : `${resource}.${version}.${group ?? ''}`;
  });
}

let players: { stop(): void } | undefined;

/** True where there is a cluster; says aloud, once, what is skipped where there is none. */
export async function clusterIsThere(): Promise<boolean> {
  if (process.env.KUBECONFIG === undefined) {
    console.log('SKIPPED: the e2e tests need a cluster with Metacontroller; set KUBECONFIG');
    return false;
  }
  await kubectl('get', '--raw', '/readyz');
  return true;
}

/** Applies the overlay, and waits until the API server serves Besties. */
export async function applyOverlay(): Promise<void> {
  await kubectl('apply', '--server-side', '--force-conflicts', '-k', `manifests/overlays/${overlay}`);
  await kubectl('wait', '--for=condition=Established', 'crd/besties.pets.bestie.com', '--timeout=30s');
}

/** Root hooks of the e2e run: install the overlay, start webhook and players, and take all of it away again. */
export async function install(): Promise<void> {
  if (webhook === 'local') await startService();
  await applyOverlay();
  const roles = (process.env.E2E_PLAY ?? '').split(',').filter(Boolean);
  players = play(roles);
  if (roles.includes('pgo')) await playChecks();
}

export async function uninstall(): Promise<void> {
  players?.stop();
  await stopChecks();
  await stopService();
}

/** A fresh Namespace for one group of tests. */
export async function namespace(name: string): Promise<string> {
  await kubectl('delete', 'namespace', name, '--ignore-not-found', '--timeout=60s');
  await kubectlStdin({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, 'apply');
  return name;
}

export const bestie = (name: string, spec: object): object => ({
  apiVersion: 'pets.bestie.com/v1',
  kind: 'Bestie',
  metadata: { name },
  spec,
});

export const apply = (ns: string, object: object): Promise<string> => kubectlStdin(object, '-n', ns, 'apply');

/** Waits for a condition of the Bestie, for its current generation. */
export function becomes(ns: string, name: string, type: string, status: string, reason?: string, seconds = 60): Promise<ClusterObject> {
  return eventually(`${type}=${status}${reason === undefined ? '' : `/${reason}`} of Bestie ${ns}/${name}`, seconds, async () => {
    const live = await get(ns, 'besties', name);
    const found = condition(live, type);
    const current = live?.status?.observedGeneration === (live?.metadata as { generation?: number } | undefined)?.generation;
    return current && found?.status === status && (reason === undefined || found.reason === reason) ? live : undefined;
  });
}
