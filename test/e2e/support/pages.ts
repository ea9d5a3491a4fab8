/** What stands before each page whose commands are run, and what the page calls otherwise. */
import { apply, applyOverlay, becomes, bestie, overlay } from './cluster.ts';
import { eventually, get, kubectl, kubectlStdin } from './kubectl.ts';
import { COPIES_FATE } from './pgocopies.ts';
import { RESTORE_FATE } from './pgorestores.ts';
import { POSTGRES_CLUSTERS } from './pgostatus.ts';
import { all } from './playing.ts';

export const NS = 'e2e-docs';

type Act = () => Promise<unknown>;

export interface Setting {
  page: string;
  /** What the reader of the page has; a hook of mocha, which may skip the page. */
  given: (this: Mocha.Context) => Promise<unknown>;
  /** What has happened before the command that contains the key. */
  before?: Record<string, Act>;
  /** What must be so after the last command. */
  then?: Act;
  /** What puts back what the page took from other tests. */
  finally?: Act;
}

/** A backup of today: one from before the database is refused. */
const label = (time: string): string => `${new Date().toISOString().slice(0, 10).replaceAll('-', '')}-${time}F`;

/** The pages speak of the Bestie `shop/bestie` in a cluster of the reader; here it stands in a Namespace of ours, and other Namespaces are left alone. */
export const replaced: readonly (readonly [RegExp, string])[] = [
  [/\bshop\b/g, NS],
  [/-n argocd\b/g, `-n ${NS}`],
  [/\bmanifests\/overlays\/default\b/g, `manifests/overlays/${overlay}`],
  // Here the database is some seconds old.
  [/\bnow - 600\b/g, 'now - 5'],
  [/\b20261124-(\d{6})F\b/g, label('$1')],
  [/(delete besties --all|get besties?|get deployments) (?:--all-namespaces|-A)/g, `$1 -n ${NS}`],
];

export const asHere = (words: string): string => replaced.reduce((so, [from, to]) => so.replaceAll(from, to), words);

const database = (): ReturnType<typeof get> => get(NS, POSTGRES_CLUSTERS, 'bestie-pgo');
const isGone = async (): Promise<boolean> => (await get(NS, 'besties', 'bestie')) === undefined;

/** No Bestie and no database is left. */
async function nothing(): Promise<void> {
  await kubectl(
    '-n',
    NS,
    'patch',
    'bestie',
    'bestie',
    '--type=merge',
    '-p',
    '{"spec":{"deletionProtection":false,"deletionPolicy":"Delete"}}',
  ).catch(ignoreMissing);
  await kubectl('-n', NS, 'delete', 'bestie', 'bestie', '--ignore-not-found', '--timeout=120s');
  await kubectl('-n', NS, 'delete', 'postgrescluster', 'bestie-pgo', '--ignore-not-found', '--timeout=60s');
  await eventually('nothing is left', 60, async () => (await isGone()) && (await database()) === undefined);
}

/** A new Bestie on a database that was there at the moments that the page names. */
const aged: Act = async () => {
  await running('1.4')();
  await eventually('the database is some seconds old', 60, async () => {
    const created = Date.parse((await database())?.metadata.creationTimestamp ?? '');
    return Date.now() - created > 10_000;
  });
};

/** How the restores of the played PGO end from now on. */
const restoresThat =
  (fate: 'work' | 'fail' | 'hang'): Act =>
  () =>
    kubectl('-n', NS, 'annotate', '--overwrite', 'postgrescluster', 'bestie-pgo', `${RESTORE_FATE}=${fate}`);

/** How the copies of the played PGO end from now on. */
const copiesThat =
  (fate: 'work' | 'fail' | 'hang'): Act =>
  () =>
    kubectl('-n', NS, 'annotate', '--overwrite', 'postgrescluster', 'bestie-pgo', `${COPIES_FATE}=${fate}`);

/** Takes off the protection that docs/tasks/delete.md puts on the Namespace, also of a run that was cut. */
export const unprotected: Act = () => kubectl('label', 'namespace', NS, 'pets.bestie.com/protected-').catch(ignoreMissing);

function ignoreMissing(error: unknown): void {
  if (!String(error).includes('NotFound')) throw error;
}

/** A new Bestie that runs a version, on a new database. */
const running =
  (version: string, spec: object = {}): Act =>
  async () => {
    await nothing();
    await apply(NS, bestie('bestie', { size: 3, version, ...spec }));
    await becomes(NS, 'bestie', 'Ready', 'True', undefined, 120);
  };

const wants = (version: string): Promise<string> =>
  kubectl('-n', NS, 'patch', 'bestie', 'bestie', '--type=merge', '-p', JSON.stringify({ spec: { version } }));

const isReady: Act = () => becomes(NS, 'bestie', 'Ready', 'True');

/** The operator was uninstalled, and is there again with a Bestie. */
const installedAnew: Act = async () => {
  await applyOverlay();
  await running('1.4')();
};

/** Version 1.4 runs, and 1.5-crash was rolled back. */
const rolledBack: Act = async () => {
  await running('1.4')();
  await wants('1.5-crash');
  await becomes(NS, 'bestie', 'RolledBack', 'True', 'RolledBack', 120);
  await becomes(NS, 'bestie', 'DeploymentReady', 'True', undefined, 60);
};

