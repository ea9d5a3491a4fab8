/** The times of the probes: those of the shape, and over them those that the spec has. What a probe does is the shape's. */
import type { BestieSpec } from '../api/bestie.ts';
import type { PodShape } from './podshapes.ts';

type Asked = NonNullable<BestieSpec['probes']>;

const probes = { startup: 'startupProbe', liveness: 'livenessProbe', readiness: 'readinessProbe' } as const;

/** The program of the readiness probe ends by itself before its time is over, so it follows that time. */
function action({ readyWithin }: PodShape, name: string, { timeoutSeconds }: { timeoutSeconds?: number }): object {
  return name === 'readiness' && timeoutSeconds !== undefined && readyWithin !== undefined ? { exec: readyWithin(timeoutSeconds) } : {};
}

/** The fields of the container of the application that the shape has, with the times that the spec has. */
export function webFields(shape: PodShape, asked: Asked | undefined): object {
  if (asked === undefined) return shape.web;
  const set = Object.entries(asked).map(([name, times]) => {
    const field = probes[name as keyof Asked];
    return [field, { ...shape.web[field], ...action(shape, name, times), ...times }] as const;
  });
  return { ...shape.web, ...Object.fromEntries(set) };
}
