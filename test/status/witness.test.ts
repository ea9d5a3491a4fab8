/** What happened under this Bestie, and what only came into view: the Events of a database that is attached, and of what is put back. */
import { strict as assert } from 'node:assert';
import type { EventReason } from '../../src/api/event.ts';
import { read } from '../support/cases.ts';
import { migrating, jobStatus, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { annotated, recorded, statusLost } from '../support/upgrades.ts';
import { ago, carriedOut, edited, eventsOf, overlaid, patched, UID, without, world, type Loose, type World } from '../support/world.ts';

const MIGRATED = 'pets.bestie.com/migrated-images';
const list = JSON.stringify(['1.1', '1.2', '1.3'].map((version) => `quay.io/opdev/bestie:${version}`));
const reasonsOf = (w: World): unknown[] => eventsOf(w).map(({ reason }) => reason);
const namesOf = (w: World): string[] => eventsOf(w).map(({ metadata }) => metadata.name);

/** A scheduled backup of the database that ended so many seconds ago. */
const backedUp = (w: World, seconds: number): World =>
  patched(w, 'PostgresCluster', {
    status: {
      pgbackrest: {
        scheduledBackups: [{ cronJobName: 'bestie-pgo-repo1-full', succeeded: 1, repo: 'repo1', completionTime: ago(seconds) }],
      },
    },
  });

/** A database of a former Bestie with three versions and a backup of long ago, in the answer that attaches it. The Bestie is 90 s old. */
const attached = (seconds = 86_400): World => {
  const notes = { metadata: { annotations: { [MIGRATED]: list } } };
  const w = patched(recorded(read('73-database-adopted').world, 'PostgresCluster', notes), 'PostgresCluster', notes);
  return backedUp(w, seconds);
};

describe('status/witness: a database that is attached', () => {
  each<() => World, readonly EventReason[]>(
    {
      Attached: { reason: 'its migrations and backups are of another Bestie', given: attached, want: [] },
      Young: { reason: 'a backup of a minute ago was taken before it was attached', given: () => attached(60), want: [] },
      StatusLost: { reason: 'nothing was ever written', given: () => statusLost(attached(60)), want: [] },
      StatusOld: {
        reason: 'the database was applied, and the status that followed was lost',
        given: () => ({ ...carriedOut(attached(60)), parent: attached().parent }),
        want: [],
      },
      Rest: { reason: 'it is known', given: () => carriedOut(attached()), want: [] },
      BackedUp: { reason: 'the first backup since', given: () => backedUp(carriedOut(attached()), 0), want: ['BackupSucceeded'] },
    },
    (given, want) => {
      const announced = new Set<unknown>(['MigrationCompleted', 'BackupSucceeded']);
      assert.deepEqual(
        reasonsOf(given()).filter((reason) => announced.has(reason)),
        want,
      );
    },
  );

  it('of its own creation reports both, also where no status was ever written', () => {
    const migrated = patched(migrating(), 'Job', { status: jobStatus.complete });
    assert.deepEqual(reasonsOf(migrated), ['MigrationCompleted']);
    assert.deepEqual(reasonsOf(backedUp(ready(), 30)), ['BackupSucceeded']);
  });

  it('a list that a person writes is no migration of this Bestie', () => {
    const notes = { metadata: { annotations: { [MIGRATED]: list } } };
    assert.deepEqual(reasonsOf(patched(recorded(ready(), 'PostgresCluster', notes), 'PostgresCluster', notes)), []);
  });
});

describe('status/witness: what is put back', () => {
  const noteOf = (w: World): unknown => eventsOf(w)[0]?.note;

  it('is named, once, whatever is lost', () => {
    const gone = without(ready(), 'Service');
    assert.equal(noteOf(gone), 'Service bestie-service was missing and is created again');
    assert.deepEqual(namesOf(gone), namesOf({ ...gone, now: ago(-30) }));
    const next = { ...carriedOut(gone), children: gone.children };
    assert.deepEqual(reasonsOf(next), [], 'not seen yet, and requested already');
  });

  it('is another one when it recurs', () => {
    const later = (time: string): World => {
      const w = without(ready(), 'Service');
      const { conditions } = w.parent.status as { conditions: { type: string }[] };
      const dated = conditions.map((each) => (each.type === 'ServiceCreated' ? { ...each, lastTransitionTime: time } : each));
      return { ...w, parent: overlaid(w.parent, { status: { conditions: dated } }) };
    };
    assert.notDeepEqual(namesOf(later(ago(60))), namesOf(later(ago(30))));
  });

  it('is not reported for what a new spec wants for the first time', () => {
    const declared = ['ServiceMonitor.monitoring.coreos.com/v1', 'PrometheusRule.monitoring.coreos.com/v1'];
    const w = ready(world({ monitoring: { enabled: false } }));
    assert.deepEqual(reasonsOf(edited({ ...w, declared: [...w.declared, ...declared] }, { monitoring: { enabled: true } })), []);
  });
});

describe('status/witness: a new size', () => {
  const scaled = (patch: Loose = {}): World => edited(ready(), { size: 3, ...patch });

  it('is reported with both numbers', () => {
    assert.equal(eventsOf(scaled())[0]?.note, 'the Deployment is scaled from 1 to 3 replicas');
  });

  it('is reported once, although the update of the Deployment is refused for ever', () => {
    const w = scaled();
    const refused: World = { ...carriedOut(w), children: w.children };
    assert.deepEqual([reasonsOf(w), reasonsOf(refused), reasonsOf(carriedOut(refused))], [['Scaled'], [], []]);
    assert.deepEqual(namesOf(w), namesOf({ ...w, now: ago(-30) }));
  });

  it('is another one with the next size, and with the next Bestie', () => {
    const next = edited(carriedOut(scaled()), { size: 4 });
    assert.notDeepEqual(namesOf(next), namesOf(scaled()));
    const other = { ...scaled(), parent: overlaid(scaled().parent, { metadata: { uid: UID.replace('b1', 'b2') } }) };
    assert.notDeepEqual(namesOf(other), namesOf(scaled()));
  });

  it('is none where the Bestie is only annotated', () => {
    assert.deepEqual(reasonsOf(annotated(ready(), { 'pets.bestie.com/retry-upgrade': 'x' })), []);
  });
});
