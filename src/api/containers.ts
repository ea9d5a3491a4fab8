/** The containers of the pods that the operator creates: their names, port and exit code. */

/** Port on which the application listens. */
export const PORT = 8000;

/** The init container that waits, in the Deployment and in the Jobs. Its end says nothing about the image. */
export const WAITING_CONTAINER = 'wait-for-database';

/** The containers that do the work: the application, and the steps of a migration. */
export const WEB_CONTAINER = 'bestie';
export const MIGRATING_CONTAINER = 'migrate';
export const SEEDING_CONTAINER = 'seed';

/** The container that checks the copy of a drill. */
export const CHECKING_CONTAINER = 'check';

/** Exit code of `wait-for-database` if waiting longer would not help (EX_NOPERM of sysexits.h). Its termination message has the cause. */
export const REFUSED_EXIT_CODE = 77;
