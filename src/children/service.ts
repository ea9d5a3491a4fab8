import { kinds } from '../api/kinds.ts';
import { names, selector } from '../api/names.ts';
import { exists, head } from '../api/manifest.ts';
import { type Child } from '../api/child.ts';
import { besideDeployment } from '../observed/releaserecord.ts';
import { withoutImage } from './withoutimage.ts';

export const SERVICE_PORT = 80;

/** One address in front of the application's pods. */
export const serviceChild: Child = {
  api: kinds.service,
  condition: 'ServiceCreated',
  dependsOn: besideDeployment,
  precondition: withoutImage,
  includeWhen: () => true,
  desired: (o) => [
    {
      ...head(kinds.service, names.service(o.bestie.metadata.name), o),
      spec: {
        type: o.bestie.spec.serviceType,
        selector: selector(o.bestie.metadata.name, 'web'),
        ports: [{ name: 'http', port: SERVICE_PORT, targetPort: 'http', protocol: 'TCP' }],
      },
    },
  ],
  readyWhen: exists,
};
