/** What the spec names as the source of a new database, as far as it is seen. */
import type { CopySource } from '../api/copy.ts';
import { kindKey, type KubeObject } from '../api/kubernetes.ts';
import type { Observed } from '../api/observed.ts';

type DataSource = NonNullable<Observed['bestie']['spec']['database']['dataSource']>;

/** The object of the database of that Bestie. */
export function databaseOf(bestie: string, { provider, related }: Observed): KubeObject | undefined {
  return provider.kind && related.get(kindKey(provider.kind))?.get(provider.nameOf(bestie));
}

/** The repository of that Bestie's database that is named, or its first one; undefined where it has none. */
export function repositoryOf({ name, repository }: NonNullable<DataSource['bestie']>, o: Observed): string | undefined {
  const source = databaseOf(name, o);
  return source && o.provider.copies.repositoryOf(source, repository);
}

/** The source, as it would be requested now; undefined where the spec names none. */
export function wantedSource(o: Observed): CopySource | undefined {
  const { bestie, repository } = o.bestie.spec.database.dataSource ?? {};
  if (repository !== undefined) return { bucket: repository };
  return bestie && { database: o.provider.nameOf(bestie.name), repository: repositoryOf(bestie, o) ?? bestie.repository ?? '' };
}
