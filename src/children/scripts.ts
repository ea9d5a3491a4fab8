/**
 * What the containers run besides the application itself: short Python programs, because the application's own image has Python and the
 * driver. Tried on the application and a real Postgres by `npm run test:app`.
 */

import { PORT, REFUSED_EXIT_CODE } from '../api/containers.ts';

/** Arguments of psycopg2.connect, from the variables of the database Secret; each address of the host is tried for so many seconds. */
const login = (seconds: number): string =>
  'host=os.environ["DB_ADDR"], port=os.environ["DB_PORT"], dbname=os.environ["DB_DATABASE"], ' +
  `user=os.environ["DB_USER"], password=os.environ["DB_PASSWORD"], connect_timeout=${seconds}`;

export const DATABASE_LOGIN = login(3);

/**
 * Waits until a login succeeds. A refusal that is repeated for ten seconds ends it, with one sentence as its termination message: the user,
 * the host and the name of the database come from a Secret, so the server's own message goes to the log alone. It is matched in English, the
 * default language of Postgres, PgBouncer and cloud services. An error that is not recognised is waited for.
 * libpq tries with TLS and without, and reports both: if only TLS is admitted, every refusal comes with a missing entry of pg_hba.conf, so that row
 * is the last.
 */
export const WAIT_FOR_DATABASE = `
import os, re, signal, sys, time, psycopg2
refusals = [
    (r"authentication failed|no password supplied|role .* does not exist|no such user|not permitted to log in", "the login is refused: the user or the password in the Secret is wrong"),
    (r"database .* does not exist|no such database", "the database that the Secret names does not exist"),
    (r"permission denied for database", "the user may not connect to the database that the Secret names: it lacks the privilege CONNECT"),
    (r"no pg_hba.conf entry|pg_hba.conf rejects", "no entry of pg_hba.conf lets this user into this database from here"),
]
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
refused_since = None
while True:
    try:
        psycopg2.connect(${DATABASE_LOGIN}).close()
        break
    except psycopg2.OperationalError as error:
        print("waiting for the database:", str(error).strip(), flush=True)
        sentence = next((words for pattern, words in refusals if re.search(pattern, str(error))), None)
        refused_since = refused_since or time.monotonic() if sentence else None
        if sentence and time.monotonic() - refused_since >= 10:
            with open("/dev/termination-log", "w") as message:
                message.write(sentence)
            sys.exit(${REFUSED_EXIT_CODE})
        time.sleep(2)
`.trim();

/**
 * Becomes gunicorn, which then gets the signals of the container. It listens on every address family that the pod has: one IPv6 socket
 * takes IPv4 as well, unless the node keeps them apart or has no IPv6 at all.
 */
export const SERVE = `
import os, socket
addresses = ["0.0.0.0"]
try:
    with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as trial:
        trial.bind(("::", 0))
        addresses = ["0.0.0.0", "[::]"] if trial.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY) else ["[::]"]
except OSError:
    pass
os.execvp("gunicorn", ["gunicorn"] + ["--bind=%s:${PORT}" % address for address in addresses] + ["app:app"])
`.trim();

/**
 * Ready: a login succeeds, or is refused in words that fit `full`; and the application accepts a connection. It ends by itself a second before the
 * time-out of the probe; the login may take a second less than that.
 */
const readyUnless = (full: string, timeoutSeconds: number): string =>
  `
import os, re, signal, socket, sys, psycopg2
signal.alarm(${timeoutSeconds - 1})
try:
    psycopg2.connect(${login(timeoutSeconds - 2)}).close()
except psycopg2.OperationalError as error:
    if not re.search("${full}", str(error)):
        sys.exit("the database takes no connection")
socket.create_connection(("localhost", ${PORT}), 1).close()
`.trim();

/** How Postgres says that it has no connection left. */
const FULL = 'too many clients|too many connections|remaining connection slots';

/**
 * Ready: the database accepts a new connection, and so does the application. The probe needs no thread of the application, and costs the same
 * whatever the data. A database without a free connection is up, and the pods that hold connections still serve.
 */
export const ready = (timeoutSeconds: number): string => readyUnless(FULL, timeoutSeconds);

/**
 * The same through PgBouncer, which is full in words of its own. It asks the database for the password at each login, with connections apart from
 * those of the application: a login succeeds while all of those are lent, and fails while the database is away.
 */
export const readyThroughPooler = (timeoutSeconds: number): string =>
  readyUnless(`${FULL}|no more connections allowed|client connections exceeded`, timeoutSeconds);
