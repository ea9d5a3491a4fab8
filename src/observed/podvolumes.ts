/** What the volumes of a pod are made of: the objects that must exist before a container starts. */
import { firstFew } from '../lib/firstfew.ts';
import { present, type Pod } from './pods.ts';

/** The prefix of the volume with which Kubernetes mounts the token of a ServiceAccount. */
const TOKEN_PREFIX = 'kube-api-access-';

type Volume = NonNullable<NonNullable<NonNullable<Pod['spec']>['volumes']>[number]>;
type Source = Pick<Volume, 'configMap'> & {
  secret?: { name?: string | null; secretName?: string | null; optional?: boolean | null } | null;
};

function objectsOf({ configMap, secret }: Source): string[] {
  const secretName = secret?.secretName ?? secret?.name;
  return [
    ...(configMap?.name != null && configMap.optional !== true ? [`ConfigMap ${configMap.name}`] : []),
    ...(secretName != null && secret?.optional !== true ? [`Secret ${secretName}`] : []),
  ];
}

/** In words, the objects that the volumes of the pod need, each once; undefined if they need none. */
export function objectsOfVolumes({ spec }: Pod): string | undefined {
  const volumes = present(spec?.volumes).filter(({ name }) => name?.startsWith(TOKEN_PREFIX) !== true);
  const all = volumes.flatMap((volume) => {
    const claim = volume.persistentVolumeClaim?.claimName;
    const sources = present(volume.projected?.sources).flatMap(objectsOf);
    return [...objectsOf(volume), ...sources, ...(claim == null ? [] : [`PersistentVolumeClaim ${claim}`])];
  });
  const names = [...new Set(all)];
  return names.length === 0 ? undefined : firstFew(names);
}
