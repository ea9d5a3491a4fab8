/** What a restore asks for that a person has requested on the PostgresCluster: its options are those of pgBackRest. */
import { utc } from '../../lib/time.ts';
import { beginOf } from '../backuplabel.ts';

/** The value of an option, quoted or not; undefined where it is absent. PGO hands the options to a shell, separated by spaces. */
function valueOf(name: string, options: string): string | undefined {
  const [, single, double, plain] = new RegExp(`(?:^| )--${name}[= ](?:'([^']*)'|"([^"]*)"|(\\S+))`).exec(options) ?? [];
  return single ?? double ?? plain;
}

/** As Postgres writes a time with its zone; without one it depends on the settings of the server. */
const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:(?:Z|UTC)|([+-]\d\d):?(\d\d)?)$/;

/** In RFC 3339; undefined where that is not certain. */
function timeOf(target: string): string | undefined {
  const [, date, clock, hours = '+00', minutes = '00'] = TIME.exec(target) ?? [];
  return date === undefined ? undefined : utc(`${date}T${clock ?? ''}${hours}:${minutes}`);
}

/**
 * The RFC 3339 time after which such a restore gives up what was written: its target, or the beginning of the backup that it names. Undefined where
 * that is not known, as for a transaction or a named point, and where nothing is given up.
 */
export function givenUpFrom(options: unknown): string | undefined {
  const all = (Array.isArray(options) ? options : []).filter((option) => typeof option === 'string').join(' ');
  const type = valueOf('type', all);
  if (type === 'time') return timeOf(valueOf('target', all) ?? '');
  return type === 'immediate' ? beginOf(valueOf('set', all) ?? '') : undefined;
}
