/** A field that changes back: whose it is, and what is sent. */
import { strict as assert } from 'node:assert';
import type { KubeObject } from '../../src/api/kubernetes.ts';
import { BACKUP_ANNOTATION } from '../../src/database/crunchy/names.ts';
import { annotations } from '../../src/api/names.ts';
import { backingUp, migrated, ready } from '../support/stages.ts';
import { each } from '../support/table.ts';
import { later, up } from '../support/upgrades.ts';
import { carriedOut, conditionOf, edited, manifestOf, overlaid, rerecorded, syncOf, type Loose, type World } from '../support/world.ts';

const MIRRORED = 'mirror.example/opdev/bestie:1.3';
const POINTER = '/spec/template/spec/containers/bestie/image';

interface Template {
  template: { spec: { containers: { image: string }[] } };
}
const imageOf = (object: { spec?: unknown } | undefined): string | undefined =>
  (object?.spec as Template | undefined)?.template.spec.containers[0]?.image;

/** Admission, or a person: the live Deployment has another image, whatever was sent. */
function rewritten(w: World, image = MIRRORED): World {
  const change = (live: KubeObject): KubeObject => {
    const [container] = (live.spec as Template).template.spec.containers;
    return overlaid(live, { spec: { template: { spec: { containers: [{ ...container, image }] } } } });
  };
  return { ...w, children: w.children.map((live) => (live.kind === 'Deployment' ? change(live) : live)) };
}

const settledWorld = (): World => carriedOut(ready());
/** The answers to a world in which the image is rewritten after each of them. */
const answered = (w: World, times: number): World =>
  Array.from({ length: times }).reduce<World>((so) => rewritten(carriedOut(so)), rewritten(w));
const sent = (w: World): string | undefined => imageOf(manifestOf(syncOf(w), 'Deployment'));
const listed = (w: World): Loose[] => syncOf(w).status.contestedFields ?? [];
const recordOf = (w: World): string | undefined => manifestOf(syncOf(w), 'Deployment')?.metadata.annotations?.[annotations.contested];

