/** Rows of test/support/fields.ts about copies: what a new database is made from, and drills. Names of buckets and paths reach a configuration file. */
import { named, noLabels, noMoments } from './restorefields.ts';
import type { Loose } from './world.ts';

/** The reason, the spec, what the refusal says, and the child that the API server refuses. */
type Row = readonly [reason: string, spec: Loose, want: string, child: null];

const copying = (dataSource: unknown): Loose => ({ database: { dataSource } });
const bestie = (fields: unknown): Loose => copying({ bestie: fields });
const target = (fields: unknown): Loose => copying({ bestie: { name: 'live' }, target: fields });
const PATH = '/pgbackrest/shop/bestie-1a2b3c4d/repo1';
const bucket = (fields: Loose): Loose => copying({ repository: { path: PATH, gcs: { bucket: 'pets' }, ...fields } });
const at = (path: unknown): Loose => bucket({ path });
const s3 = (fields: Loose): Loose =>
  bucket({ gcs: undefined, s3: { bucket: 'pets', endpoint: 's3.example.com', region: 'eu', ...fields } });
const verifying = (verify: unknown): Loose => ({ database: { backups: { verify } } });
const drill = (fields: Loose): Loose => verifying({ onDemand: 'now', ...fields });

const SOURCE = 'spec.database.dataSource';
const NAME = `${SOURCE}.bestie.name`;
const REPOSITORY = `${SOURCE}.repository`;
const VERIFY = 'spec.database.backups.verify';
const SCHEDULE = `${VERIFY}.schedule`;
const LIMITS = `${VERIFY}.resources.limits`;

/** Why each of these is no path, by the name of its row. */
const noPaths: Readonly<Record<string, readonly [reason: string, path: unknown]>> = {
  Relative: ['from where?', 'pgbackrest/shop'],
  Root: ['everything of the bucket', '/'],
  WithSlashAtEnd: ['a part is missing', '/pgbackrest/'],
  WithTwoSlashes: ['a part is missing', '/pgbackrest//shop'],
  Upwards: ['out of it', '/pgbackrest/../shop'],
  Here: ['no part', '/pgbackrest/./shop'],
  WithBlank: ['no path of ours', '/pgbackrest/my shop'],
  OfTwoLines: ['another option', '/pgbackrest/shop\nrepo1-host=a'],
  WithOption: ['an option of its own', '/pgbackrest --delta'],
  Substituted: ['a command of the shell', '/pgbackrest/$(id)'],
  TooLong: ['at most 255', `/${'a'.repeat(255)}`],
  Number: ['a text', 1],
};

