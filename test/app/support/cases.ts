/** Which golden cases the tests run. */
import { podOf, type PodSpec } from './rendered.ts';

/** The first install: migrations and sample data, on a database that the Bestie made. */
export const installation = (): PodSpec => podOf('03-database-usable', 'Job', 'seed');
/** The migrations alone, of an upgrade. */
export const migration = (): PodSpec => podOf('35-upgrade-3-backup-succeeded', 'Job', 'migrate');
/** Migrations and sample data on an external database. */
export const externalInstallation = (): PodSpec => podOf('19-external-database-seeded', 'Job', 'seed');
/** The application. */
export const web = (): PodSpec => podOf('07-ready', 'Deployment', 'bestie');
/** The check of a drill. */
export const drillCheck = (): PodSpec => podOf('210-drill-4-made', 'Job', 'check');
