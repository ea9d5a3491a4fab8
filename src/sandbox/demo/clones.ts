/** Steps in which a second Bestie is made from the backups of the first, tries a version, and takes its place. */
import { BESTIE, POSTGRES_CLUSTER } from '../apiserver/discovery.ts';
import { conditionsOf } from '../controllers/objectstatus.ts';
import { bestieOf, editSpec, isEmpty, isReady, says, type Stage, type Step } from './steps.ts';
import { nextVersion } from './stories.ts';

/** The copy, as a stage of its own. */
const copyOf = (stage: Stage): Stage => ({ ...stage, name: `${stage.name}-next` });

const saysOf = (stage: Stage, type: string): string => {
  const bestie = bestieOf(stage);
  return (bestie && conditionsOf(bestie).find((condition) => condition.type === type)?.message) ?? '';
};

const HOST = 'pets.example.com';

export const copies: Step = {
  title: 'A second Bestie is applied: a copy of the first, with the next version',
  act: (stage) => {
    const { bestie, cluster, name } = stage;
    const database = { dataSource: { bestie: { name } } };
    cluster.apply({
      ...bestie,
      metadata: { ...bestie.metadata, name: copyOf(stage).name },
      spec: { ...bestie.spec, version: nextVersion(stage), database, exposure: { enabled: false } },
    });
  },
  wants: 'it runs that version on a copy of the data, and the first one runs on',
  holds: (stage) => isReady(copyOf(stage)) && says(copyOf(stage), 'Copied', 'True') && isReady(stage),
  notes: (stage) => [
    `Copied: ${saysOf(copyOf(stage), 'Copied')}.`,
    'The migrations of the new version ran on the copy. Whether the version is good is seen there, before a user sees it.',
  ],
};

/** Whether users come to that Bestie by the host. */
const hasHost = (stage: Stage): boolean => bestieOf(stage)?.status?.url === `http://${HOST}`;

export const switchesOver: Step = {
  title: 'The host is moved from the first Bestie to the second',
  act: (stage) => {
    editSpec(stage, (spec) => ({ ...spec, exposure: { enabled: false } }));
    editSpec(copyOf(stage), (spec) => ({ ...spec, exposure: { host: HOST } }));
  },
  wants: 'users come to the copy',
  holds: (stage) => hasHost(copyOf(stage)) && !hasHost(stage) && isReady(stage) && isReady(copyOf(stage)),
};

export const removesFirst: Step = {
  title: 'The first Bestie is deleted, with its database',
  act: (stage) => {
    stage.cluster.remove(BESTIE, stage.namespace, stage.name);
  },
  wants: 'it is gone, and the copy runs on',
  holds: (stage) => bestieOf(stage) === undefined && stage.cluster.user.list(POSTGRES_CLUSTER).length === 1 && isReady(copyOf(stage)),
  notes: (stage) => [`The copy still says what it was made from: ${saysOf(copyOf(stage), 'Copied')}.`],
};

/** The name of another one. */
const lostOf = (stage: Stage): Stage => ({ ...stage, name: `${stage.name}-lost` });

const BUCKET = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };

export const copiesWhatIsNotThere: Step = {
  title: 'A Bestie is applied that is to be a copy of one that does not exist',
  act: (stage) => {
    const { cluster, bestie } = stage;
    cluster.apply({
      ...bestie,
      metadata: { ...bestie.metadata, name: lostOf(stage).name },
      spec: { ...bestie.spec, database: { dataSource: { bestie: { name: 'nosuch' } } } },
    });
  },
  wants: 'nothing is created for it, and its conditions say why',
  holds: (stage) => saysOf(lostOf(stage), 'Stalled').includes('does not exist'),
  notes: (stage) => [`Copied: ${saysOf(lostOf(stage), 'Copied')}.`],
};

export const copiesBucket: Step = {
  title: 'It is deleted, and applied again with the bucket of the Bestie that is gone',
  act: async (stage) => {
    const { cluster, bestie, namespace } = stage;
    const { name } = lostOf(stage);
    cluster.remove(BESTIE, namespace, name);
    await cluster.settle();
    const repository = { path: `/pgbackrest/${namespace}/nosuch-1a2b3c4d/repo1`, s3: BUCKET };
    cluster.apply({
      ...bestie,
      metadata: { ...bestie.metadata, name },
      spec: { ...bestie.spec, database: { dataSource: { repository } } },
    });
  },
  wants: 'it runs on what the bucket has',
  holds: (stage) => isReady(lostOf(stage)),
  notes: (stage) => [`Copied: ${saysOf(lostOf(stage), 'Copied')}.`],
};

export const removesCopies: Step = {
  title: 'Both are deleted',
  act: (stage) => {
    for (const { cluster, namespace, name } of [copyOf(stage), lostOf(stage)]) cluster.remove(BESTIE, namespace, name);
  },
  wants: 'nothing is left but the Namespace',
  holds: isEmpty,
};
