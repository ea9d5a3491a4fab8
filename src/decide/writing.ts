/** What of the application may still write to its database, while it is being stopped. */
import type { Readiness } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';
import { firstFew } from '../lib/firstfew.ts';
import { deployment, rollout } from '../observed/deployment.ts';
import { patience, writers } from '../observed/writers.ts';

/** Its pods, those of migrations, and a Deployment that is not seen at zero; undefined once nothing is left. */
export function writing(o: Observed): Readiness | undefined {
  const waitingFor = (what: string): Readiness => ({
    status: 'False',
    reason: 'Restoring',
    message: `the application is being stopped: waiting for ${what} to end`,
    ...patience(o),
  });
  const left = writers(o);
  if (left.length > 0) return waitingFor(`pod ${firstFew(left.map(({ metadata }) => metadata.name))}`);
  const live = deployment(o);
  const { asked, current, replicas } = rollout(live);
  return live === undefined || (asked === 0 && current && replicas === 0) ? undefined : waitingFor(`Deployment ${live.metadata.name}`);
}
