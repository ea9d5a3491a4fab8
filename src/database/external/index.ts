/** Databases that are managed outside of this operator: it has their Secret, and no object of theirs. */
import type { Readiness } from '../../api/kubernetes.ts';
import type { Provider } from '../../api/observed.ts';

const nothing = (): undefined => undefined;
const no = (): boolean => false;
const none = (): [] => [];
const unknown = (): Readiness => ({
  status: 'Unknown',
  reason: 'ExternallyManaged',
  message: 'the database is managed outside of this operator',
});

export const external: Provider = {
  operator: 'the operator of the database',
  kind: undefined,
  nameOf: () => '',
  live: nothing,
  isUsable: no,
  isRestoring: no,
  system: nothing,
  endedRestore: nothing,
  isCopied: no,
  loginRevision: nothing,
  readiness: unknown,
  pendingReadiness: unknown,
  named: none,
  lacking: nothing,
  stopped: nothing,
  foreignConnectionLimit: nothing,
  leastConnections: 1,
  loginSecret: () => '',
  podLabels: () => ({}),
  primaryLabels: () => ({}),
  exporter: undefined,
  ownsFinalizer: no,
  desired: () => ({ annotations: {}, spec: {} }),
  requestAnnotations: () => ({}),
  before: () => ({}),
  obstacles: none,
  features: () => '',
  backups: {
    request: nothing,
    stateOf: () => ({ state: 'waiting' }),
    isAsked: no,
    atWork: nothing,
    isPossible: no,
    runs: none,
    planned: none,
    unpreparedBecause: nothing,
    troubles: none,
    logs: () => '',
    applied: none,
    remoteRepository: nothing,
    withRequest: (manifest) => manifest,
    requestPaths: [],
  },
  restores: {
    armed: nothing,
    stateOf: () => ({ state: 'waiting' }),
    byOthers: nothing,
    givenUpByOthers: nothing,
    obstacle: nothing,
    mayBeOlder: no,
    requestPaths: [],
    isOverwritten: no,
    requestAnnotations: () => ({}),
    logs: () => '',
    events: () => '',
    catalogue: () => '',
  },
  pooler: { keys: {}, isRequested: no, isReady: no, applied: nothing },
};
