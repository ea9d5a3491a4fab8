/** The objects of a drill: a copy of the database, the policy that shields it, and the Job that checks it. */
import type { Context } from '../api/child.ts';
import { CHECKING_CONTAINER } from '../api/containers.ts';
import type { WantedDrill } from '../api/drill.ts';
import { kinds } from '../api/kinds.ts';
import type { Manifest } from '../api/kubernetes.ts';
import { head } from '../api/manifest.ts';
import { annotations, labels, names, selector } from '../api/names.ts';
import type { Observed } from '../api/observed.ts';
import { copyName } from '../observed/drill.ts';
import { drillText } from '../observed/drillrecord.ts';
import { drillCheck } from './drillcheck.ts';
import { inspectingPod } from './podtemplate.ts';

const DRILL = 'drill';

/** A check that fails may meet a moment in which the copy starts again. */
const RETRIES = 2;

/** Seconds that one statement of the check may take, at most: the bound of the drill ends all of them. */
const STATEMENT_SECONDS = 3600;

const ofDrill = (manifest: Manifest, o: Observed): Manifest => ({
  ...manifest,
  metadata: { ...manifest.metadata, labels: labels(o.bestie.metadata.name, DRILL) },
});

/** The pods of the copy are reached by each other and by the check, and by nothing else. */
function policy(o: Observed): Manifest {
  const { name } = o.bestie.metadata;
  const copy = { matchLabels: o.provider.podLabels(copyName(o)) };
  return {
    ...ofDrill(head(kinds.networkPolicy, names.drillPolicy(name), o), o),
    spec: {
      podSelector: copy,
      policyTypes: ['Ingress'],
      ingress: [
        { from: [{ podSelector: copy }] },
        { from: [{ podSelector: { matchLabels: selector(name, DRILL) } }], ports: [{ port: 5432, protocol: 'TCP' }] },
      ],
    },
  };
}

function copyOf({ drill, of }: NonNullable<WantedDrill['copy']>, o: Observed): Manifest[] {
  const { kind, copies } = o.provider;
  if (kind === undefined) return [];
  const { annotations: theirs, spec } = copies.drill(of, o);
  return [{ ...ofDrill(head(kind, copyName(o), o, { ...theirs, [annotations.drill]: drillText(drill) }), o), spec }];
}

/** In the image that runs. */
function job(o: Context): Manifest {
  const secret = o.provider.copies.loginSecret(copyName(o));
  const { timeoutSeconds = STATEMENT_SECONDS } = o.bestie.spec.database.backups.verify ?? {};
  const command = drillCheck(Math.min(STATEMENT_SECONDS, timeoutSeconds));
  const { metadata, spec } = inspectingPod(o, { image: o.decisions.image, secret }, CHECKING_CONTAINER, command);
  return {
    ...ofDrill(head(kinds.job, names.drillJob(o.bestie.metadata.name), o), o),
    spec: {
      backoffLimit: RETRIES,
      activeDeadlineSeconds: timeoutSeconds,
      podReplacementPolicy: 'Failed',
      template: { metadata, spec: { ...spec, restartPolicy: 'Never' } },
    },
  };
}

/** The desired objects: the policy is there before the copy, and goes after it. */
export const drillManifests = ({ copy, hasJob }: WantedDrill, o: Context): Manifest[] => [
  policy(o),
  ...(copy === undefined ? [] : copyOf(copy, o)),
  ...(hasJob ? [job(o)] : []),
];
