/** Rows of test/support/rules.ts about copies: what a new database is made from, and drills. */
import type { RuleCases } from './rules.ts';
import type { Loose } from './world.ts';

const ITSELF = 'database.dataSource.bestie names the Bestie itself; name the one to copy';
const ONE_SOURCE = 'database.dataSource names exactly one source: bestie, or repository';
const ONE_BUCKET = 'database.dataSource.repository has exactly one of s3, gcs and azure';
const MADE =
  'database.dataSource can be neither added, changed nor removed: it is what the database was made from; create another Bestie to copy again';
const EXTERNAL =
  'database.dataSource and backups.verify are refused with an external database: the operator neither creates it nor has backups of it; leave them out';
const NAMED = 'backups.verify.repository names a repository of database.backups.repos: add it there, or correct the name';
const WHEN = 'backups.verify needs a schedule, or onDemand for a single drill';
const SCHEDULE =
  'backups.verify.schedule must be a schedule that a CronJob takes: minute 0-59, hour 0-23, day 1-31, month 1-12 or jan-dec, weekday 0-6 (0 is Sunday) or sun-sat, ranges upwards, steps of at least 1, no time zone; or a macro such as @daily, or @every 12h';
const VOLUME = 'the volume of a copy must be greater than 0 and less than 1000E';
const QUANTITY = 'backups.verify.resources: cpu, memory and ephemeral-storage, each less than 1000E';
const REQUESTS = 'backups.verify.resources: each request must be less than or equal to its limit';

const s3 = { bucket: 'pets', endpoint: 's3.example.com', region: 'eu' };
const gcs = { bucket: 'pets' };
const path = '/pgbackrest/shop/bestie-1a2b3c4d/repo1';
const copying = (dataSource: Loose): Loose => ({ size: 1, database: { dataSource } });
const bestie = (name: string, rest: Loose = {}): Loose => copying({ bestie: { name }, ...rest });
const bucket = (kinds: Loose): Loose => copying({ repository: { path, ...kinds } });
const verifying = (verify: Loose, backups: Loose = {}): Loose => ({ size: 1, database: { backups: { ...backups, verify } } });
const external = (database: Loose): Loose => ({
  size: 1,
  sessionSecret: { name: 'session' },
  database: { provider: 'External', secretName: 'database', ...database },
});
const plain = { size: 1 };

