/** The arithmetic of a rolling update, as the Deployment controller does it. */
import { share } from '../../lib/share.ts';
import type { Fields } from '../apiserver/object.ts';
import { fieldsOf } from './objectstatus.ts';

export interface ReplicaCounts {
  name: string;
  replicas: number;
  available: number;
}

/** How many replicas each ReplicaSet should have next, by name: the new one grows within the surge, old ones shrink as pods become available. */
export function rollout(spec: Fields, current: ReplicaCounts, old: readonly ReplicaCounts[]): ReadonlyMap<string, number> {
  const wanted = Number(spec.replicas);
  const rolling = fieldsOf(fieldsOf(spec.strategy).rollingUpdate);
  const surge = share(rolling.maxSurge ?? 0, wanted, Math.ceil);
  const unavailable = share(rolling.maxUnavailable ?? 0, wanted, Math.floor);
  const oldTotal = old.reduce((sum, { replicas }) => sum + replicas, 0);
  const total = current.replicas + oldTotal;
  const room = Math.max(wanted + surge - total, 0);
  const grown = oldTotal === 0 ? wanted : Math.min(wanted, current.replicas + room);

  const floor = wanted - Math.min(wanted, Math.max(unavailable, surge === 0 ? 1 : 0));
  const mayGo = total - floor - (current.replicas - current.available);
  const available = current.available + old.reduce((sum, each) => sum + each.available, 0);
  let unhealthy = Math.max(0, mayGo);
  let healthy = mayGo > 0 ? Math.max(0, available - floor) : 0;
  const shrunk = old.map(({ name, replicas, available: serving }) => {
    const sick = Math.min(replicas - serving, unhealthy);
    const well = Math.min(serving, healthy);
    unhealthy -= sick;
    healthy -= well;
    return [name, replicas - sick - well] as const;
  });
  return new Map([[current.name, grown], ...shrunk]);
}
