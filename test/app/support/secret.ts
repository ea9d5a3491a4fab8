/** The Secret of a database: what references to its keys become in a container. */
import type { EnvVar } from './rendered.ts';

/** The keys that PGO writes, and `SECRET_KEY` for the one of an external session secret. */
export interface Secret {
  host: string;
  port: string;
  dbname: string;
  user: string;
  password: string;
  uri: string;
  verifier: string;
  SECRET_KEY: string;
}

type Login = Pick<Secret, 'host' | 'port' | 'dbname' | 'user' | 'password'>;

/** A Secret like that of PGO, for that login. */
export function secretOf(login: Login): Secret {
  const { host, port, dbname, user, password } = login;
  const uri = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${dbname}`;
  return { ...login, uri, verifier: 'SCRAM-SHA-256$4096:c2FsdA==$c3RvcmVk:c2VydmVy', SECRET_KEY: 'session' };
}

const hasKey = (secret: Secret, key: string): key is keyof Secret => key in secret;

/** The variables with their values; `$(NAME)` refers to one that stands before, as for the kubelet. */
export function resolveEnv(env: readonly EnvVar[], secret: Secret): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value = '', valueFrom } of env) {
    const key = valueFrom?.secretKeyRef.key;
    if (key !== undefined && !hasKey(secret, key)) throw new Error(`the Secret has no key ${key}`);
    values[name] =
      key === undefined ? value.replace(/\$\(([A-Za-z_]\w*)\)/g, (whole, other: string) => values[other] ?? whole) : secret[key];
  }
  return values;
}
