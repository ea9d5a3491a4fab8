/** What the spec adds to the pods, as the API server stores it. */
import { strict as assert } from 'node:assert';
import { migrated, usable } from '../support/stages.ts';
import { manifestOf, syncOf, world, type Loose } from '../support/world.ts';

interface Pod {
  initContainers: Loose[];
  containers: Loose[];
  volumes: Loose[];
}

const podOf = (kind: 'Deployment' | 'Job', fields: Loose): Pod => {
  const found = manifestOf(syncOf(kind === 'Job' ? usable(world(fields)) : migrated(world(fields))), kind);
  assert.ok(found, kind);
  return (found.spec as { template: { spec: Pod } }).template.spec;
};
const tmp = { name: 'tmp', mountPath: '/tmp' };

describe('children/podcontainers', () => {
  for (const kind of ['Deployment', 'Job'] as const) {
    it(`${kind}: sidecars come first, then the wait for the database, then the others`, () => {
      const { initContainers } = podOf(kind, {
        database: { seed: false },
        initContainers: [{ name: 'a' }, { name: 'b', image: 'b:1' }],
        sidecars: [{ name: 'c', image: 'c:1' }],
      });
      assert.deepEqual(
        initContainers.map(({ name, image, restartPolicy }) => [name, image, restartPolicy]),
        [
          ['c', 'c:1', 'Always'],
          ['wait-for-database', 'quay.io/opdev/bestie:1.3', undefined],
          ['a', 'quay.io/opdev/bestie:1.3', undefined],
          ['b', 'b:1', undefined],
        ],
      );
    });

    it(`${kind}: the containers of the application get envFrom and volumeMounts, the others what is theirs`, () => {
      const { initContainers, containers } = podOf(kind, {
        envFrom: [{ secretRef: { name: 'mail' } }],
        volumes: [{ name: 'data', emptyDir: {} }],
        volumeMounts: [{ name: 'data', mountPath: '/data' }],
        sidecars: [{ name: 'c', image: 'c:1', env: [{ name: 'A', value: '' }] }],
      });
      const data = { name: 'data', mountPath: '/data' };
      for (const container of containers)
        assert.deepEqual([container.envFrom, container.volumeMounts], [[{ secretRef: { name: 'mail' } }], [tmp, data]]);
      const [sidecar, wait] = initContainers;
      assert.deepEqual(sidecar, { name: 'c', image: 'c:1', env: [{ name: 'A' }], volumeMounts: [tmp], restartPolicy: 'Always' });
      assert.deepEqual([wait?.envFrom, wait?.volumeMounts], [undefined, [tmp]]);
    });
  }

  it('pulls the image of the application by the policy of the spec, and another one by its own', () => {
    const { initContainers } = podOf('Deployment', {
      imagePullPolicy: 'Never',
      initContainers: [{ name: 'a' }, { name: 'b', imagePullPolicy: 'Always' }, { name: 'c', image: 'c:1' }],
    });
    assert.deepEqual(
      initContainers.slice(1).map(({ imagePullPolicy }) => imagePullPolicy),
      ['Never', 'Always', undefined],
    );
  });

  it('migrates by the steps in containers of its own, after the init containers', () => {
    const { initContainers, containers } = podOf('Job', { initContainers: [{ name: 'a' }] });
    assert.deepEqual(
      [...initContainers, ...containers].map(({ name }) => name),
      ['wait-for-database', 'a', 'migrate', 'seed'],
    );
  });

  it('sends what the API server stores: no readOnly that is false, quantities in its own form, an empty directory', () => {
    const { volumes, initContainers, containers } = podOf('Deployment', {
      volumes: [
        { name: 'a', emptyDir: { sizeLimit: '1024Mi' } },
        { name: 'b', persistentVolumeClaim: { claimName: 'b', readOnly: false } },
        { name: 'c', nfs: { server: 'c', path: '/c', readOnly: true } },
        { name: 'd', csi: { driver: 'd', readOnly: false, volumeAttributes: { e: '' } } },
        { name: 'e', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault' } }] } },
        { name: 'f', emptyDir: {} },
      ],
      volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: false }],
      initContainers: [{ name: 'i', resources: { requests: { memory: '1024Mi' }, limits: {} }, command: [''], args: [] }],
    });
    assert.deepEqual(volumes, [
      { name: 'tmp', emptyDir: {} },
      { name: 'a', emptyDir: { sizeLimit: '1Gi' } },
      { name: 'b', persistentVolumeClaim: { claimName: 'b' } },
      { name: 'c', nfs: { server: 'c', path: '/c', readOnly: true } },
      { name: 'd', csi: { driver: 'd', readOnly: false, volumeAttributes: { e: '' } } },
      { name: 'e', projected: { sources: [{ serviceAccountToken: { path: 'token', audience: 'vault', expirationSeconds: 3600 } }] } },
      { name: 'f', emptyDir: {} },
    ]);
    assert.deepEqual(containers[0]?.volumeMounts, [tmp, { name: 'a', mountPath: '/a' }]);
    const { resources, command, args } = initContainers[1] ?? {};
    assert.deepEqual([resources, command, args], [{ requests: { memory: '1Gi' } }, [''], undefined]);
  });
});
