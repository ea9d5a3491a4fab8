/** What a server reports about itself, and its write-ahead log. */
import { strict as assert } from 'node:assert';
import { eventually } from '../../app/support/run.ts';
import type { Instance } from './instance.ts';

/** Which database this is, whatever it was restored to, and which history of it: both as decimal digits. */
export interface Identity {
  system: string;
  timeline: string;
}

/** Makes a checkpoint: the timeline is that of the last one. */
export async function identity({ sql }: Instance): Promise<Identity> {
  await sql('checkpoint');
  const row = await sql('select system_identifier, timeline_id from pg_control_system(), pg_control_checkpoint()');
  const [system = '', timeline = ''] = row.split('|');
  return { system, timeline };
}

/** Waits until the server takes writes. */
export async function promoted({ sql }: Instance): Promise<void> {
  await eventually('the server takes writes', 30, async () => (await sql('select not pg_is_in_recovery()')) === 't' || undefined);
}

/** Ends the present WAL segment, with at least one record in it; its name. */
export async function endSegment({ sql }: Instance): Promise<string> {
  await sql("select pg_logical_emit_message(true, 'test', 'segment')");
  return sql('select pg_walfile_name(pg_switch_wal())');
}

/** Ends the present WAL segment and waits until it is archived. */
export async function archived(instance: Instance): Promise<string> {
  const segment = await endSegment(instance);
  const isDone = async () => (await instance.sql(`select last_archived_wal >= '${segment}' from pg_stat_archiver`)) === 't';
  await eventually(`${segment} is archived`, 30, async () => (await isDone()) || undefined);
  return segment;
}

/** Copies the primary into a standby, which takes over once the primary has ended. */
export async function takeOver(primary: Instance, standby: Instance): Promise<void> {
  const { socket, port } = primary.volumes;
  const { code, said } = await standby.shell(`pg_basebackup -h '${socket}' -p ${port} -U postgres -D '${standby.volumes.data}' -R -c fast`);
  assert.equal(code, 0, said);
  await standby.start();
  assert.equal(await standby.sql('select pg_is_in_recovery()'), 't');
  await primary.stop();
  await standby.sql('select pg_promote()');
  await promoted(standby);
}
