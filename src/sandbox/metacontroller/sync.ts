/**
 * One sync of one parent, step by step as Metacontroller 4.17 does it (dynamic apply, generated selector, strict mode).
 * Source: https://metacontroller.github.io/metacontroller/api/compositecontroller.html
 */
import { kindKey } from '../../api/kubernetes.ts';
import { CONTROLLER_UID_LABEL } from '../../api/names.ts';
import { ignoring } from '../apiserver/apierror.ts';
import { claimChildren, generatedSelector, type ClaimContext } from './claimchildren.ts';
import { FOREGROUND, ORPHAN, isFields, matchesLabels, type Draft, type Resource } from '../apiserver/object.ts';
import { controllerObject, finalizerOf, methodOf } from './controllerconfig.ts';
import type { Customizer } from './customize.ts';
import { decodeAnswer, type CallHook } from './hookcall.ts';
import { manageChildren } from './manage.ts';
import { insert, onTheWire, type Grouped } from './objectmap.ts';
import { addFinalizer, hasFinalizer, removeFinalizer, writeStatus } from './parentobject.ts';

export interface SyncContext extends ClaimContext {
  customizer: Customizer;
  callHook: CallHook;
  now: () => number;
  resyncAfter(seconds: number): void;
}

const isDeleting = ({ metadata }: Resource): boolean => metadata.deletionTimestamp !== undefined;
const isCollected = (parent: Resource): boolean => hasFinalizer(parent, FOREGROUND) || hasFinalizer(parent, ORPHAN);

/** Adds the finalizer to a living parent while a finalize hook is declared; removes it when there is none. */
function syncFinalizer({ client, config }: SyncContext, parent: Resource): Resource {
  const finalizer = finalizerOf(config);
  const declared = config.hooks.includes('finalize');
  if (hasFinalizer(parent, finalizer) === declared) return parent;
  if (!declared) return removeFinalizer(client, parent, finalizer);
  return isDeleting(parent) ? parent : addFinalizer(client, parent, finalizer);
}

/** The generated label goes onto every child; a child that carries another value of it fails the sync. */
function labelled(children: readonly Draft[], parent: Resource): Draft[] {
  return children.map((child) => {
    const labels: unknown = child.metadata.labels ?? {};
    if (!isFields(labels) || !Object.values(labels).every((value) => typeof value === 'string'))
      throw new Error(`invalid labels on desired child ${child.kind} ${child.metadata.name}`);
    const own =
      labels[CONTROLLER_UID_LABEL] === undefined ? { ...child.metadata.labels, ...generatedSelector(parent) } : child.metadata.labels;
    const result = { ...child, metadata: { ...child.metadata, labels: own } };
    if (!matchesLabels(result, generatedSelector(parent)))
      throw new Error(`labels on desired child ${child.kind} ${child.metadata.name} don't match parent selector`);
    return result;
  });
}

/** A child without metadata still reaches the API server, which refuses it. */
function inNamespace(child: Draft, parent: Resource): Draft {
  const metadata: Partial<Draft['metadata']> = isFields(child.metadata) ? child.metadata : {};
  return { ...child, metadata: { ...metadata, name: metadata.name ?? '', namespace: metadata.namespace ?? parent.metadata.namespace } };
}

/** Syncs the parent as the cache has it. Throws every error after which Metacontroller tries again; returns which hook was called, undefined where none was. */
export async function syncParent(context: SyncContext, cached: Resource): Promise<void> {
  const { client, config, customizer, callHook, now, server } = context;
  const finalizer = finalizerOf(config);
  const selected = (object: Resource): boolean => matchesLabels(object, config.parentLabels);
  const concerns = (object: Resource): boolean => selected(object) || hasFinalizer(object, finalizer);

  if (!concerns(cached)) return;
  const parent = syncFinalizer(context, cached);
  if (!concerns(parent)) return;

  const observed: Grouped<Resource> = claimChildren(context, parent);
  const related = await customizer.relatedTo(parent);

  const hook = config.hooks.includes('finalize') && (isDeleting(parent) || !selected(parent)) ? 'finalize' : 'sync';
  const namespace = parent.metadata.namespace ?? '';
  const request = {
    controller: controllerObject(config),
    parent,
    children: onTheWire(observed, namespace, config.version),
    related: onTheWire(related, namespace, config.version),
    finalizing: hook === 'finalize',
  };
  const answer = decodeAnswer(await callHook(hook, JSON.stringify(request)), now());
  if (answer.resyncAfterSeconds > 0) context.resyncAfter(answer.resyncAfterSeconds);

  const kept = answer.finalized ? removeFinalizer(client, parent, finalizer) : parent;
  const desired = insert<Draft>(
    new Map(),
    labelled(
      answer.children.map((child) => inNamespace(child, parent)),
      kept,
    ),
  );
  const finalizing = hasFinalizer(kept, finalizer) && config.hooks.includes('finalize') && !isCollected(kept);
  const failures =
    !isDeleting(kept) || finalizing
      ? manageChildren({
          client,
          parent: kept,
          observed,
          desired,
          methodOf: (kind) => methodOf(config, kind),
          serves: (kind) => server.serves(kind) !== undefined,
        })
      : [];

  // That a parent was deleted or changed since is ignored together with what failed before: the next event brings another sync.
  const written = ignoring(['NotFound', 'Conflict'], () => {
    writeStatus(client, kept, answer.status);
    return true;
  });
  if (written && failures.length > 0)
    throw new Error(
      `can't reconcile children for ${kindKey(parent)} ${namespace}/${parent.metadata.name}: ${failures.map(({ message }) => message).join('; ')}`,
    );
}
