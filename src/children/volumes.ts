/** The volumes that the spec adds to the pods, and where the containers mount them. */
import type { BestieSpec } from '../api/bestie.ts';
import { storedQuantity } from '../lib/quantity.ts';

export type Volume = NonNullable<BestieSpec['volumes']>[number];
export type VolumeMount = NonNullable<BestieSpec['volumeMounts']>[number];

/** A writable directory: the root file system is read-only by default. */
const TMP = 'tmp';

/** The API server does not store a `readOnly` that is false. */
const withoutFalse = ({ readOnly, ...others }: { readOnly?: boolean }): object => ({ ...others, ...(readOnly === true && { readOnly }) });

/** An object without fields is an empty directory with the defaults. */
const emptyDirectory = ({ sizeLimit, ...others }: NonNullable<Volume['emptyDir']>): object => ({
  ...others,
  ...(sizeLimit !== undefined && { sizeLimit: storedQuantity(sizeLimit) }),
});

/** One volume, as the API server stores it. */
function stored({ emptyDir, persistentVolumeClaim, nfs, ...others }: Volume): object {
  return {
    ...others,
    ...(emptyDir && { emptyDir: emptyDirectory(emptyDir) }),
    ...(persistentVolumeClaim && { persistentVolumeClaim: withoutFalse(persistentVolumeClaim) }),
    ...(nfs && { nfs: withoutFalse(nfs) }),
  };
}

/** Of a pod: the operator's own, then those of the spec. */
export const volumesOf = ({ volumes = [] }: BestieSpec): object[] => [{ name: TMP, emptyDir: {} }, ...volumes.map(stored)];

/** Of a container: the operator's own, then the given ones. */
export const mountsOf = (mounts: readonly VolumeMount[] = []): object[] => [{ name: TMP, mountPath: '/tmp' }, ...mounts.map(withoutFalse)];
