/** What a restore asks for that a person has requested on the PostgresCluster: its options are those of pgBackRest. */
import type { RestoreTarget } from '../../api/restore.ts';

/** The value of an option, quoted or not; undefined where it is absent. PGO hands the options to a shell, separated by spaces. */
function valueOf(name: string, options: readonly unknown[]): string | undefined {
  const [, single, double, plain] = new RegExp(`(?:^| )--${name}[= ](?:'([^']*)'|"([^"]*)"|(\\S+))`).exec(options.join(' ')) ?? [];
  return single ?? double ?? plain;
}

/** As Postgres writes a time with its zone; without one it depends on the settings of the server. */
const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?) ?(?:(?:Z|UTC)|([+-]\d\d):?(\d\d)?)$/;

/** In RFC 3339; undefined where that is not certain. */
function timeOf(target: string | undefined): string | undefined {
  const [, date, clock, hours = '+00', minutes = '00'] = TIME.exec(target ?? '') ?? [];
  const at = new Date(`${date ?? ''}T${clock ?? ''}${hours}:${minutes}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Its target, where that is a moment or one backup by its label; undefined for all others, such as a transaction or a named point. */
export function targetByHand(options: readonly unknown[]): RestoreTarget | undefined {
  const [type, time, label] = [valueOf('type', options), timeOf(valueOf('target', options)), valueOf('set', options)];
  if (type === 'time' && time !== undefined) return { type, time };
  return type === 'immediate' && label !== undefined ? { type: 'backup', label } : undefined;
}
