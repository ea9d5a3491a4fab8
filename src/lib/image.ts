/** Image references: `repository:tag`, `repository@algorithm:hex`, or `repository:tag@algorithm:hex`, of which the digest decides and the tag is for reading. */

/** The reference that `spec.image` and `spec.version` give: a version is a tag, a digest, or both with `@` between them. */
export function imageReference({ image, version }: { image: string; version: string }): string {
  const isDigest = version.includes(':') && !version.includes('@');
  return `${image}${isDigest ? '@' : ':'}${version}`;
}

/** The version of a reference: what follows the first `:` or `@` after the last `/`; undefined if there is neither. */
export function versionOf(reference: string): string | undefined {
  const name = reference.lastIndexOf('/') + 1;
  const at = reference.slice(name).search(/[:@]/);
  return at === -1 ? undefined : reference.slice(name + at + 1);
}

/** The tag of a version; undefined for a digest alone. */
export function tagOf(version: string): string | undefined {
  const [first = ''] = version.split('@');
  return first.includes(':') ? undefined : first;
}

/** Whether a user who wrote that text meant this version: as it is, or its tag alone. */
export const isNamed = (version: string, text: string | undefined): boolean =>
  text !== undefined && [version, tagOf(version)].includes(text);

/** Hexadecimal digits of a digest that are shown: enough to distinguish two images of one repository. */
const SHOWN_DIGITS = 12;

/** A tag as it is; a digest, also one behind a tag, cut to its algorithm and first digits, so that it fits a column. */
export function shortVersion(version: string): string {
  const colon = version.indexOf(':');
  return colon === -1 ? version : version.slice(0, colon + 1 + SHOWN_DIGITS);
}

/** The repository of a reference: the part before its tag or digest. */
export function repositoryOf(reference: string): string {
  const version = versionOf(reference);
  return version === undefined ? reference : reference.slice(0, -version.length - 1);
}
