/** The set of instances of a PostgresCluster. */
import type { BestieSpec } from '../../api/bestie.ts';
import type { Live } from '../../api/kubernetes.ts';
import { storedResources } from '../../lib/resources.ts';
import { claim } from './repositories.ts';
import { INSTANCE_SET, type InstanceSet, type RestorePod } from './types.ts';

type Database = BestieSpec['database'];

const isEmpty = (value: object | undefined): boolean => value === undefined || Object.keys(value).length === 0;

/** What is not asked for is not sent. */
function resources(asked: NonNullable<Database['resources']>): Pick<InstanceSet, 'resources'> {
  const all = storedResources(asked);
  return isEmpty(all) ? {} : { resources: all };
}

/** Where the pods run; only what is asked for. */
const placement = ({ affinity, tolerations }: Database): Partial<InstanceSet> => ({
  ...(!isEmpty(affinity) && { affinity }),
  ...(tolerations && { tolerations }),
});

/** The volume of the write-ahead log follows the class of the others where it has none of its own. */
const walVolume = ({ walStorage, storage }: Database): Partial<InstanceSet> =>
  walStorage === undefined ? {} : { walVolumeClaimSpec: claim(walStorage.size, walStorage.className ?? storage.className) };

/** Fields that the spec leaves out are not sent, so that what others set in them stays. The priority class is that which the pods may ask for. */
const wanted = (database: Database, priorityClassName: string | undefined): InstanceSet => ({
  name: INSTANCE_SET,
  replicas: database.replicas,
  dataVolumeClaimSpec: claim(database.storage.size, database.storage.className),
  ...walVolume(database),
  ...resources(database.resources ?? {}),
  ...placement(database),
  ...(priorityClassName !== undefined && { priorityClassName }),
  ...(database.podAnnotations && !isEmpty(database.podAnnotations) && { metadata: { annotations: database.podAnnotations } }),
});

/** Maps of an instance set in which others may have keys of their own. */
const sharedMaps = [
  ['metadata', 'annotations'],
  ['resources', 'requests'],
  ['resources', 'limits'],
] as const;

type Maps = Live<Record<string, Record<string, object>>>;

/**
 * The set of instances. Once keys of a shared map were sent, an empty map takes the place of the last one: to leave the field out would remove
 * it as a whole, with what others have set in it.
 */
export function instanceSet(database: Database, priorityClassName: string | undefined, applied: InstanceSet | undefined): InstanceSet {
  const set = wanted(database, priorityClassName);
  for (const [field, map] of sharedMaps) {
    const wasSent = (applied as Maps | undefined)?.[field]?.[map] != null;
    if (wasSent) Object.assign(set, { [field]: { [map]: {}, ...set[field] } });
  }
  return set;
}

/** The Job that fills the volume of an instance runs where the instances may run, and takes as much as one of them. */
export const restorePod = ({ resources: taken, affinity, tolerations }: InstanceSet): RestorePod => ({
  ...(taken && { resources: taken }),
  ...(affinity && { affinity }),
  ...(tolerations && { tolerations }),
});
