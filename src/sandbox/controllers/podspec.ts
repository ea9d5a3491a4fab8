/** The defaults that the API server writes into a pod spec. Source: pkg/apis/core/v1/defaults.go of Kubernetes. */
import { isFields, type Fields } from '../apiserver/object.ts';

const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const mapList = (value: unknown, change: (item: Fields) => Fields): Fields[] | undefined =>
  Array.isArray(value) ? value.map((item) => change(fields(item))) : undefined;

function mapField(object: Fields, key: string, change: (value: Fields) => Fields): Fields {
  return isFields(object[key]) ? { ...object, [key]: change(object[key]) } : object;
}

function mapListField(object: Fields, key: string, change: (item: Fields) => Fields): Fields {
  const changed = mapList(object[key], change);
  return changed === undefined ? object : { ...object, [key]: changed };
}

const httpGet = (action: Fields): Fields => ({ path: '/', scheme: 'HTTP', ...action });
const handler = (object: Fields): Fields => mapField(object, 'httpGet', httpGet);
const probe = (given: Fields): Fields =>
  handler({ timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3, ...given });
const env = (variable: Fields): Fields =>
  mapField(variable, 'valueFrom', (source) => mapField(source, 'fieldRef', (reference) => ({ apiVersion: 'v1', ...reference })));
const lifecycle = (given: Fields): Fields => mapField(mapField(given, 'postStart', handler), 'preStop', handler);

const floating = (image: unknown): boolean =>
  typeof image === 'string' && !image.includes('@') && (!/:[^/]+$/.test(image) || image.endsWith(':latest'));

function container(given: Fields): Fields {
  const named: Fields = {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: floating(given.image) ? 'Always' : 'IfNotPresent',
    resources: {},
    ...given,
  };
  const probed = ['livenessProbe', 'readinessProbe', 'startupProbe'].reduce((object, key) => mapField(object, key, probe), named);
  const ported = mapListField(probed, 'ports', (port) => ({ protocol: 'TCP', ...port }));
  return mapField(mapListField(ported, 'env', env), 'lifecycle', lifecycle);
}

/** Sources of a projected volume are a list without a merge key: a default in one makes the whole list differ. */
function projectedSource(source: Fields): Fields {
  const items = (object: Fields): Fields =>
    mapListField(object, 'items', (item) => mapField(item, 'fieldRef', (reference) => ({ apiVersion: 'v1', ...reference })));
  return mapField(mapField(source, 'downwardAPI', items), 'serviceAccountToken', (token) => ({ expirationSeconds: 3600, ...token }));
}

function volume(given: Fields): Fields {
  const moded = ['secret', 'configMap', 'downwardAPI', 'projected'].reduce(
    (object, key) => mapField(object, key, (source) => ({ defaultMode: 420, ...source })),
    given,
  );
  return mapField(moded, 'projected', (projected) => mapListField(projected, 'sources', projectedSource));
}

/** The name of the account stands in two fields; the newer one wins. Source: pkg/apis/core/v1/conversion.go of Kubernetes. */
function account({ serviceAccountName, serviceAccount }: Fields): Fields {
  const name = serviceAccountName ?? serviceAccount;
  return name === undefined ? {} : { serviceAccountName: name, serviceAccount: name };
}

/** A pod spec with the defaults filled in. */
export function podSpecDefaults(given: Fields): Fields {
  const spec: Fields = {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...given,
    ...account(given),
  };
  const contained = ['containers', 'initContainers'].reduce((object, key) => mapListField(object, key, container), spec);
  return mapListField(contained, 'volumes', volume);
}
