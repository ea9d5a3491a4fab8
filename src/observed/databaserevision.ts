/**
 * Which login and which data of a managed database the pods of the application were started with. A pod reads its password once, when it starts: when
 * the database operator has written another one to the database, the pods are replaced, once.
 */
import type { Observed } from '../api/observed.ts';
import { durable } from './lastapplied.ts';
import { annotations } from '../api/names.ts';
import { dataChanges } from './lineage.ts';
import { isExternal } from './migrations.ts';
import { isStopped } from './replaceddata.ts';
import { appliedTemplate, deployment } from './deployment.ts';

/** The revision of the login, and how often the data was replaced. */
function current(o: Observed): string | undefined {
  const users = isExternal(o) ? undefined : o.provider.loginRevision(o);
  const changes = dataChanges(o);
  return users ? `${users}${changes > 0 ? `/${changes}` : ''}` : undefined;
}

const applied = (o: Observed): { recorded?: string | undefined; pods?: string | undefined } => {
  const live = deployment(o);
  if (live === undefined) return {};
  return {
    recorded: durable(o, live, annotations.revision),
    pods: appliedTemplate(live, o)?.metadata?.annotations?.[annotations.revision],
  };
};

/** Whether the pods of the template run with another login, or on other data, than there is now. */
function isOutdated(o: Observed): boolean {
  const [now, { recorded }] = [current(o), applied(o)];
  if (deployment(o) === undefined || now === undefined) return false;
  return recorded === undefined ? dataChanges(o) > 0 : recorded !== now;
}

/**
 * The annotation of the pods; undefined until there was a change. While the application is stopped its template stays: it changes when the
 * application starts, so that its rollout has a deadline of its own.
 */
export const podRevision = (image: string, o: Observed): string | undefined =>
  isOutdated(o) && !isStopped(image, o) ? current(o) : applied(o).pods;

/** The annotation of the Deployment. On one of a former release the first record comes with a write that is needed anyway (`isWritten`). */
export function recordedRevision(image: string, isWritten: boolean, o: Observed): string | undefined {
  const { recorded } = applied(o);
  if (isStopped(image, o)) return recorded;
  const isNew = deployment(o) === undefined || (recorded === undefined && isWritten);
  return isNew || isOutdated(o) ? current(o) : recorded;
}
