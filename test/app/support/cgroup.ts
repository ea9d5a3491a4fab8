/** CPU and memory limits by control groups, of either version. run.sh removes the groups. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { skipped } from './report.ts';

const ROOT = '/sys/fs/cgroup';
const PERIOD_MICROSECONDS = 100_000;

export interface Limits {
  /** CPUs */
  cpu: number;
  /** bytes */
  memory: number;
}

interface Setting {
  /** the hierarchy's folder */
  parent: string;
  file: string;
  value: string;
}

function settings({ cpu, memory }: Limits): readonly Setting[] {
  const quota = Math.round(cpu * PERIOD_MICROSECONDS);
  const isVersion1 = existsSync(`${ROOT}/cpu/cpu.cfs_quota_us`);
  if (isVersion1) {
    return [
      { parent: `${ROOT}/cpu`, file: 'cpu.cfs_quota_us', value: String(quota) },
      { parent: `${ROOT}/memory`, file: 'memory.limit_in_bytes', value: String(memory) },
    ];
  }
  return [
    { parent: ROOT, file: 'cpu.max', value: `${quota} ${PERIOD_MICROSECONDS}` },
    { parent: ROOT, file: 'memory.max', value: String(memory) },
  ];
}

/** Makes groups with these limits; the folders that a process has to join. Where that is impossible, none, and the report says so. */
export function limitedGroups(name: string, limits: Limits): string[] {
  const joined = new Set<string>();
  try {
    for (const { parent, file, value } of settings(limits)) {
      const folder = `${parent}/${process.env.APP_GROUPS ?? ''}-${name}`;
      mkdirSync(folder, { recursive: true });
      writeFileSync(`${folder}/${file}`, value);
      joined.add(folder);
    }
  } catch (error) {
    skipped(`limits of CPU and memory are not applied: ${String(error)}`);
  }
  return [...joined];
}
