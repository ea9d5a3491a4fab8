/**
 * The program that looks at the database of a drill: a Python program, because the application's own image has Python, the driver and Alembic. It
 * runs in the working directory of the application. Tried on the application and a real Postgres by `npm run test:app`.
 */
import { UNKNOWN_REVISION, VERDICT_LIMIT } from '../observed/drillverdict.ts';
import { DATABASE_LOGIN } from './scripts.ts';

/** A copy that is usable may be a little ahead of its Service, and of the network policy that lets the check in. */
const LOGIN_SECONDS = 60;

/**
 * Ends with one sentence as its termination message, in its own words: the server's may have a row, a host or a user in it, and go to the log alone.
 *
 * The revision: as many as Alembic itself would go on from. Branches of the scripts have one each; a revision and one that comes before it is what no
 * migration leaves behind. One that the scripts of the image do not have is only said: an older version runs on the schema of a newer one.
 *
 * The rows: `count(*)` may be answered by an index, and never looks at values that are stored beside the table. So no index may be used, and each
 * row is made into text on the server, whose length alone is asked for: that reads every block of a table and every value that belongs to it, and
 * Postgres compares each with its checksum. No row leaves the server.
 *
 * What the application may not read is not its own. Nothing is written: the session is read-only.
 * The handler of signals is needed because this is the first process of its container; while the driver itself waits, Python handles none.
 */
export const DRILL_CHECK = `
import sys

def end(sentence, code=1):
    with open("/dev/termination-log", "w") as message:
        message.write(sentence[:${VERDICT_LIMIT}])
    print(sentence, flush=True)
    sys.exit(code)

def failed(kind, error, trace):
    sys.__excepthook__(kind, error, trace)
    with open("/dev/termination-log", "w") as message:
        message.write("the check itself failed: %s" % kind.__name__[:40])

sys.excepthook = failed

import os, re, signal, time, psycopg2, psycopg2.errorcodes, psycopg2.extensions, psycopg2.extras
from alembic.config import Config
from alembic.script import ScriptDirectory

signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
seconds = int(sys.argv[1])

def plain(name):
    return re.sub("[^A-Za-z0-9_.-]", "?", name)[:32]

def scripts():
    try:
        config = Config(os.path.join("migrations", "alembic.ini"))
        config.set_main_option("script_location", "migrations")
        found = ScriptDirectory.from_config(config)
        return found, {script.revision for script in found.walk_revisions()}
    except Exception as error:
        print("migrations:", error, flush=True)
        end("the image has no migrations that Alembic can read")

def log_in():
    until = time.monotonic() + ${LOGIN_SECONDS}
    while True:
        try:
            return psycopg2.connect(${DATABASE_LOGIN})
        except psycopg2.OperationalError as error:
            print("waiting for the database:", str(error).strip(), flush=True)
            if time.monotonic() > until:
                refused = re.search("authentication failed|no password supplied|does not exist|not permitted|no pg_hba.conf entry", str(error))
                end("the copy refuses the login" if refused else "the database was not reached within ${LOGIN_SECONDS} s")
            time.sleep(2)

script, known = scripts()
connection = log_in()
psycopg2.extensions.set_wait_callback(psycopg2.extras.wait_select)
cursor = None

def read(what, statement):
    try:
        cursor.execute(statement)
        return cursor.fetchall()
    except psycopg2.Error as error:
        print("%s:" % what, str(error).strip(), flush=True)
        if error.pgcode is None:
            end("the connection broke while %s was read" % what)
        if error.pgcode == psycopg2.errorcodes.QUERY_CANCELED:
            end("%s was not read within %d s" % (what, seconds))
        end("%s cannot be read: SQLSTATE %s" % (what, error.pgcode))

def revisions():
    if read("the catalogue", "select to_regclass('alembic_version') is null")[0][0]:
        end("the database has no table alembic_version: no migrations have run on it")
    found = [number for (number,) in read("table alembic_version", "select version_num from alembic_version order by 1")]
    if not found:
        end("table alembic_version is empty: no migrations have run on the database, or all of them were undone")
    for number in filter(known.__contains__, found):
        before = {script.revision for script in script.walk_revisions("base", number)} - {number}
        for other in before.intersection(found):
            end("table alembic_version has revision %s, and %s that comes before it" % (plain(number), plain(other)))
    return found

def counts():
    tables = read("the catalogue", """
        select c.relname, format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname = any (current_schemas(false)) and has_table_privilege(c.oid, 'select') order by 2""")
    for name, table in tables:
        rows = read("table %s" % plain(name), "select count(*), sum(length((t.*)::text)) from only %s t" % table)[0][0]
        if name != "alembic_version":
            yield plain(name), rows

def summary(numbers, tables):
    shown = [plain(number) + "%s" % ("" if number in known else "${UNKNOWN_REVISION}") for number in numbers[:4]] + ["%d more" % (len(numbers) - 4)] * (len(numbers) > 4)
    largest = ["%s %d" % table for table in sorted(tables, key=lambda table: (-table[1], table[0]))]
    for some in range(len(largest), -1, -1):
        rest = "; further tables: %d" % (len(largest) - some) if some < len(largest) else ""
        sentence = "revision %s; rows: %s" % (", ".join(shown), (", ".join(largest[:some]) or "none") + rest)
        if len(sentence) <= ${VERDICT_LIMIT}:
            return sentence

settings = {"statement_timeout": "%ds" % seconds, "enable_indexscan": "off", "enable_indexonlyscan": "off", "enable_bitmapscan": "off"}
connection.set_session(readonly=True, autocommit=True)
cursor = connection.cursor()
for setting in settings.items():
    read("the settings", "select set_config('%s', '%s', false)" % setting)
end(summary(revisions(), list(counts())), 0)
`.trim();

/** What the container of the check runs; the seconds limit each of its statements. */
export const drillCheck = (seconds: number): readonly string[] => ['python', '-c', DRILL_CHECK, String(seconds)];
