/** Rows of test/support/fields.ts about a requested restore. Nothing of it is copied into a child but digits, so no API server refuses one for it. */
import type { Loose } from './world.ts';

/** The reason, the spec, what the refusal says, and the child that the API server refuses. */
type Row = readonly [reason: string, spec: Loose, want: string, child: null];

const restore = (patch: Loose): Loose => ({ restore: { id: 'tuesday', target: { latest: true }, ...patch } });
const to = (target: unknown): Loose => restore({ target });
const at = (time: unknown): Loose => to({ time });
const label = (backup: unknown): Loose => to({ backup });

const ID = 'spec.restore.id';
const TARGET = 'spec.restore.target';
const TIME = `${TARGET}.time`;
const LABEL = `${TARGET}.backup`;
const MOMENT = '2026-01-01T11:00:00Z';

/** Why each of these is no moment, by the name of its row. */
export const noMoments: Readonly<Record<string, readonly [reason: string, time: unknown]>> = {
  Date: ['a day is long', '2026-01-01'],
  WithBlank: ['a T stands between day and time', '2026-01-01 11:00:00Z'],
  InLowerCase: ['as RFC 3339 is written most', '2026-01-01t11:00:00z'],
  WithoutZone: ['whose time?', '2026-01-01T11:00:00'],
  WithoutSeconds: ['which one?', '2026-01-01T11:00Z'],
  ZoneName: ['an offset is needed', '2026-01-01T11:00:00 CET'],
  ZoneHour: ['no zone is so far away', '2026-01-01T11:00:00+24:00'],
  ZoneWithoutColon: ['RFC 3339 has one', '2026-01-01T11:00:00+0100'],
  Month: ['there are 12', '2026-13-01T11:00:00Z'],
  MonthZero: ['the first is 01', '2026-00-01T11:00:00Z'],
  Day: ['there are 31 at most', '2026-01-32T11:00:00Z'],
  Hour24: ['the next day has begun', '2026-01-01T24:00:00Z'],
  Minute: ['there are 60', '2026-01-01T11:60:00Z'],
  LeapSecond: ['Postgres has none', '2016-12-31T23:59:60Z'],
  Microseconds: ['they would be cut off', '2026-01-01T11:00:00.123456Z'],
  EmptyFraction: ['a point and nothing', '2026-01-01T11:00:00.Z'],
  Comma: ['a point is needed', '2026-01-01T11:00:00,5Z'],
  OtherCentury: ['no backup is so old', '1999-12-31T23:59:59Z'],
  Number: ['a text', 1_767_225_600],
  Empty: ['when?', ''],
  Quoted: ['it ends the quotes of an option', "2026-01-01T11:00:00Z'"],
  WithOption: ['an option of its own', '2026-01-01T11:00:00Z --delta'],
  OfTwoLines: ['a second line', '2026-01-01T11:00:00Z\n'],
  ArabicDigits: ['other digits', '٢٠٢٦-01-01T11:00:00Z'],
};

/** Why each of these is no label of a backup. */
export const noLabels: Readonly<Record<string, readonly [reason: string, backup: unknown]>> = {
  Word: ['no label', 'latest'],
  Empty: ['which one?', ''],
  Date: ['a label has a time', '20260101F'],
  WithoutType: ['F, D or I', '20260101-110000'],
  OfUnknownType: ['F, D or I', '20260101-110000X'],
  InLowerCase: ['as pgBackRest writes it', '20260101-110000f'],
  DifferentialAlone: ['it needs its full one', '20260101-110000D'],
  IncrementalAlone: ['the same', '20260101-110000I'],
  FullOnFull: ['a full one needs no other', '20260101-110000F_20260102-110000F'],
  OfThree: ['two parts at most', '20260101-110000F_20260102-110000D_20260103-110000I'],
  WithCommand: ['a command of the shell', '20260101-110000F;id'],
  Substituted: ['the same', '$(id)'],
  WithOption: ['an option of its own', '20260101-110000F --repo=2'],
  OfTwoLines: ['a second line', '20260101-110000F\n'],
};

/** A row for each of those values. */
export const named = <Key extends string>(
  prefix: string,
  rows: Readonly<Record<Key, readonly [string, unknown]>>,
  spec: (value: unknown) => Loose,
  want: string,
) =>
  Object.fromEntries(
    Object.entries<readonly [string, unknown]>(rows).map(([name, [reason, value]]): [string, Row] => [
      `${prefix}${name}`,
      [reason, spec(value), want, null],
    ]),
  );