const cronJob = (name: string): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: {
    schedule: '0 2 * * *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'pgbackrest', image: 'played' }] } } } },
  },
});

export const settings: readonly Setting[] = [
  { page: 'docs/tasks/install.md', given: () => kubectl('delete', 'namespace', NS, '--timeout=120s') },
  { page: 'docs/user-guide.md', given: running('1.3'), then: isReady },
  { page: 'docs/tasks/upgrade.md', given: running('1.3') },
  { page: 'docs/tasks/failed-upgrade.md', given: rolledBack, then: isReady },
  { page: 'docs/tasks/debug.md', given: rolledBack },
  {
    page: 'docs/tasks/upgrade-the-operator.md',
    async given() {
      await running('1.3')();
      // As docs/tasks/install.md applies it: fields that kubectl owns on the client's side.
      await kubectl('delete', 'validatingadmissionpolicy', 'bestie-deletion');
      await kubectl('apply', '-k', `manifests/overlays/${overlay}`);
    },
  },
  { page: 'docs/tasks/move-to-gateway.md', given: running('1.3'), then: isReady },
  {
    page: 'docs/tasks/back-up.md',
    given: running('1.4'),
    before: {
      'create job': () => apply(NS, cronJob('bestie-pgo-repo2-full')),
      'pgbackrest-restore":null': () =>
        eventually('the restore has ended', 60, async () => {
          const live = await get(NS, POSTGRES_CLUSTERS, 'bestie-pgo');
          return (live?.status?.pgbackrest as { restore?: { finished?: boolean } } | undefined)?.restore?.finished === true;
        }),
    },
    then: isReady,
  },
  {
    page: 'docs/tasks/verify-backups.md',
    given: running('1.4'),
    before: { watched: copiesThat('hang'), failing: copiesThat('fail') },
    then: isReady,
  },
  {
    page: 'docs/tasks/restore.md',
    given: aged,
    before: {
      thursday: restoresThat('fail'),
      friday: restoresThat('work'),
      saturday: restoresThat('fail'),
      '"late"': restoresThat('hang'),
      '"instead"': restoresThat('work'),
    },
    then: isReady,
  },
  {
    page: 'docs/tasks/copy.md',
    given: running('1.4', { deletionPolicy: 'Delete' }),
    finally: () => kubectl('-n', NS, 'delete', 'bestie', 'bestie-next', 'bestie-again', '--ignore-not-found', '--timeout=120s'),
  },
  {
    page: 'docs/tasks/keep-the-data.md',
    given: running('1.4'),
    before: {
      'kubectl label -n shop --overwrite postgrescluster/bestie-pgo': async () => {
        await becomes(NS, 'bestie', 'Ready', 'True');
        await kubectl('-n', NS, 'delete', 'bestie', 'bestie', '--cascade=orphan');
        await eventually('the Bestie is gone', 60, isGone);
        await apply(NS, bestie('bestie', { size: 3, version: '1.4', deletionPolicy: 'Retain' }));
        await becomes(NS, 'bestie', 'DatabaseReady', 'False', 'DatabaseNotAttached');
      },
      'delete -n shop postgrescluster': async () => {
        await becomes(NS, 'bestie', 'Ready', 'True');
        await becomes(NS, 'bestie', 'DatabaseGuarded', 'True');
        await kubectl('-n', NS, 'delete', 'bestie', 'bestie', '--timeout=60s');
      },
    },
  },
  {
    page: 'docs/tasks/delete.md',
    given: running('1.4'),
    before: { 'skip-final-backup': running('1.4') },
    finally: unprotected,
  },
  {
    page: 'docs/tasks/gitops.md',
    given: () => kubectlStdin({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'argocd-cm' } }, '-n', NS, 'apply'),
  },
  { page: 'docs/tasks/monitor.md', given: () => Promise.resolve() },
  { page: 'docs/tasks/collect-logs.md', given: () => Promise.resolve() },
  {
    page: 'docs/uninstall.md',
    async given() {
      const others = (await all('besties')).filter(({ metadata }) => metadata.namespace !== NS);
      if (others.length > 0) {
        console.log('SKIPPED: docs/uninstall.md deletes the CRD, and other Namespaces have Besties');
        this.skip();
      }
      await running('1.4', { deletionProtection: true })();
    },
    before: {
      'apply -k manifests/overlays': async () => {
        await installedAnew();
        await kubectl('delete', '-k', `manifests/overlays/${overlay}`, '--wait=false');
      },
      '/metadata/finalizers/0': async () => {
        await eventually('the CRD is gone', 120, async () => !(await kubectl('get', 'crd', '-o', 'name')).includes('besties.'));
        await installedAnew();
        await kubectl('delete', 'compositecontroller', 'bestie-operator');
        await kubectl('-n', NS, 'delete', 'bestie', 'bestie', '--wait=false');
      },
    },
    async finally() {
      await applyOverlay();
    },
    then: () => eventually('the Bestie is gone', 60, isGone),
  },
];
