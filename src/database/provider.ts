/** Who runs a database, for this operator. What it must answer is in src/api/provider.ts. */
import type { Observed } from '../api/observed.ts';
import type { DatabaseProvider } from '../api/provider.ts';

export type Provider = DatabaseProvider<Observed>;
