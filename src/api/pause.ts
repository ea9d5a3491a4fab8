import type { Bestie } from './kubernetes.ts';
import { requests } from './names.ts';

/** Whether a person has paused the Bestie. No other value than `true` does. */
export const isPaused = ({ metadata }: Bestie): boolean => metadata.annotations?.[requests.paused] === 'true';
