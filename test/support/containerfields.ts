/** Rows of the tables of fields.ts about what the spec adds to pods: envFrom, volumes, volumeMounts, initContainers and sidecars. */
import type { Row } from './fields.ts';
import type { Loose } from './world.ts';

const from = (...envFrom: Loose[]): Loose => ({ envFrom });
const volume = (source: Loose, name = 'data'): Loose => ({ volumes: [{ name, ...source }] });
const map = { configMap: { name: 'settings' } };
const mounted = (mount: Loose): Loose => ({ ...volume(map), volumeMounts: [{ name: 'data', mountPath: '/data', ...mount }] });
const init = (container: Loose): Loose => ({ initContainers: [{ name: 'fetch', ...container }] });
const sidecar = (container: Loose): Loose => ({ sidecars: [{ name: 'proxy', image: 'proxy:1', ...container }] });
const item = (path: string): Loose => volume({ configMap: { name: 'settings', items: [{ key: 'a', path }] } });
const projected = (...sources: Loose[]): Loose => volume({ projected: { sources } });
const file = (...paths: string[]): Loose[] => paths.map((path) => ({ key: 'a', path }));
const forApiServer: Loose = { serviceAccountToken: { path: 'token' } };
const token = (fields: Loose): Loose => projected({ serviceAccountToken: { path: 'token', audience: 'vault', ...fields } });

const RULES = {
  envFrom: 'an item of envFrom has exactly one of configMapRef and secretRef',
  tmp: 'volumes: the name tmp is reserved for the volume that every container has at /tmp',
  limit: 'volumes: the sizeLimit of an emptyDir must be less than 1000E',
  attributes: 'volumes: a key of csi.volumeAttributes has at most 253 characters',
  mountPath: 'volumeMounts: a mountPath is neither / nor /tmp, which every container has',
  source: 'volumes: a volume has exactly one of configMap, secret, emptyDir, persistentVolumeClaim, projected, csi, nfs and hostPath',
  paths:
    'volumes: two sources of a projected volume have a file at the same path, and only one of them could be there; give each file in it a path of its own',
  token:
    'volumes: a serviceAccountToken without an audience is one for the API server, which no pod gets while automountServiceAccountToken is not true; set audience to the one who shall accept the token, or set automountServiceAccountToken to true',
  mount: 'each of volumeMounts names a volume of spec.volumes: add the volume there, or correct the name',
  mountOfInit: 'each of the volumeMounts of initContainers names a volume of spec.volumes: add the volume there, or correct the name',
  mountOfSidecar: 'each of the volumeMounts of sidecars names a volume of spec.volumes: add the volume there, or correct the name',
  names: 'initContainers and sidecars must not share a name, because a pod has both in one list: rename one of them',
  reservedInit: 'initContainers: the names bestie, migrate, seed and wait-for-database are reserved for the containers of the operator',
  reservedSidecar: 'sidecars: the names bestie, migrate, seed and wait-for-database are reserved for the containers of the operator',
  longInit:
    'initContainers must be shorter: commands, arguments and values of env have at most 16000 characters together; put long texts into a ConfigMap',
  longSidecars:
    'sidecars must be shorter: commands, arguments and values of env have at most 16000 characters together; put long texts into a ConfigMap',
  port: 'sidecars: the name of a port has a letter and no two hyphens in a row, and is not http, which is that of the application',
  ports: 'sidecars: a container must not name a port twice',
  probe: 'sidecars: a probe has exactly one of exec, httpGet, tcpSocket and grpc',
  admin: 'securityContext: the capability CAP_SYS_ADMIN needs allowPrivilegeEscalation',
} as const;

const LATER = null;
const long = Array.from({ length: 5 }, () => 'x'.repeat(4_000));

/** Taken by the API, refused by the policy bestie-host-path. */
export const hostPath: Loose = volume({ hostPath: { path: '/var/log', type: 'Directory' } }, 'node');

