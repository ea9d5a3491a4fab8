/** What is exported about the upgrades and the restores of each Bestie. */
import { STATE, type StateRow } from './staterow.ts';

export const changeStates = {
  upgrades: {
    name: 'bestie_upgrade_counter',
    type: 'counter',
    help: 'Grows by one when an upgrade has succeeded: rolled out and available; kept in status.upgrade.succeeded.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[status.upgrade?.succeeded ?? 0]],
  },
  upgradeFailures: {
    name: 'bestie_upgrade_failures_total',
    type: 'counter',
    help: 'Grows by one when the target of an upgrade has failed; kept in status.upgrade.failed.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[status.upgrade?.failed ?? 0]],
  },
  upgradeFailure: {
    name: 'bestie_upgrade_failure',
    type: 'gauge',
    help: 'Becomes 1 when a container cannot pull its image, on a first install too, and 0 when none waits for one any more.',
    labels: [],
    keep: STATE,
    of: ({ status }) => [[Number(status.conditions.some((each) => each.type === 'ImagePulled' && each.status === 'False'))]],
  },
  upgradePhase: {
    name: 'bestie_upgrade_phase',
    type: 'gauge',
    help: 'Always 1; its label changes with the phase of the last upgrade; there only once there was one.',
    labels: ['phase'],
    keep: STATE,
    of: ({ status }) => (status.upgrade?.phase === undefined ? [] : [[1, status.upgrade.phase]]),
  },
  restores: {
    name: 'bestie_restores_succeeded_total',
    type: 'counter',
    help: 'Grows by one when a requested restore has succeeded; kept in status.restore.succeeded, and there only once one was requested.',
    labels: [],
    keep: STATE,
    of: ({ status }) => (status.restore?.succeeded === undefined ? [] : [[status.restore.succeeded]]),
  },
  restoreFailures: {
    name: 'bestie_restores_failed_total',
    type: 'counter',
    help: 'Grows by one when a requested restore has failed; kept in status.restore.failed, and there only once one was requested.',
    labels: [],
    keep: STATE,
    of: ({ status }) => (status.restore?.failed === undefined ? [] : [[status.restore.failed]]),
  },
  restorePhase: {
    name: 'bestie_restore_phase',
    type: 'gauge',
    help: 'Always 1; its label changes with the phase of the last restore; there only once one was requested.',
    labels: ['phase'],
    keep: STATE,
    of: ({ status }) => (status.restore?.phase === undefined ? [] : [[1, status.restore.phase]]),
  },
} as const satisfies Record<string, StateRow>;
