import type { Observed } from '../api/observed.ts';

/** Whether the spec requests external access. Without it the application is reached through its Service, over plain http. */
export const isExposable = ({ bestie }: Observed): boolean => bestie.spec.exposure?.enabled !== false;
