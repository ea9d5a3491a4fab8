/** Image references: `repository:tag`, or `repository@algorithm:hex` where the version is a digest. */

/** The reference that `spec.image` and `spec.version` give. */
export function imageReference({ image, version }: { image: string; version: string }): string {
  return version.includes(':') ? `${image}@${version}` : `${image}:${version}`;
}

/** The tag or digest of a reference: what follows `@`, or the last `:` after the last `/`; undefined where there is neither. */
export function versionOf(reference: string): string | undefined {
  const digest = reference.indexOf('@');
  if (digest !== -1) return reference.slice(digest + 1);
  const name = reference.lastIndexOf('/') + 1;
  const tag = reference.indexOf(':', name);
  return tag === -1 ? undefined : reference.slice(tag + 1);
}
