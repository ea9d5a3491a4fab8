/** Commands in messages: complete, to be run as they are. */
import { repositoryOf, versionOf } from '../lib/image.ts';
import type { Observed } from '../api/observed.ts';

/** A command of kubectl in the Namespace of the Bestie. */
export const kubectl = ({ bestie: { metadata } }: Observed, args: string): string => `kubectl -n ${metadata.namespace} ${args}`;

/** Labels in the form of kubectl. */
export const labelSelector = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** Merges fields into the spec of an object. */
export const patchSpec = (o: Observed, resource: string, name: string, spec: object): string =>
  kubectl(o, `patch ${resource} ${name} --type merge -p '${JSON.stringify({ spec })}'`);

/** Sets an annotation of the Bestie. */
export const annotate = (o: Observed, annotation: string, value: string): string =>
  kubectl(o, `annotate --overwrite bestie ${o.bestie.metadata.name} ${annotation}=${value}`);

/** The characters of an image reference. A record on a database may hold anything, and would end the quotes of the shell. */
const REFERENCE = /^[\w.:/@-]+$/;

/** Sets the spec to that image reference: its version, and its repository where the spec has another. Undefined for a text that is no reference. */
export function setTo(image: string, o: Observed): string | undefined {
  const { metadata, spec } = o.bestie;
  const [repository, version] = [repositoryOf(image), versionOf(image)];
  if (version === undefined || !REFERENCE.test(image)) return undefined;
  const change = { ...(repository !== spec.image && { image: repository }), version };
  return kubectl(o, `patch bestie ${metadata.name} --type merge -p '${JSON.stringify({ spec: change })}'`);
}