/** What the hook and the API server refuse alike. */
export const copyRuleCases: RuleCases = {
  CopyOfAnother: { reason: 'that is what it is for', given: { name: 'staging', spec: bestie('live') }, want: undefined },
  CopyOfItself: { reason: 'it would wait for itself', given: { name: 'live', spec: bestie('live') }, want: ITSELF },
  CopyOfNothing: { reason: 'of what?', given: { spec: copying({}) }, want: ONE_SOURCE },
  CopyOfATargetAlone: { reason: 'of what?', given: { spec: copying({ target: { backup: '20260101-110000F' } }) }, want: ONE_SOURCE },
  CopyOfTwo: { reason: 'of which?', given: { spec: copying({ bestie: { name: 'live' }, repository: { path, gcs } }) }, want: ONE_SOURCE },
  CopyOfABucket: { reason: 'of a database that is gone', given: { spec: bucket({ s3 }) }, want: undefined },
  CopyOfABucketOfNoKind: { reason: 'where?', given: { spec: bucket({}) }, want: ONE_BUCKET },
  CopyOfABucketOfTwoKinds: { reason: 'where?', given: { spec: bucket({ s3, gcs }) }, want: ONE_BUCKET },
  CopyOfABucketOfThreeKinds: { reason: 'where?', given: { spec: bucket({ s3, gcs, azure: { container: 'a' } }) }, want: ONE_BUCKET },
  CopyIntoAnExternal: {
    reason: 'it is not created',
    given: { spec: external({ dataSource: { bestie: { name: 'live' } } }) },
    want: EXTERNAL,
  },
  DrillOfAnExternal: {
    reason: 'there is no backup of it',
    given: { spec: external({ backups: { verify: { schedule: '@weekly' } } }) },
    want: EXTERNAL,
  },
  DrillBySchedule: { reason: 'at its times', given: { spec: verifying({ schedule: '0 4 * * 3' }) }, want: undefined },
  DrillOnDemand: { reason: 'once', given: { spec: verifying({ onDemand: 'now' }) }, want: undefined },
  DrillNever: { reason: 'when?', given: { spec: verifying({}) }, want: WHEN },
  DrillNeverOfARepository: { reason: 'when?', given: { spec: verifying({ repository: 'repo1' }) }, want: WHEN },
  DrillAtNoTime: { reason: 'no CronJob takes it', given: { spec: verifying({ schedule: '0 25 * * *' }) }, want: SCHEDULE },
  DrillInATimeZone: { reason: 'the same', given: { spec: verifying({ schedule: 'TZ=UTC 4 * * *' }) }, want: SCHEDULE },
  DrillOfTheSecond: {
    reason: 'it is there',
    given: {
      spec: verifying(
        { onDemand: 'now', repository: 'repo2' },
        {
          repos: [
            { name: 'repo1', volume: {} },
            { name: 'repo2', s3 },
          ],
        },
      ),
    },
    want: undefined,
  },
  DrillOfNoRepository: { reason: 'it is not there', given: { spec: verifying({ onDemand: 'now', repository: 'repo2' }) }, want: NAMED },
  DrillOnNoVolume: { reason: 'no room', given: { spec: verifying({ onDemand: 'now', storage: '0' }) }, want: VOLUME },
  DrillOnAVolumeTooLarge: { reason: 'no quantity', given: { spec: verifying({ onDemand: 'now', storage: '1000E' }) }, want: VOLUME },
  DrillWithAGpu: {
    reason: 'Postgres has no use for it',
    given: { spec: verifying({ onDemand: 'now', resources: { limits: { 'nvidia.com/gpu': 1 } } }) },
    want: QUANTITY,
  },
  DrillWithTooMuch: {
    reason: 'no quantity',
    given: { spec: verifying({ onDemand: 'now', resources: { requests: { memory: '1000E' } } }) },
    want: QUANTITY,
  },
  DrillWithMoreThanItsLimit: {
    reason: 'no pod would start',
    given: { spec: verifying({ onDemand: 'now', resources: { requests: { cpu: 2 }, limits: { cpu: '1500m' } } }) },
    want: REQUESTS,
  },
};

/** What the API server alone compares: the operator never reads the field once there is a database. */
export const copyChangeCases: RuleCases = {
  SourceKept: { reason: 'no change', given: { spec: bestie('live'), before: bestie('live') }, want: undefined },
  SourceAdded: { reason: 'the database has data', given: { spec: bestie('live'), before: plain }, want: MADE },
  SourceRemoved: { reason: 'it says what the data is', given: { spec: plain, before: bestie('live') }, want: MADE },
  SourceRenamed: { reason: 'it is not made again', given: { spec: bestie('other'), before: bestie('live') }, want: MADE },
  SourceOfAnotherKind: { reason: 'the same', given: { spec: bucket({ s3 }), before: bestie('live') }, want: MADE },
  SourceInAnotherBucket: { reason: 'the same', given: { spec: bucket({ gcs: { bucket: 'b' } }), before: bucket({ gcs }) }, want: MADE },
  SourceAsOfAnotherTime: {
    reason: 'the same',
    given: { spec: bestie('live', { target: { time: '2026-01-01T11:00:00Z' } }), before: bestie('live') },
    want: MADE,
  },
  DrillsAdded: { reason: 'at any time', given: { spec: verifying({ schedule: '@weekly' }), before: plain }, want: undefined },
  DrillsRemoved: { reason: 'at any time', given: { spec: plain, before: verifying({ schedule: '@weekly' }) }, want: undefined },
};
