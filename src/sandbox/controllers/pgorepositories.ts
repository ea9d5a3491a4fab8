/** The repositories of a PostgresCluster as PGO writes them to status. */
import type { Fields, Resource } from '../apiserver/object.ts';
import { fieldsOf } from './objectstatus.ts';

const named = (items: unknown): readonly { name: string; replicas?: number }[] =>
  (items ?? []) as readonly { name: string; replicas?: number }[];
const pgbackrestSpec = ({ spec }: Resource): Fields => fieldsOf(fieldsOf(spec?.backups).pgbackrest);

/** Repositories that `sandbox/stanza` names: their stanza cannot be created. */
const failing = ({ metadata }: Resource): readonly string[] => (metadata.annotations?.['sandbox/stanza'] ?? '').split(',');

/**
 * A volume repository is bound; a cloud one never is. Stanzas are created all at once: where one fails, those that existed before stay, and
 * no other comes.
 */
export function repositories(cluster: Resource, state: Fields): Fields[] {
  const all = named(pgbackrestSpec(cluster).repos) as readonly ({ name: string } & Fields)[];
  const before = named(fieldsOf(cluster.status?.pgbackrest).repos) as readonly ({ name: string } & Fields)[];
  const isHeldUp = all.some(({ name }) => failing(cluster).includes(name));
  const had = (name: string): boolean =>
    before.some((each) => each.name === name && each.stanzaCreated === true && !failing(cluster).includes(name));
  return all.map(({ name, volume }) => ({
    name,
    ...(volume === undefined ? { repoOptionsHash: '5c9966f6bc' } : { bound: true, volume: `pv-${name}` }),
    ...(isHeldUp && !had(name) ? { stanzaCreated: false } : state),
  }));
}

/** Without any, PGO archives nothing, and shows nothing about backups. */
export const hasBackups = ({ spec }: Resource): boolean => spec?.backups !== undefined;

/** Whether the first repository, on which everything else of backups hangs, has its stanza. */
export const isFirstPrepared = (cluster: Resource): boolean =>
  fieldsOf(repositories(cluster, { stanzaCreated: true })[0]).stanzaCreated === true;

export const hasVolumeRepository = (cluster: Resource): boolean =>
  named(pgbackrestSpec(cluster).repos).some((repository) => 'volume' in repository);

/** The host of the repositories, which a bucket needs none of. */
export const hostOf = (cluster: Resource, ready: boolean): Fields =>
  hasVolumeRepository(cluster) ? { repoHost: { apiVersion: 'apps/v1', kind: 'StatefulSet', ready } } : {};