export const refusedContainerRows: Record<string, Row> = {
  EnvFromNothing: ['a source is named', from({ prefix: 'A_' }), RULES.envFrom],
  EnvFromBoth: ['one source', from({ configMapRef: { name: 'a' }, secretRef: { name: 'a' } }), RULES.envFrom],
  EnvFromPrefix: ['it begins a name', from({ prefix: '1', secretRef: { name: 'a' } }), 'spec.envFrom[0].prefix', LATER],
  EnvFromNameInUpperCase: ['no object can have it', from({ secretRef: { name: 'A' } }), 'spec.envFrom[0].secretRef.name', LATER],
  VolumeWithoutSource: ['it would be an empty directory', volume({}), RULES.source, LATER],
  VolumeOfTwoSources: ['one source', volume({ ...map, emptyDir: {} }), RULES.source],
  VolumeOfTheOperator: ['every container has it', volume(map, 'tmp'), RULES.tmp],
  VolumeNameInUpperCase: ['a DNS label', volume(map, 'Data'), 'spec.volumes[0].name'],
  VolumeItemAbsolute: ['below the volume', item('/etc/passwd'), 'spec.volumes[0].configMap.items[0].path'],
  VolumeItemAbove: ['below the volume', item('a/../b'), 'spec.volumes[0].configMap.items[0].path'],
  VolumeItemOfTheKubelet: ['kept for it', item('..data'), 'spec.volumes[0].configMap.items[0].path'],
  VolumeModeTooLarge: ['nine bits', volume({ secret: { secretName: 'a', defaultMode: 512 } }), 'spec.volumes[0].secret.defaultMode'],
  VolumeSizeLimit: ['no number', volume({ emptyDir: { sizeLimit: 'much' } }), 'spec.volumes[0].emptyDir.sizeLimit', LATER],
  VolumeSizeLimitTooLarge: ['no store has it', volume({ emptyDir: { sizeLimit: '1000E' } }), RULES.limit, LATER],
  VolumeClaimInUpperCase: [
    'no object can have it',
    volume({ persistentVolumeClaim: { claimName: 'Data' } }),
    'spec.volumes[0].persistentVolumeClaim.claimName',
    LATER,
  ],
  VolumeDriverInUpperCase: ['a name of a driver', volume({ csi: { driver: 'a_b' } }), 'spec.volumes[0].csi.driver'],
  VolumeDriverTooLong: ['a bound of Kubernetes', volume({ csi: { driver: 'd'.repeat(64) } }), 'spec.volumes[0].csi.driver', LATER],
  VolumePathTwice: [
    'one file per path',
    volume({
      configMap: {
        name: 'a',
        items: [
          { key: 'a', path: 'x' },
          { key: 'b', path: 'x' },
        ],
      },
    }),
    'volumes.configMap.items must not have two items with the same path',
    LATER,
  ],
  VolumePathOfTwoSources: [
    'one file per path',
    projected({ secret: { name: 'a', items: file('x') } }, { configMap: { name: 'b', items: file('y', 'x') } }),
    RULES.paths,
  ],
  VolumePathOfOneSourceTwice: [
    'one file per path',
    projected(...[1, 2].map(() => ({ secret: { name: 'a', items: file('x') } }))),
    RULES.paths,
  ],
  VolumePathOfToken: [
    'the kubelet would write one over the other',
    projected({ secret: { name: 'a', items: file('x') } }, { serviceAccountToken: { audience: 'vault', path: 'x' } }),
    RULES.paths,
    LATER,
  ],
  VolumeAttributeTooLong: [
    'a bound',
    volume({ csi: { driver: 'a.b', volumeAttributes: { ['k'.repeat(254)]: 'x' } } }),
    RULES.attributes,
    LATER,
  ],
  VolumeServerWithSlash: ['a host', volume({ nfs: { server: 'a/b', path: '/x' } }), 'spec.volumes[0].nfs.server', LATER],
  VolumePathRelative: ['of the server', volume({ nfs: { server: 'a', path: 'x' } }), 'spec.volumes[0].nfs.path'],
  VolumeHostPathAbove: ['a step up', volume({ hostPath: { path: '/a/../b' } }), 'spec.volumes[0].hostPath.path'],
  VolumeHostPathKind: ['no such kind', volume({ hostPath: { path: '/a', type: 'Pipe' } }), 'spec.volumes[0].hostPath.type'],
  TokenTooShort: [
    'ten minutes at least',
    token({ expirationSeconds: 599 }),
    'spec.volumes[0].projected.sources[0].serviceAccountToken.expirationSeconds',
  ],
  TokenForApiServer: ['no pod gets one unless the spec says so', projected(forApiServer), RULES.token, LATER],
  TokenForApiServerOff: [
    'the spec says that none is mounted',
    { ...projected({ configMap: { name: 'a' } }, forApiServer), automountServiceAccountToken: false },
    RULES.token,
    LATER,
  ],
  TokenPathAbove: ['below the volume', token({ path: '../token' }), 'spec.volumes[0].projected.sources[0].serviceAccountToken.path'],
  TokenPathHere: [
    'the kubelet would write it over a file at token',
    token({ path: './token' }),
    'spec.volumes[0].projected.sources[0].serviceAccountToken.path',
    LATER,
  ],
  VolumePathOfTwoSlashes: [
    'the same',
    projected({ secret: { name: 'a', items: file('a//b') } }),
    'spec.volumes[0].projected.sources[0].secret.items[0].path',
    LATER,
  ],
  MountOfNoVolume: ['there is none of that name', { volumeMounts: [{ name: 'data', mountPath: '/data' }] }, RULES.mount],
  MountAtRoot: ['the image would be hidden', mounted({ mountPath: '/' }), RULES.mountPath, LATER],
  MountAtTmp: ['every container has one there', mounted({ mountPath: '/tmp' }), RULES.mountPath],
  MountWithColon: ['the kubelet takes none', mounted({ mountPath: '/a:b' }), 'spec.volumeMounts[0].mountPath', LATER],
  MountRelative: ['below what?', mounted({ mountPath: 'data' }), 'spec.volumeMounts[0].mountPath', LATER],
  MountSubPathAbove: ['below the volume', mounted({ subPath: '../x' }), 'spec.volumeMounts[0].subPath'],
  MountSubPathAbsolute: ['below the volume', mounted({ subPath: '/x' }), 'spec.volumeMounts[0].subPath'],
  InitReserved: ['a container of the operator', init({ name: 'migrate' }), RULES.reservedInit, LATER],
  InitNameInUpperCase: ['a DNS label', init({ name: 'Fetch' }), 'spec.initContainers[0].name'],
  InitImageWithBlank: ['the pods would be refused', init({ image: ' a' }), 'spec.initContainers[0].image', LATER],
  InitMountOfNoVolume: ['there is none of that name', init({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }), RULES.mountOfInit],
  InitRequestAboveLimit: [
    'no node could keep that',
    init({ resources: { requests: { cpu: 2 }, limits: { cpu: 1 } } }),
    'each request must be less than or equal to its limit',
  ],
  InitAdmin: ['with what it implies', init({ securityContext: { capabilities: { add: ['CAP_SYS_ADMIN'] } } }), RULES.admin, LATER],
  InitTooLong: ['the record of the Deployment is bounded', init({ args: long }), RULES.longInit, LATER],
  SidecarReserved: ['a container of the operator', sidecar({ name: 'bestie' }), RULES.reservedSidecar],
  SidecarOfNameOfInit: ['one list of Kubernetes', { ...sidecar({}), initContainers: [{ name: 'proxy' }] }, RULES.names],
  SidecarMountOfNoVolume: ['there is none of that name', sidecar({ volumeMounts: [{ name: 'x', mountPath: '/x' }] }), RULES.mountOfSidecar],
  SidecarTooLong: ['the record of the Deployment is bounded', sidecar({ command: long }), RULES.longSidecars, LATER],
  SidecarPortOfApplication: ['the Service would find two', sidecar({ ports: [{ containerPort: 1, name: 'http' }] }), RULES.port, LATER],
  SidecarPortWithoutLetter: ['a name', sidecar({ ports: [{ containerPort: 1, name: '1' }] }), RULES.port],
  SidecarPortTwice: [
    'a name is of one port',
    sidecar({
      ports: [
        { containerPort: 1, name: 'a' },
        { containerPort: 2, name: 'a' },
      ],
    }),
    RULES.ports,
  ],
  SidecarProbeOfNothing: ['a check is named', sidecar({ startupProbe: { periodSeconds: 1 } }), RULES.probe],
  SidecarProbeOfTwo: ['one check', sidecar({ readinessProbe: { tcpSocket: { port: 1 }, exec: { command: ['true'] } } }), RULES.probe],
  SidecarProbePortZero: [
    'no port',
    sidecar({ livenessProbe: { tcpSocket: { port: 0 } } }),
    'spec.sidecars[0].livenessProbe.tcpSocket.port',
  ],
};

