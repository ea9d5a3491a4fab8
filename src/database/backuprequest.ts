/** Ids of requests for a backup: derived, never random, so that a repeated answer asks for the same. */
import type { BackupRequest, Purpose } from '../api/decisions.ts';
import type { Bestie } from '../api/observed.ts';

const ID = /^(pre-upgrade|on-demand|final)\.([^.]*)\.([0-9a-f]{8})\.g\d+\.a(\d+)$/;

/** What tells one Bestie from another in an id. */
const ownerOf = ({ metadata }: Bestie): string => metadata.uid.slice(0, 8);

export function backupId(purpose: Purpose, key: string, attempt: number, bestie: Bestie): string {
  return `${purpose}.${ownerOf(bestie)}.${key}.g${bestie.metadata.generation ?? 0}.a${attempt}`;
}

/** What an id says; undefined of an id that is none of ours. */
export function parseBackupId(id: string, bestie: Bestie): Pick<BackupRequest, 'purpose' | 'key' | 'isOwn' | 'attempt'> | undefined {
  const [, purpose, owner, key, attempt] = ID.exec(id) ?? [];
  if (purpose === undefined || key === undefined) return undefined;
  return { purpose: purpose as Purpose, key, isOwn: owner === ownerOf(bestie), attempt: Number(attempt) };
}

/** What a backup with that id was asked for; undefined of an id that is none of ours. */
export const purposeOf = (id: string): Purpose | undefined => ID.exec(id)?.[1] as Purpose | undefined;
