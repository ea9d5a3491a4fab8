/** What the source of a copy may be like. */
import { annotations } from '../../src/api/names.ts';
import { wanting } from './copies.ts';
import { ago, type Loose, type World } from './world.ts';

/** A copy as of that target. */
export const to = (target: Loose, source: Loose = {}): World => wanting({ target }, {}, source);
/** Annotations of the source, as JSON. */
export const noted = (notes: Record<string, unknown>): Loose => ({
  metadata: { annotations: Object.fromEntries(Object.entries(notes).map(([key, value]) => [key, JSON.stringify(value)])) },
});
const restored = (current: Loose): Loose =>
  noted({
    [annotations.restores]: {
      by: '5afe0000',
      current: { id: 'a', request: 'restore.5afe0000.1', repo: 'repo1', since: ago(600), target: { type: 'latest' }, ...current },
    },
  });
/** A source whose restore has brought the data back, and is not secured by a backup. */
export const RESTORED = restored({ stage: 'Restored', restoredAt: ago(300) });
/** Repositories of the source, in buckets. */
export const repos = (...names: string[]): Loose => ({
  spec: { backups: { pgbackrest: { repos: names.map((name) => ({ name, s3: {} })) } } },
});
/** Which of them are prepared. */
export const stanzas = (...names: string[]): Loose => ({
  status: { pgbackrest: { repos: names.map((name) => ({ name, stanzaCreated: true })) } },
});
