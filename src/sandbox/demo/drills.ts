/** Steps in which the backups are proven to be restorable, or turn out not to be. */
import { names } from '../../api/names.ts';
import { BESTIE, JOB, POSTGRES_CLUSTER } from '../apiserver/discovery.ts';
import type { Draft, Fields, Resource } from '../apiserver/object.ts';
import { conditionsOf, fieldsOf } from '../controllers/objectstatus.ts';
import { bestieOf, editSpec, isEmpty, isReady, says, versionOf, type Stage, type Step } from './steps.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Minutes that a drill may take. */
const ONE_DRILL = 20;

const copyOf = ({ cluster, namespace, name }: Stage): Resource | undefined =>
  cluster.user.get(POSTGRES_CLUSTER, namespace, names.drillPolicy(name));
const isCleanedUp = (stage: Stage): boolean => {
  const { cluster, namespace, name } = stage;
  return copyOf(stage) === undefined && cluster.user.get(JOB, namespace, names.drillJob(name)) === undefined;
};

/** The spec of drills from now on. */
const verify = (stage: Stage, wanted: Fields): void => {
  editSpec(stage, (spec) => {
    const database = fieldsOf(spec.database);
    return { ...spec, database: { ...database, backups: { ...fieldsOf(database.backups), verify: wanted } } };
  });
};

const verifiedOf = (stage: Stage): Fields => fieldsOf(fieldsOf(bestieOf(stage)?.status?.backup).verified);
/** The condition, in the words of the operator. */
function messageOf(stage: Stage): string {
  const bestie = bestieOf(stage);
  const found = bestie && conditionsOf(bestie).find(({ type }) => type === 'BackupVerified');
  return `BackupVerified: ${found?.message ?? ''}`;
}

/** What status has of the last drill that succeeded. */
const proofOf = (stage: Stage): string => `status.backup.verified: ${JSON.stringify(verifiedOf(stage))}`;

/** A copy that is at work. */
async function underWay(stage: Stage): Promise<void> {
  await stage.cluster.until('the copy is being made', () => copyOf(stage)?.status !== undefined);
}

/** From now on pgBackRest finds nothing in the repository of the copy, as when it is empty. */
function emptied(stage: Stage): void {
  const client = stage.cluster.server.as('sandbox');
  const copy = copyOf(stage);
  if (copy === undefined) return;
  const metadata: Draft['metadata'] = { ...copy.metadata, annotations: { ...copy.metadata.annotations, 'sandbox/restore': 'fail' } };
  client.update({ ...copy, metadata });
}

const isVerified = (stage: Stage): boolean => says(stage, 'BackupVerified', 'True') && isCleanedUp(stage) && isReady(stage);

export const drills: Step = {
  title: 'One drill is requested, in spec.database.backups.verify',
  act: (stage) => {
    verify(stage, { onDemand: 'today' });
  },
  wants: 'a copy was made from the backups, checked and removed; the application ran on',
  holds: isVerified,
  notes: (stage) => [proofOf(stage), 'The sandbox plays Kubernetes and has no rows: what the check says is made up here.'],
};

export const drillFails: Step = {
  title: 'Another one is requested, and the repository turns out to be empty',
  act: async (stage) => {
    verify(stage, { onDemand: 'tomorrow' });
    await underWay(stage);
    emptied(stage);
  },
  wants: 'the drill has failed and is cleaned up; the Bestie is Ready, because its application and its database are well',
  holds: (stage) => says(stage, 'BackupVerified', 'False') && isCleanedUp(stage) && isReady(stage),
  notes: (stage) => [messageOf(stage)],
};

export const drillsInTheWay: Step = {
  title: 'A third one is requested, and the next version while it is under way',
  act: async (stage) => {
    verify(stage, { onDemand: 'third' });
    await underWay(stage);
    editSpec(stage, (spec) => ({ ...spec, version: `${versionOf(stage)}.1` }));
  },
  wants: 'the drill gave way to the upgrade, and was carried out after it',
  holds: (stage) => isVerified(stage) && versionOf(stage) === bestieOf(stage)?.spec?.version,
  notes: (stage) => [proofOf(stage)],
};

/** Minutes until it is three o'clock. */
function untilThree({ cluster }: Stage): number {
  const now = Date.parse(cluster.now());
  const three = Date.parse(`${cluster.now().slice(0, 10)}T03:00:00Z`);
  return Math.ceil((three > now ? three - now : three + DAY - now) / MINUTE);
}

const isOfThisNight = ({ cluster }: Stage, at: string): boolean =>
  at.includes('T03:') && Date.parse(cluster.now()) - Date.parse(at) < 2 * ONE_DRILL * MINUTE;

export const drillsByNight: Step = {
  title: 'Drills are wanted every night at three, and that comes',
  act: async (stage) => {
    verify(stage, { schedule: '0 3 * * *' });
    await stage.cluster.resync(untilThree(stage) + ONE_DRILL);
  },
  wants: 'the last proof is of this night',
  holds: (stage) => isVerified(stage) && isOfThisNight(stage, String(verifiedOf(stage).at)),
  notes: (stage) => [proofOf(stage)],
};

export const removeWhileDrilling: Step = {
  title: 'A drill is under way, and the Bestie is deleted',
  act: async (stage) => {
    verify(stage, { onDemand: 'last' });
    await underWay(stage);
    stage.cluster.remove(BESTIE, stage.namespace, stage.name);
  },
  wants: 'nothing is left but the Namespace',
  holds: isEmpty,
};
