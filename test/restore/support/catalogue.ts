/** What pgBackRest itself reports of its repositories. */
import { strict as assert } from 'node:assert';
import type { Instance } from './instance.ts';

export interface BackupSet {
  label: string;
  type: 'full' | 'diff' | 'incr';
  annotation?: Record<string, string>;
  /** The one that it needs. */
  prior: string | null;
  /** WAL segments that it needs at least. */
  archive: { start: string; stop: string };
  database: { id: number; 'repo-key': number };
}

export interface Stanza {
  status: { code: number; message: string };
  /** One for each database that this stanza has had; the identifier has more digits than a number of JavaScript. */
  db: { id: number; 'system-id': string; 'repo-key': number }[];
  repo: { key: number; status: { code: number; message: string } }[];
  archive: { id: string; min: string | null; max: string | null; database: { id: number; 'repo-key': number } }[];
  backup: BackupSet[];
}

/** The stanza, of all repositories. */
export async function stanza({ shell }: Instance): Promise<Stanza> {
  const { code, said } = await shell('pgbackrest info --stanza=db --output=json');
  assert.equal(code, 0, said);
  const [only] = JSON.parse(said.replace(/"system-id":(\d+)/g, '"system-id":"$1"')) as Stanza[];
  assert.ok(only, said);
  return only;
}

/** The backup that was taken last. */
export async function newest(instance: Instance): Promise<BackupSet> {
  const last = (await stanza(instance)).backup.at(-1);
  assert.ok(last);
  return last;
}
