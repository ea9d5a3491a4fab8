/** What the pods of the application look like, release by release: data for the one builder in podtemplate.ts. */
import { databaseEnvironment } from '../api/environment.ts';
import { PORT } from '../api/containers.ts';
import { ready, readyThroughPooler, SERVE, WAIT_FOR_DATABASE } from './scripts.ts';

/** Seconds that Kubernetes gives a pod to end where its spec has none. */
export const DEFAULT_GRACE_SECONDS = 30;
/** Seconds for which a terminating pod still answers, until every proxy has removed it. */
export const DRAIN_SECONDS = 5;
/** Seconds between the end of the application's own time and the time at which the kubelet kills. */
const KILL_RESERVE_SECONDS = 5;

/** A release that changed the pods, and what they run since then. */
export interface PodShape {
  /** The first release of the operator with this shape. */
  release: string;
  /** Variable → key of the Secret of the database user. */
  databaseEnvironment: Readonly<Record<string, string>>;
  /** By the seconds that a pod has to end. */
  gunicornArguments: (graceSeconds: number) => string;
  /** Whether the pods record the requested image reference. */
  recordsImage: boolean;
  /** The program of the init container `wait-for-database`. */
  waitForDatabase: string;
  /** Fields of the container of the application. */
  web: Readonly<{ command?: readonly string[]; startupProbe: object; livenessProbe: object; readinessProbe: object }>;
  /** The action of the readiness probe with another time-out, in seconds; left out where it does not depend on that. */
  readyWithin?: (timeoutSeconds: number) => object;
}

const python = (program: string): readonly string[] => ['python', '-c', program];
const readyWithin = (timeoutSeconds: number): { command: readonly string[] } => ({ command: python(ready(timeoutSeconds)) });
const readyWithinThroughPooler = (timeoutSeconds: number): { command: readonly string[] } => ({
  command: python(readyThroughPooler(timeoutSeconds)),
});
const READY_SECONDS = 5;

/** The application answers this path from its files. */
const FILE = { path: '/foster', port: 'http' };

const current: PodShape = {
  release: '0.2.0',
  databaseEnvironment,
  // One process with threads: with several processes each scrape of /metrics would meet another process's counters. The graceful time
  // begins when the pod has drained, and ends before the kubelet kills.
  gunicornArguments: (graceSeconds) =>
    `--workers=1 --threads=8 --worker-tmp-dir=/tmp --graceful-timeout=${graceSeconds - DRAIN_SECONDS - KILL_RESERVE_SECONDS}`,
  recordsImage: true,
  waitForDatabase: WAIT_FOR_DATABASE,
  web: {
    command: python(SERVE),
    // Only the start probe calls the application. Later all of its threads may wait for the database, or for users: no reason to restart it.
    startupProbe: { httpGet: FILE, periodSeconds: 3, timeoutSeconds: 2, failureThreshold: 40 },
    livenessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 3 },
    readinessProbe: { exec: readyWithin(READY_SECONDS), periodSeconds: 10, timeoutSeconds: READY_SECONDS, failureThreshold: 3 },
  },
  readyWithin,
};

/** Builds of 0.2.0 before the image was recorded. */
const beforeRecordedImages: PodShape = { ...current, recordsImage: false };

const { PGPORT: _, ...databaseEnvironment010 } = databaseEnvironment;

/** Those of release 0.1.0. */
const release010: PodShape = {
  release: '0.1.0',
  databaseEnvironment: databaseEnvironment010,
  gunicornArguments: () => `--bind=0.0.0.0:${PORT} --workers=1 --threads=8 --worker-tmp-dir=/tmp`,
  recordsImage: false,
  waitForDatabase: `
import os, time, psycopg2
while True:
    try:
        psycopg2.connect(host=os.environ["DB_ADDR"], port=os.environ["DB_PORT"], dbname=os.environ["DB_DATABASE"], user=os.environ["DB_USER"], password=os.environ["DB_PASSWORD"], connect_timeout=3).close()
        break
    except psycopg2.OperationalError as error:
        print("waiting for the database:", str(error).strip(), flush=True)
        time.sleep(2)
`.trim(),
  web: {
    startupProbe: { httpGet: FILE, timeoutSeconds: 5, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { httpGet: FILE, timeoutSeconds: 5, periodSeconds: 15, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/api/listings/', port: 'http' }, timeoutSeconds: 5, periodSeconds: 10, failureThreshold: 3 },
  },
};

/** The same shape with the address of a pooler: `keys` has the key of the Secret that takes the place of another one. */
export const throughPooler = (shape: PodShape, keys: Readonly<Record<string, string>>): PodShape => ({
  ...shape,
  databaseEnvironment: Object.fromEntries(Object.entries(shape.databaseEnvironment).map(([name, key]) => [name, keys[key] ?? key])),
  web: { ...shape.web, readinessProbe: { ...shape.web.readinessProbe, exec: readyWithinThroughPooler(READY_SECONDS) } },
  readyWithin: readyWithinThroughPooler,
});

/** The shape that is built now, then those of former releases, the latest first. */
export const podShapes: readonly [PodShape, ...PodShape[]] = [current, beforeRecordedImages, release010];
