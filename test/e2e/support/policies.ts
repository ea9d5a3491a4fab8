/** Policies as clusters have them: a mutating webhook on this machine, and admission policies that refuse. All hold in Namespaces by label alone. */
import { createServer } from 'node:https';
import { certificate } from '../../server/certificates.ts';
import type { Closing } from '../../support/closing.ts';
import { kubectl, kubectlStdin } from './kubectl.ts';

const METACONTROLLER = 'system:serviceaccount:metacontroller:metacontroller';

interface Container {
  image: string;
}

interface Review {
  request: { uid: string; kind: { kind: string }; object: { spec: Record<string, unknown> } };
}

/** A JSON patch (RFC 6902). */
type Patch = readonly { op: 'replace' | 'add'; path: string; value: unknown }[];

const MIRROR = 'mirror.example/';

/** Puts the name of the mirror before every image that lacks it, in a pod or in what makes pods. */
function mirrored(spec: Record<string, unknown>): Patch {
  const inTemplate = spec.template !== undefined;
  const pod = (inTemplate ? (spec.template as { spec: object }).spec : spec) as Record<string, Container[] | undefined>;
  return (['initContainers', 'containers'] as const).flatMap((list) =>
    (pod[list] ?? []).flatMap(({ image }, index) =>
      image.startsWith(MIRROR)
        ? []
        : [{ op: 'replace' as const, path: `/spec/${inTemplate ? 'template/spec/' : ''}${list}/${index}/image`, value: MIRROR + image }],
    ),
  );
}

/** What each webhook changes, by the label that switches it on in a Namespace. */
const changes: Record<
  string,
  { resources: readonly string[]; operations: readonly string[]; patch: (spec: Record<string, unknown>) => Patch }
> = {
  'mirror-images': { resources: ['pods', 'jobs', 'deployments'], operations: ['CREATE', 'UPDATE'], patch: mirrored },
  'suspend-jobs': { resources: ['jobs'], operations: ['CREATE'], patch: () => [{ op: 'add', path: '/spec/suspend', value: true }] },
};

const groups = ['', 'apps', 'batch'] as const;

/** Starts the webhooks and registers them; they are taken away with what `scope` closes. */
export async function mutate({ listening, closing }: Closing): Promise<void> {
  const authority = certificate('policies');
  const { cert, key } = certificate('localhost', authority);
  const server = createServer({ cert, key }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { request: asked } = JSON.parse(Buffer.concat(chunks).toString()) as Review;
      const patch = changes[(request.url ?? '').slice(1).split('?')[0] ?? '']?.patch(asked.object.spec) ?? [];
      const answer = {
        uid: asked.uid,
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
      };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
    });
  });
  const port = await listening(server);
  closing(() => kubectl('delete', 'mutatingwebhookconfiguration', 'e2e-policies', '--ignore-not-found'));
  await kubectlStdin(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      metadata: { name: 'e2e-policies' },
      webhooks: Object.entries(changes).map(([label, { resources, operations }]) => ({
        name: `${label}.policies.example`,
        clientConfig: { url: `https://127.0.0.1:${port}/${label}`, caBundle: Buffer.from(authority.cert).toString('base64') },
        namespaceSelector: { matchLabels: { [`policies.example/${label}`]: 'true' } },
        rules: [{ apiGroups: groups, apiVersions: ['v1'], operations, resources }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Fail',
      })),
    },
    'apply',
  );
}

interface Refusal {
  operations: readonly ('CREATE' | 'UPDATE' | 'DELETE')[];
  /** `group/resource`, the core group being empty. */
  resources: readonly string[];
  /** CEL; a request for which it is false is refused. */
  expression?: string;
  /** Whether all are refused, and not Metacontroller alone. */
  everyone?: boolean;
}

/** Refuses requests of that kind in one Namespace until `lift` is called. */
export async function refuse(
  { closing }: Closing,
  namespace: string,
  name: string,
  { operations, resources, expression = 'false', everyone = false }: Refusal,
): Promise<{ lift: () => Promise<unknown> }> {
  const lift = (): Promise<unknown> =>
    kubectl('delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', name, '--ignore-not-found');
  closing(lift);
  const resourceRules = resources.map((resource) => {
    const [group = '', plural = ''] = resource.split('/');
    return { apiGroups: [group], apiVersions: ['*'], operations, resources: [plural] };
  });
  await kubectlStdin(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name },
      spec: {
        failurePolicy: 'Fail',
        matchConstraints: { resourceRules },
        matchConditions: everyone ? [] : [{ name: 'metacontroller', expression: `request.userInfo.username == '${METACONTROLLER}'` }],
        validations: [{ expression, message: `refused by ${name}` }],
      },
    },
    'apply',
  );
  await kubectlStdin(
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name },
      spec: {
        policyName: name,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    },
    'apply',
  );
  return { lift };
}
