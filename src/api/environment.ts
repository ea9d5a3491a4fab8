/** The environment of the application: which variable comes from which key of the database Secret. */

/** Variable → key of the Secret of the database user; an external Secret has the same keys. */
export const databaseEnvironment = {
  DATABASE_URL: 'uri',
  DB_ADDR: 'host',
  DB_PORT: 'port',
  // For releases of the application that set no port: libpq reads it.
  PGPORT: 'port',
  DB_DATABASE: 'dbname',
  DB_USER: 'user',
  DB_PASSWORD: 'password',
} as const;

export const SESSION_VARIABLE = 'SECRET_KEY';

/** Key that signs sessions where `spec.sessionSecret` is left out: equal for all pods, not public, changes with the password. */
export const DEFAULT_SESSION_KEY = 'verifier';
