import assert from 'node:assert/strict';
import { createApiServer } from '../../../src/sandbox/apiserver/apiserver.ts';
import type { Client, DeleteOptions } from '../../../src/sandbox/apiserver/client.ts';
import { collect, fateOf, type OwnerState } from '../../../src/sandbox/controllers/collector.ts';
import { controllerReference, omit, type OwnerReference, type Resource } from '../../../src/sandbox/apiserver/object.ts';

const reference = (uid: string): OwnerReference => ({ apiVersion: 'v1', kind: 'Service', name: uid, uid });

const fates: readonly { name: string; reason: string; owners: readonly OwnerState[]; want: string }[] = [
  { name: 'NoOwner', reason: 'it has no owner to lose', owners: [], want: 'keep' },
  { name: 'SolidOwner', reason: 'it is wanted', owners: ['solid'], want: 'keep' },
  { name: 'OwnerGone', reason: 'background deletion', owners: ['dangling'], want: 'remove' },
  { name: 'OwnerWaits', reason: 'foreground deletion', owners: ['waiting'], want: 'remove' },
  { name: 'SecondOwnerKeeps', reason: 'only the dead reference goes', owners: ['dangling', 'solid'], want: 'release' },
  { name: 'SecondOwnerKeepsInForeground', reason: 'as with a dead one', owners: ['waiting', 'solid'], want: 'release' },
  { name: 'AllOwnersGone', reason: 'two are as good as one', owners: ['dangling', 'waiting'], want: 'remove' },
];

function world(): { client: Client; owner: Resource; dependent: Resource; guard: Resource } {
  const client = createApiServer(() => '2026-01-01T00:00:00Z').as('user');
  const guard = client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  const owner = client.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'owner', namespace: 'shop' } });
  const dependent = client.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'dependent', namespace: 'shop', ownerReferences: [controllerReference(owner)] },
  });
  return { client, owner, dependent, guard };
}

function deleted(client: Client, owner: Resource, options: DeleteOptions): void {
  client.remove(owner, options);
  for (let round = 0; round < 5; round += 1) collect(client);
}

describe('sandbox/controllers/collector', () => {
  for (const { name, reason, owners, want } of fates) {
    it(`${name}: ${reason}`, () => {
      const fate = fateOf(
        owners.map((_, index) => reference(String(index))),
        ({ uid }) => owners[Number(uid)] ?? 'solid',
      );
      assert.equal(fate.action, want);
    });
  }

  it('NothingIsLost: an unchanged world is left alone', () => {
    const { client } = world();
    const before = client.everything();
    collect(client);
    assert.deepEqual(client.everything(), before);
  });

  it('Background: the owner goes at once, then the dependent', () => {
    const { client, owner } = world();
    client.remove(owner);
    assert.equal(client.get('ReplicaSet.apps/v1', 'shop', 'owner'), undefined);
    assert.notEqual(client.get('Service.v1', 'shop', 'dependent'), undefined);
    collect(client);
    assert.equal(client.get('Service.v1', 'shop', 'dependent'), undefined);
  });

  it('Foreground: the owner stays until its blocking dependents are gone', () => {
    const { client, owner, dependent } = world();
    client.update({ ...dependent, metadata: { ...dependent.metadata, finalizers: ['example.com/hold'] } });
    deleted(client, owner, { propagation: 'Foreground' });
    assert.notEqual(client.get('ReplicaSet.apps/v1', 'shop', 'owner')?.metadata.deletionTimestamp, undefined);
    const held = client.get('Service.v1', 'shop', 'dependent');
    assert.notEqual(held?.metadata.deletionTimestamp, undefined);
    client.update({
      ...dependent,
      metadata: { ...dependent.metadata, resourceVersion: held?.metadata.resourceVersion ?? '', finalizers: [] },
    });
    collect(client);
    assert.deepEqual([client.list('ReplicaSet.apps/v1'), client.list('Service.v1')], [[], []]);
  });

  it('Orphan: the dependent stays without its owner', () => {
    const { client, owner } = world();
    deleted(client, owner, { propagation: 'Orphan' });
    assert.deepEqual(client.list('ReplicaSet.apps/v1'), []);
    assert.equal(client.get('Service.v1', 'shop', 'dependent')?.metadata.ownerReferences, undefined);
  });

  for (const propagation of ['Background', 'Foreground'] as const) {
    it(`Guard${propagation}: a reference to the Namespace keeps the dependent, and only the owner's reference is removed`, () => {
      const { client, owner, dependent, guard } = world();
      const plainReference = omit(controllerReference(guard), 'controller', 'blockOwnerDeletion');
      client.update({ ...dependent, metadata: { ...dependent.metadata, ownerReferences: [controllerReference(owner), plainReference] } });
      deleted(client, owner, { propagation });
      assert.deepEqual(client.list('ReplicaSet.apps/v1'), []);
      assert.deepEqual(client.get('Service.v1', 'shop', 'dependent')?.metadata.ownerReferences, [plainReference]);
    });
  }

  it('OtherUid: an owner of the same name that is another object does not count', () => {
    const { client, owner } = world();
    client.remove(owner);
    client.create({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'owner', namespace: 'shop' } });
    collect(client);
    assert.equal(client.get('Service.v1', 'shop', 'dependent'), undefined);
  });

  it('OtherNamespace: an owner there does not exist for its dependents', () => {
    const { client, owner } = world();
    client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    client.create({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'far', namespace: 'other', ownerReferences: [controllerReference(owner)] },
    });
    collect(client);
    assert.equal(client.get('Service.v1', 'other', 'far'), undefined);
  });
});
