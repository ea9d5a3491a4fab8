/** Image references: `repository:tag`, or `repository@algorithm:hex` where the version is a digest. */

/** The reference that `spec.image` and `spec.version` give. */
export function imageReference({ image, version }: { image: string; version: string }): string {
  return version.includes(':') ? `${image}@${version}` : `${image}:${version}`;
}

/** The tag or digest of a reference: what follows `@`, or the last `:` after the last `/`; undefined if there is neither. */
export function versionOf(reference: string): string | undefined {
  const digest = reference.indexOf('@');
  if (digest !== -1) return reference.slice(digest + 1);
  const name = reference.lastIndexOf('/') + 1;
  const tag = reference.indexOf(':', name);
  return tag === -1 ? undefined : reference.slice(tag + 1);
}

/** Hexadecimal digits of a digest that are shown: enough to distinguish two images of one repository. */
const SHOWN_DIGITS = 12;

/** A tag as it is; a digest cut to its algorithm and first digits, so that it fits a column. */
export function shortVersion(version: string): string {
  const colon = version.indexOf(':');
  return colon === -1 ? version : version.slice(0, colon + 1 + SHOWN_DIGITS);
}

/** The repository of a reference: the part before its tag or digest. */
export function repositoryOf(reference: string): string {
  const version = versionOf(reference);
  return version === undefined ? reference : reference.slice(0, -version.length - 1);
}