export const refusedRowsOfRestore: Record<string, Row> = {
  RestoreOfNothing: ['what, and under which id?', { restore: {} }, 'spec.restore', null],
  RestoreWithoutId: ['once for each id', { restore: { target: { latest: true } } }, 'spec.restore', null],
  RestoreWithoutTarget: ['to what?', { restore: { id: 'tuesday' } }, 'spec.restore', null],
  RestoreIdEmpty: ['a name', restore({ id: '' }), ID, null],
  RestoreIdInUpperCase: ['as names of objects', restore({ id: 'Tuesday' }), ID, null],
  RestoreIdWithDot: ['the ids of the operator have dots', restore({ id: 'quiet-upgrade.6f1c0de5' }), ID, null],
  RestoreIdWithBlank: ['no name', restore({ id: 'on tuesday' }), ID, null],
  RestoreIdOfTwoLines: ['a second line', restore({ id: 'tuesday\n' }), ID, null],
  RestoreIdWithDashAtEnd: ['no name', restore({ id: 'tuesday-' }), ID, null],
  RestoreIdTooLong: ['at most 63', restore({ id: 'a'.repeat(64) }), ID, null],
  RestoreIdNumber: ['a text', restore({ id: 1 }), ID, null],
  RestoreToNothing: ['one of the three', to({}), TARGET, null],
  RestoreToTwo: ['one of the three', to({ latest: true, time: MOMENT }), TARGET, null],
  RestoreToThree: ['one of the three', to({ latest: true, time: MOMENT, backup: '20260101-110000F' }), TARGET, null],
  RestoreToWord: ['fields', to('latest'), TARGET, null],
  RestoreToLatestFalse: ['to what, then?', to({ latest: false }), `${TARGET}.latest`, null],
  RestoreToLatestAsText: ['true', to({ latest: 'true' }), `${TARGET}.latest`, null],
  ...named('RestoreTo', noMoments, at, TIME),
  ...named('RestoreBackup', noLabels, label, LABEL),
  RestoreRepositoryZero: ['the first is repo1', restore({ repository: 'repo0' }), 'spec.restore.repository', null],
  RestoreRepositoryFive: ['there are four at most', restore({ repository: 'repo5' }), 'spec.restore.repository', null],
  RestoreRepositoryNumber: ['its name', restore({ repository: 1 }), 'spec.restore.repository', null],
  RestoreBackupOften: ['no such choice', restore({ backup: 'Always' }), 'spec.restore.backup', null],
  UndoAtOnce: ['no such choice', { upgrade: { onFailure: 'Undo' } }, 'spec.upgrade.onFailure', null],
};

export const acceptedRowsOfRestore: Record<string, readonly [reason: string, spec: Loose]> = {
  RestoreLatest: ['everything that is archived', restore({})],
  RestoreIdOfOne: ['the shortest', restore({ id: '7' })],
  RestoreIdOf63: ['the longest', restore({ id: `a${'-'.repeat(61)}9` })],
  RestoreToSecond: ['in UTC', at('2026-01-01T11:00:00Z')],
  RestoreToMillisecond: ['the finest', at('2026-01-01T11:00:00.123Z')],
  RestoreToTenth: ['in short', at('2026-01-01T11:00:00.5Z')],
  RestoreToZone: ['elsewhere', at('2026-01-01T11:00:00+05:45')],
  RestoreToZoneWest: ['the longest form', at('2026-12-31T23:59:59.999-23:59')],
  // The operator refuses it, as a day that no calendar has: no pattern counts days.
  RestoreToNoDay: ['no pattern counts the days of a month', at('2026-02-30T11:00:00Z')],
  RestoreToLater: ['the operator has a clock, the schema has none', at('2099-01-01T00:00:00Z')],
  RestoreBackupFull: ['a full one', label('20260101-110000F')],
  RestoreBackupDifferential: ['on its full one', label('20260101-110000F_20260102-110000D')],
  RestoreBackupIncremental: ['the same', label('20260101-110000F_20260102-110000I')],
  RestoreFromOther: ['the operator refuses a repository that the spec lacks', restore({ repository: 'repo4' })],
  RestoreWithBackup: ['not without', restore({ backup: 'Required' })],
  RestoreWithoutBackup: ['at once', restore({ backup: 'Skip' })],
  Undo: ['what a failed migration has done', { upgrade: { onFailure: 'Restore' } }],
};
