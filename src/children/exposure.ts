import type { Observed } from '../api/observed.ts';

/** Whether the spec leaves the way in from outside to the operator. Without it the application is reached through its Service, over plain http. */
export const isExposable = ({ bestie }: Observed): boolean => bestie.spec.exposure?.enabled !== false;