export const acceptedContainerRows: Record<string, readonly [reason: string, spec: Loose]> = {
  EnvFrom: ['in their order', from({ secretRef: { name: 'a' }, prefix: 'A_' }, { configMapRef: { name: 'b', optional: true } })],
  Volumes: [
    'of every kind',
    {
      volumes: [
        { name: 'settings', configMap: { name: 'settings', items: [{ key: 'a', path: 'b/..c', mode: 256 }], defaultMode: 0 } },
        { name: 'keys', secret: { secretName: 'keys', optional: false } },
        { name: 'scratch', emptyDir: {} },
        { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '1.5Gi' } },
        { name: 'images', persistentVolumeClaim: { claimName: 'images', readOnly: false } },
        {
          name: 'all',
          projected: {
            sources: [
              { configMap: { name: 'a' } },
              { configMap: { name: 'a' } },
              { configMap: { name: 'c', items: file('c/k', 'l') } },
              { secret: { name: 'b', items: [{ key: 'k', path: 'k' }] } },
              { serviceAccountToken: { path: 'token', audience: 'vault' } },
            ],
          },
        },
        {
          name: 'store',
          csi: {
            driver: 'secrets-store.csi.k8s.io',
            readOnly: true,
            volumeAttributes: { secretProviderClass: 'x', empty: '' },
            nodePublishSecretRef: { name: 's' },
          },
        },
        { name: 'shared', nfs: { server: 'nfs.example.com', path: '/pets', readOnly: true } },
      ],
      volumeMounts: [
        { name: 'settings', mountPath: '/etc/bestie', readOnly: true },
        { name: 'settings', mountPath: '/etc/a', subPath: 'a' },
        { name: 'scratch', mountPath: '/scratch', readOnly: false },
      ],
    },
  ],
  TokenForApiServer: [
    'the spec says so',
    { volumes: [{ name: 'api', projected: { sources: [forApiServer] } }], automountServiceAccountToken: true },
  ],
  Containers: [
    'with everything that they may have',
    {
      ...volume(map),
      initContainers: [
        {
          name: 'fetch',
          command: ['sh', '-c', ''],
          args: [''],
          workingDir: '/srv',
          env: [
            { name: 'A', value: '' },
            { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          envFrom: [{ secretRef: { name: 'a' } }],
          resources: { requests: { cpu: '0.1' }, limits: {} },
          securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
        { name: 'second', image: 'busybox', imagePullPolicy: 'Always' },
      ],
      sidecars: [
        {
          name: 'proxy',
          image: 'proxy@sha256:' + 'ab'.repeat(32),
          ports: [
            { containerPort: 9090, name: 'admin' },
            { containerPort: 53, protocol: 'UDP' },
          ],
          startupProbe: { httpGet: { port: 9090, path: '/startup', scheme: 'HTTP' }, periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: { exec: { command: ['true', ''] }, initialDelaySeconds: 1 },
          livenessProbe: { grpc: { port: 9090, service: 'a.b' }, timeoutSeconds: 2 },
        },
        { name: 'plain', image: 'b', startupProbe: { tcpSocket: { port: 1 } } },
      ],
    },
  ],
};