export const refusedRowsOfCopy: Record<string, Row> = {
  CopyAsText: ['fields', copying('live'), SOURCE, null],
  CopyOfNameless: ['whose?', bestie({}), `${SOURCE}.bestie`, null],
  CopyNameEmpty: ['whose?', bestie({ name: '' }), NAME, null],
  CopyNameInUpperCase: ['no name of a Bestie', bestie({ name: 'Live' }), NAME, null],
  CopyNameWithDot: ['the same', bestie({ name: 'live.shop' }), NAME, null],
  CopyNameWithDigitFirst: ['the same', bestie({ name: '1live' }), NAME, null],
  CopyNameWithDashAtEnd: ['the same', bestie({ name: 'live-' }), NAME, null],
  CopyNameTooLong: ['at most 63', bestie({ name: 'a'.repeat(64) }), NAME, null],
  CopyNameOfTwoLines: ['a second line', bestie({ name: 'live\n' }), NAME, null],
  CopyFromRepositoryFive: ['there are four at most', bestie({ name: 'live', repository: 'repo5' }), `${SOURCE}.bestie.repository`, null],
  CopyFromWord: ['its name', bestie({ name: 'live', repository: 'first' }), `${SOURCE}.bestie.repository`, null],
  CopyOfABucketWithoutPath: ['it may hold many', copying({ repository: { gcs: { bucket: 'pets' } } }), REPOSITORY, null],
  ...named('CopyPath', noPaths, at, `${REPOSITORY}.path`),
  CopyBucketEmpty: ['which?', bucket({ gcs: { bucket: '' } }), `${REPOSITORY}.gcs.bucket`, null],
  CopyBucketWithBlank: ['no bucket', bucket({ gcs: { bucket: 'my pets' } }), `${REPOSITORY}.gcs.bucket`, null],
  CopyBucketOfTwoLines: ['a second line', bucket({ gcs: { bucket: 'pets\n' } }), `${REPOSITORY}.gcs.bucket`, null],
  CopyContainerEmpty: ['which?', bucket({ gcs: undefined, azure: { container: '' } }), `${REPOSITORY}.azure.container`, null],
  CopyEndpointQuoted: ['it ends the quotes', s3({ endpoint: "s3.example.com'" }), `${REPOSITORY}.s3.endpoint`, null],
  CopyRegionMissing: ['S3 needs one', s3({ region: undefined }), `${REPOSITORY}.s3`, null],
  CopySecretInUpperCase: ['no name', bucket({ credentialsSecret: 'Keys' }), `${REPOSITORY}.credentialsSecret`, null],
  CopySecretEmpty: ['no name', bucket({ credentialsSecret: '' }), `${REPOSITORY}.credentialsSecret`, null],
  CopyToNothing: ['one of the two', target({}), `${SOURCE}.target`, null],
  CopyToBoth: ['one of the two', target({ time: '2026-01-01T11:00:00Z', backup: '20260101-110000F' }), `${SOURCE}.target`, null],
  ...named('CopyTo', noMoments, (time) => target({ time }), `${SOURCE}.target.time`),
  ...named('CopyBackup', noLabels, (backup) => target({ backup }), `${SOURCE}.target.backup`),
  DrillAsText: ['fields', verifying('@weekly'), VERIFY, null],
  DrillScheduleEmpty: ['when?', verifying({ schedule: '' }), SCHEDULE, null],
  DrillScheduleWord: ['no macro', verifying({ schedule: 'weekly' }), SCHEDULE, null],
  DrillScheduleOfFour: ['five fields', verifying({ schedule: '0 4 * *' }), SCHEDULE, null],
  DrillScheduleTooLong: ['at most 100', verifying({ schedule: `0 4 * * ${'1,'.repeat(50)}1` }), SCHEDULE, null],
  DrillRepositoryFive: ['there are four at most', drill({ repository: 'repo5' }), `${VERIFY}.repository`, null],
  DrillTokenEmpty: ['a new one', verifying({ onDemand: '' }), `${VERIFY}.onDemand`, null],
  DrillTokenWithBlank: ['one word', verifying({ onDemand: 'after the move' }), `${VERIFY}.onDemand`, null],
  DrillTokenTooLong: ['at most 63', verifying({ onDemand: 'a'.repeat(64) }), `${VERIFY}.onDemand`, null],
  DrillStorageNegative: ['no size', drill({ storage: '-1Gi' }), `${VERIFY}.storage`, null],
  DrillStorageNumber: ['a text', drill({ storage: 5 }), `${VERIFY}.storage`, null],
  DrillStorageInMilli: ['no size of a volume', drill({ storage: '1500m' }), `${VERIFY}.storage`, null],
  DrillCpuNegative: ['less than nothing', drill({ resources: { limits: { cpu: '-1' } } }), LIMITS, null],
  DrillCpuWord: ['no quantity', drill({ resources: { limits: { cpu: 'much' } } }), LIMITS, null],
  DrillTooShort: ['nothing is restored in a minute', drill({ timeoutSeconds: 60 }), `${VERIFY}.timeoutSeconds`, null],
  DrillTooLong: ['a day at most', drill({ timeoutSeconds: 86_401 }), `${VERIFY}.timeoutSeconds`, null],
  DrillTimeoutAsText: ['a number', drill({ timeoutSeconds: '2h' }), `${VERIFY}.timeoutSeconds`, null],
};

export const acceptedRowsOfCopy: Record<string, readonly [reason: string, spec: Loose]> = {
  CopyOfNameOfOne: ['the shortest', bestie({ name: 'a' })],
  CopyOfNameOf63: ['the longest', bestie({ name: `a${'-'.repeat(61)}9` })],
  CopyFromFourth: ['the operator sees whether it is there', bestie({ name: 'live', repository: 'repo4' })],
  CopyToSecond: ['in UTC', target({ time: '2026-01-01T11:00:00Z' })],
  CopyToZone: ['elsewhere', target({ time: '2026-01-01T11:00:00.5+05:45' })],
  CopyToNoDay: ['no pattern counts the days of a month', target({ time: '2026-02-30T11:00:00Z' })],
  CopyToBackupIncremental: ['on its full one', target({ backup: '20260101-110000F_20260102-110000I' })],
  CopyPathOfOurs: ['as the operator makes them', at(PATH)],
  CopyPathOfACopy: ['as the operator makes those of copies', at('/pgbackrest/shop/staging-1a2b3c4d-5e6f7a8b/repo1')],
  CopyPathShort: ['of another operator', at('/a')],
  CopyPathWithDots: ['names of others', at('/Backups_2026/v1.2/db')],
  CopyPathOf255: ['the longest', at(`/${'a'.repeat(254)}`)],
  CopyFromEndpointWithPort: ['a service of its own', s3({ endpoint: 'minio.storage:9000' })],
  CopyFromUri: ['as some write them', s3({ endpoint: 'https://minio.storage:9000' })],
  CopyWithSecret: ['keys', bucket({ credentialsSecret: 'pets-backup' })],
  CopyFromAzure: ['a container', bucket({ gcs: undefined, azure: { container: 'pets' } })],
  DrillWeekly: ['a macro', verifying({ schedule: '@weekly' })],
  DrillEvery: ['an interval', verifying({ schedule: '@every 36h' })],
  DrillToken: ['one word', verifying({ onDemand: 'after-the.move_2' })],
  DrillOnLargerVolume: ['what was deleted may come back', drill({ storage: '1.5Ti' })],
  DrillWithLess: [
    'no user waits for it',
    drill({ resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '256Mi' } } }),
  ],
  DrillOfADay: ['the longest', drill({ timeoutSeconds: 86_400 })],
};
