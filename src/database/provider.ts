/** The provider of a database. src/api/provider.ts has its interface. */
import type { Observed } from '../api/observed.ts';
import type { DatabaseProvider } from '../api/provider.ts';

export type Provider = DatabaseProvider<Observed>;
