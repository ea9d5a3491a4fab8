/** What a Job runs. */
import type { Resource } from '../../src/sandbox/apiserver/object.ts';

type Template = { spec?: { initContainers?: { name: string }[]; containers?: { image: string; name: string }[] } } | undefined;
const templateOf = ({ spec }: Resource): Template => spec?.template as Template;
export const imageOf = (object: Resource): string => templateOf(object)?.spec?.containers?.[0]?.image ?? '';
/** Whether the Job loads the sample data. */
export const isSeeding = (job: Resource): boolean => templateOf(job)?.spec?.containers?.some(({ name }) => name === 'seed') ?? false;
