/** The step that loads the sample data: after the migrations, in a container of its own, and safe to interrupt at any point. */
import type { Observed } from '../api/observed.ts';
import { SEEDING_CONTAINER, WAITING_CONTAINER } from '../api/containers.ts';
import { DATABASE_LOGIN } from './scripts.ts';
import { isUntouched } from '../observed/migrations.ts';

/**
 * Removes what an interrupted attempt has left, sequences included, and loads everything. `flask seed undo` empties the tables of the
 * application, so this is for a database that holds nothing else.
 */
const FROM_THE_BEGINNING = 'flask seed undo && flask seed all';

/**
 * Loads the sample data into tables that are empty, and changes nothing otherwise. A retry then seeds nothing twice, also where every record of
 * the first attempt was lost.
 */
const INTO_EMPTY_TABLES = `
import os, sys, psycopg2
connection = psycopg2.connect(${DATABASE_LOGIN})
with connection.cursor() as cursor:
    cursor.execute("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = any (current_schemas(false)) and tablename <> 'alembic_version'")
    for (table,) in cursor.fetchall():
        cursor.execute("select exists (select from " + table + ")")
        if cursor.fetchone()[0]:
            with open("/dev/termination-log", "w") as message:
                message.write("the tables of the database hold rows already, so no sample data is loaded")
            sys.exit(1)
connection.close()
os.execvp("flask", ["flask", "seed", "all"])
`.trim();

/** What the container runs. It never removes rows from a database that this Bestie did not create, or that the application has run on. */
export const seedCommand = (o: Observed): readonly string[] =>
  isUntouched(o) ? ['/bin/sh', '-c', FROM_THE_BEGINNING] : ['python', '-c', INTO_EMPTY_TABLES];

/**
 * How a Job treats a failed pod. The end of the container that waits for the database is no attempt. On a database that this Bestie did not create
 * the sample data is loaded once, however that ends.
 */
export const podFailurePolicy = (seedsOnce: boolean): object => ({
  rules: [
    { action: 'Ignore', onExitCodes: { containerName: WAITING_CONTAINER, operator: 'NotIn', values: [0] } },
    ...(seedsOnce ? [{ action: 'FailJob', onExitCodes: { containerName: SEEDING_CONTAINER, operator: 'NotIn', values: [0] } }] : []),
  ],
});