describe('decide/contestedfields', () => {
  it('is sent once more, as wanted, and recorded', () => {
    const w = rewritten(settledWorld());
    assert.equal(sent(w), 'quay.io/opdev/bestie:1.3');
    assert.deepEqual(JSON.parse(recordOf(w) ?? ''), { [POINTER]: { wanted: 'quay.io/opdev/bestie:1.3', at: w.now } });
    assert.deepEqual(listed(w), []);
  });

  it('is left as it is when it differs again, is listed, and then nothing changes any more', () => {
    const w = answered(settledWorld(), 1);
    assert.equal(sent(w), MIRRORED);
    assert.deepEqual(listed(w), [{ kind: 'Deployment', name: 'bestie-app', field: POINTER }]);
    assert.equal(
      conditionOf(syncOf(up(w)), 'Ready')?.message,
      'the current spec is running, except for the fields in status.contestedFields',
    );
    const rest = answered(w, 2);
    assert.deepEqual(syncOf(rest).children, syncOf(carriedOut(rest)).children);
    assert.deepEqual(syncOf(later(rest, 7200)).children, syncOf(rest).children);
  });

  it('takes no rollout for one: what was wanted then is what is compared', () => {
    const w = up(answered(settledWorld(), 2));
    assert.equal(syncOf(w).status.conditions.find(({ type }) => type === 'DeploymentReady')?.reason, 'RolledOut');
  });

  it('is sent as wanted again once something else is wanted of it', () => {
    const w = edited(answered(settledWorld(), 2), {
      env: [{ name: 'A', value: 'b' }],
      image: 'other.example/bestie',
      database: { seed: false },
    });
    const next = carriedOut(w);
    assert.equal(sent(w), MIRRORED, 'the version that runs is what is wanted until the upgrade comes to it');
    assert.deepEqual(listed(next), listed(w));
  });

  it('is put back whenever a person changes it, if that is more than ten minutes apart', () => {
    const restored = carriedOut(rewritten(settledWorld(), 'by/hand:1'));
    assert.equal(imageOf(restored.children.find(({ kind }) => kind === 'Deployment')), 'quay.io/opdev/bestie:1.3');
    assert.deepEqual(syncOf(restored).children, syncOf(carriedOut(restored)).children);
    const again = later(rewritten(restored, 'by/hand:2'), 600);
    assert.equal(sent(again), 'quay.io/opdev/bestie:1.3');
    assert.deepEqual(listed(again), []);
    assert.equal(sent(later(rewritten(restored, 'by/hand:2'), 599)), 'by/hand:2');
  });

  each<Loose, boolean>(
    {
      OurRecord: {
        reason: 'what is remembered on a child',
        given: { metadata: { annotations: { [annotations.running]: 'x' } } },
        want: false,
      },
      OtherAnnotation: {
        reason: 'an annotation of others is none of ours',
        given: { metadata: { annotations: { other: 'x' } } },
        want: false,
      },
      Owners: { reason: 'who owns it', given: { metadata: { ownerReferences: [] } }, want: false },
      Removed: { reason: 'a field that is taken away', given: { spec: { strategy: undefined } }, want: true },
      Added: { reason: 'a field that is not ours', given: { spec: { paused: true } }, want: false },
      Null: { reason: 'a null is as good as nothing', given: { spec: { replicas: null } }, want: true },
    },
    (patch, want) => {
      const changed = (w: World): World => ({
        ...w,
        children: w.children.map((live) => (live.kind === 'Deployment' ? overlaid(live, patch) : live)),
      });
      const first = changed(settledWorld());
      assert.equal(recordOf(first) !== undefined, want);
      // The second time it is left, and never is a null sent: the encoder would refuse that.
      const second = changed(carriedOut(first));
      assert.equal(listed(second).length > 0, want);
    },
  );

  each<(live: KubeObject) => KubeObject, undefined>(
    {
      Annotation: {
        reason: 'a user requests a backup of their own',
        given: (live) => overlaid(live, { metadata: { annotations: { [BACKUP_ANNOTATION]: 'by-hand' } } }),
        want: undefined,
      },
      Repository: {
        reason: 'in another repository',
        given: (live) => overlaid(live, { spec: { backups: { pgbackrest: { manual: { repoName: 'repo2' } } } } }),
        want: undefined,
      },
      Nothing: {
        reason: 'the request is taken away',
        given: (live) => overlaid(live, { spec: { backups: { pgbackrest: { manual: null } } } }),
        want: undefined,
      },
      Ancestor: {
        reason: 'with all that is about backups',
        given: (live) => overlaid(live, { spec: { backups: null } }),
        want: undefined,
      },
    },
    (change) => {
      const overwritten = (w: World): World => ({
        ...w,
        children: w.children.map((live) => (live.kind === 'PostgresCluster' ? change(live) : live)),
      });
      const requestOf = (w: World): unknown[] => {
        const database = manifestOf(syncOf(w), 'PostgresCluster');
        const spec = database?.spec as { backups: { pgbackrest: { manual: unknown } } };
        return [database?.metadata.annotations?.[BACKUP_ANNOTATION], spec.backups.pgbackrest.manual];
      };
      const asked = backingUp();
      const fight = (w: World, times: number): World => Array.from({ length: times }).reduce<World>((so) => overwritten(carriedOut(so)), w);
      const w = fight(overwritten(asked), 5);
      assert.deepEqual(
        listed(w).map(({ kind }) => kind),
        ['PostgresCluster'],
        'two who write in turn would do so without end',
      );
      assert.deepEqual(syncOf(later(w, 599)).children, syncOf(w).children);
      const again = later(w, 600);
      assert.deepEqual(requestOf(again), requestOf(asked), 'the backup that is needed is requested until it is started');
      assert.deepEqual(listed(again), []);
      assert.deepEqual(syncOf(fight(again, 2)).children, syncOf(fight(again, 5)).children);
      assert.deepEqual(listed(fight(again, 2)), listed(w));
      const because = (world: World): string => conditionOf(syncOf(later(world, 3600)), 'DatabaseSeeded')?.message ?? '';
      assert.match(because(asked), /has not ended within 3600 s: the database operator has not started it/);
      assert.match(because(w), /removes the request from the PostgresCluster/);
    },
  );

  it('sends an object of which nearly everything is changed as a whole, without a record of each field', () => {
    const big = edited(settledWorld(), { env: [{ name: 'A', value: 'x'.repeat(40_000) }] });
    const w = carriedOut(big);
    const emptied = { ...w, children: w.children.map((live) => (live.kind === 'Deployment' ? { ...live, spec: {} } : live)) };
    assert.equal(recordOf(emptied), undefined);
    assert.ok(manifestOf(syncOf(emptied), 'Deployment')?.spec);
  });

  it('reads an unreadable record as none', () => {
    const w = rewritten(settledWorld());
    for (const text of ['{', '[]', 'null', '{"/spec":7}', '{"/spec":{"at":7}}']) {
      const noted = { metadata: { annotations: { [annotations.contested]: text } } };
      const world = { ...w, children: w.children.map((each) => (each.kind === 'Deployment' ? rerecorded(each, noted) : each)) };
      assert.equal(sent(world), 'quay.io/opdev/bestie:1.3', text);
    }
  });

  it('is nothing of a child that is new', () => {
    assert.equal(recordOf(migrated()), undefined);
  });

  it('keeps its annotation once it has one: an apply that takes the last of ours away takes those of others along', () => {
    const typed =
      (type: string) =>
      (w: World): World => ({
        ...w,
        children: w.children.map((live) => (live.kind === 'Service' ? overlaid(live, { spec: { type } }) : live)),
      });
    const noted = carriedOut(typed('LoadBalancer')(settledWorld()));
    const other = syncOf(edited(noted, { serviceType: 'NodePort' }));
    assert.equal(manifestOf(other, 'Service')?.metadata.annotations?.[annotations.contested], '{}');
  });

  it('compares a list from which an item was taken in the order in which it was wanted', () => {
    const short = (w: World): World => ({
      ...w,
      children: w.children.map((live) => {
        if (live.kind !== 'Deployment') return live;
        const [container] = (live.spec as { template: { spec: { containers: { env: { name: string }[] }[] } } }).template.spec.containers;
        const env = container?.env.filter(({ name }) => name !== 'DB_PORT');
        return overlaid(live, { spec: { template: { spec: { containers: [{ ...container, env }] } } } });
      }),
    });
    const w = Array.from({ length: 3 }).reduce<World>((so) => short(carriedOut(so)), short(settledWorld()));
    assert.deepEqual(listed(w), [{ kind: 'Deployment', name: 'bestie-app', field: '/spec/template/spec/containers/bestie/env/DB_PORT' }]);
    assert.equal(syncOf(up(w)).status.conditions.find(({ type }) => type === 'DeploymentReady')?.reason, 'RolledOut');
  });
});
