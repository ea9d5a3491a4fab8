/** Collects the children of a parent, and adopts or releases objects on the way. */
import { kindKey } from '../../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../../api/names.ts';
import { ApiError, ignoring } from '../apiserver/apierror.ts';
import type { ApiServer, Client } from '../apiserver/client.ts';
import { claim } from './claim.ts';
import type { ControllerConfig } from './controllerconfig.ts';
import type { Informer } from './informer.ts';
import { controllerReference, matchesLabels, type Resource } from '../apiserver/object.ts';
import { emptyGroups, insert, type Grouped } from './objectmap.ts';
import { live, updateLive } from './parentobject.ts';

/** The label by which a parent selects its children (generateSelector). */
export const generatedSelector = ({ metadata }: Resource): Record<string, string> => ({ [CONTROLLER_UID_LABEL]: metadata.uid });

function adopt(client: Client, parent: Resource, object: Resource): void {
  if (live(client, parent).metadata.deletionTimestamp !== undefined)
    throw new Error(`${parent.kind} ${parent.metadata.name} has just been deleted`);
  updateLive(client, object, (current) => {
    const others = (current.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== parent.metadata.uid);
    return { ...current, metadata: { ...current.metadata, ownerReferences: [...others, controllerReference(parent)] } };
  });
}

function release(client: Client, parent: Resource, object: Resource): void {
  updateLive(client, object, (current) => ({
    ...current,
    metadata: { ...current.metadata, ownerReferences: current.metadata.ownerReferences?.filter(({ uid }) => uid !== parent.metadata.uid) },
  }));
}

export interface ClaimContext {
  client: Client;
  server: ApiServer;
  informer: Informer;
  config: ControllerConfig;
}

/** The children by kind, with a group for every declared kind. An adopted one is still the cached object, without its owner. Throws where one claim fails. */
export function claimChildren({ client, server, informer, config }: ClaimContext, parent: Resource): Grouped<Resource> {
  const claimed = emptyGroups<Resource>(config.children.map(kindKey));
  for (const child of config.children) {
    const kind = kindKey(child);
    if (!server.serves(kind))
      throw new ApiError('NotFound', `discovery: can't find resource ${child.resource} in apiVersion ${child.apiVersion}`);
    for (const object of informer.list(kind).filter(({ metadata }) => metadata.namespace === parent.metadata.namespace)) {
      const decision = claim({ parent, object, matches: matchesLabels(object, generatedSelector(parent)) });
      if (decision === 'claimed') insert(claimed, [object]);
      if (decision === 'release')
        ignoring(['NotFound'], () => {
          release(client, parent, object);
        });
      if (decision === 'adopt') {
        const adopted = ignoring(['NotFound'], () => {
          adopt(client, parent, object);
          return object;
        });
        if (adopted) insert(claimed, [adopted]);
      }
    }
  }
  return claimed;
}
