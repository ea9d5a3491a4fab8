/** Ids of requests for a backup: derived, never random, so a repeated answer requests the same backup. */
import type { BackupRequest, Purpose } from '../api/decisions.ts';
import type { Bestie } from '../api/observed.ts';

const ID = /^(pre-upgrade|quiet-upgrade|pre-restore|post-restore|on-demand|final)\.([^.]*)\.([0-9a-f]{8})\.g\d+\.a(\d+)$/;

/** Identifies a Bestie in an id. */
const ownerOf = ({ metadata }: Bestie): string => metadata.uid.slice(0, 8);

export function backupId(purpose: Purpose, key: string, attempt: number, bestie: Bestie): string {
  return `${purpose}.${ownerOf(bestie)}.${key}.g${bestie.metadata.generation ?? 0}.a${attempt}`;
}

/** The parts of an id; undefined for an id that the operator has not made. */
export function parseBackupId(id: string, bestie: Bestie): Pick<BackupRequest, 'purpose' | 'key' | 'isOwn' | 'attempt'> | undefined {
  const [, purpose, owner, key, attempt] = ID.exec(id) ?? [];
  if (purpose === undefined || key === undefined) return undefined;
  return { purpose: purpose as Purpose, key, isOwn: owner === ownerOf(bestie), attempt: Number(attempt) };
}

/** The purpose of the backup with that id; undefined for an id that the operator has not made. */
export const purposeOf = (id: string): Purpose | undefined => ID.exec(id)?.[1] as Purpose | undefined;
