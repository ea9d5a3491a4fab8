import { strict as assert } from 'node:assert';
import { annotations } from '../../src/api/names.ts';
import { ready as readyWithin, SERVE } from '../../src/children/scripts.ts';
import { ailing, created, halves, jobStatus, migrated, migrating, ready, rolledOut, rollingOut, usable, waits } from '../support/stages.ts';
import { each } from '../support/table.ts';
import {
  ago,
  carriedOut,
  childOf,
  conditionOf,
  edited,
  manifestOf,
  observe,
  overlaid,
  overlays,
  patched,
  said,
  syncOf,
  without,
  withPods,
  world,
  type Loose,
  type World,
} from '../support/world.ts';

interface Container {
  name: string;
  image: string;
  env: { name: string; value?: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
  resources: Loose;
  securityContext: Loose;
  [field: string]: unknown;
}
interface Spec {
  replicas: number;
  strategy: unknown;
  template: {
    metadata: { labels: Loose; annotations?: Loose };
    spec: Loose & { containers: [Container]; initContainers: [Container]; securityContext: Loose };
  };
}

const manifest = (w: World) => {
  const found = manifestOf(syncOf(w), 'Deployment');
  assert.ok(found, 'a Deployment is requested');
  return found;
};
const spec = (w: World): Spec => manifest(w).spec as Spec;
const container = (w: World): Container => spec(w).template.spec.containers[0];
const variables = (w: World): Record<string, string | undefined> =>
  Object.fromEntries(
    container(w).env.map(({ name, value, valueFrom }) => [
      name,
      value ?? (valueFrom?.secretKeyRef && `${valueFrom.secretKeyRef.name}/${valueFrom.secretKeyRef.key}`),
    ]),
  );
const installed = (fields: Loose = {}, rest: Partial<World> = {}): World => ready(world(fields, rest));
const external = { sessionSecret: { name: 'session' }, database: { provider: 'External', secretName: 'theirs' } };

describe('children/deployment', () => {
  describe('its pods', () => {
    it('run the application with probes that distinguish alive from ready', () => {
      const { ports, startupProbe, livenessProbe, readinessProbe, lifecycle, image, resources, securityContext } = container(installed());
      assert.equal(image, 'quay.io/opdev/bestie:1.3');
      assert.deepEqual(ports, [{ name: 'http', containerPort: 8000, protocol: 'TCP' }]);
      assert.deepEqual(livenessProbe, { tcpSocket: { port: 'http' }, periodSeconds: 15, timeoutSeconds: 5, failureThreshold: 3 });
      assert.deepEqual(readinessProbe, {
        exec: { command: ['python', '-c', readyWithin(5)] },
        periodSeconds: 10,
        timeoutSeconds: 5,
        failureThreshold: 3,
      });
      assert.deepEqual(startupProbe, {
        httpGet: { path: '/foster', port: 'http' },
        periodSeconds: 3,
        timeoutSeconds: 2,
        failureThreshold: 40,
      });
      assert.deepEqual(lifecycle, { preStop: { sleep: { seconds: 5 } } });
      assert.deepEqual(resources, { requests: { cpu: '200m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } });
      assert.deepEqual(securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
    });

    it('are probed within each period, so that no probe meets the one before', () => {
      const { startupProbe, livenessProbe, readinessProbe } = container(installed());
      for (const probe of [startupProbe, livenessProbe, readinessProbe] as Loose[])
        assert.ok(Number(probe.timeoutSeconds) < Number(probe.periodSeconds), JSON.stringify(probe));
    });

    it('ask nothing of the threads of the application to stay alive or ready', () => {
      const { livenessProbe, readinessProbe } = container(installed());
      assert.ok([livenessProbe, readinessProbe].every((probe) => (probe as Loose).httpGet === undefined));
    });

    it('become gunicorn, which gets the signals, with a graceful time that ends before the kubelet kills', () => {
      const { command, lifecycle, env } = container(installed());
      assert.deepEqual(command, ['python', '-c', SERVE]);
      assert.match(SERVE, /os\.execvp\("gunicorn"/);
      const given = env.find(({ name }) => name === 'GUNICORN_CMD_ARGS')?.value ?? '';
      const graceful = Number(/--graceful-timeout=(\d+)/.exec(given)?.[1]);
      const { seconds } = (lifecycle as { preStop: { sleep: { seconds: number } } }).preStop.sleep;
      const grace = Number(spec(installed()).template.spec.terminationGracePeriodSeconds ?? 30);
      assert.ok(seconds + graceful < grace, `${seconds} s of lingering and ${graceful} s of grace do not fit into ${grace} s`);
    });

    it("take credentials from the user's Secret, never a literal", () => {
      const env = variables(installed());
      assert.deepEqual(
        [env.DATABASE_URL, env.DB_ADDR, env.DB_PORT, env.PGPORT, env.DB_DATABASE, env.DB_USER, env.DB_PASSWORD, env.SECRET_KEY],
        ['uri', 'host', 'port', 'port', 'dbname', 'user', 'password', 'verifier'].map((key) => `bestie-pgo-pguser-bestie/${key}`),
      );
    });

    it('take them from the Secret of an external database, and the session key from its own', () => {
      const env = variables(carriedOut(carriedOut(patched(created(world(external)), 'Job', { status: jobStatus.complete }))));
      assert.equal(env.DATABASE_URL, 'theirs/uri');
      assert.equal(env.SECRET_KEY, 'session/SECRET_KEY');
    });

    it('get the values of the user, in place of the defaults', () => {
      const env = [
        { name: 'FLASK_ENV', value: 'development' },
        { name: 'EMPTY', value: '' },
        { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      ];
      const given = container(installed({ env, exposure: { tlsSecretName: 'tls' } })).env;
      assert.deepEqual(given.slice(-3), [env[0], { name: 'EMPTY' }, env[2]]);
      assert.equal(given.filter(({ name }) => name === 'FLASK_ENV').length, 1);
    });

    it('wait for the database from the inside, in the same image, with its credentials and nothing else', () => {
      const wait = spec(installed({ env: [{ name: 'A', value: 'x' }] })).template.spec.initContainers[0];
      assert.equal(wait.image, 'quay.io/opdev/bestie:1.3');
      assert.ok(wait.env.every(({ name }) => name.startsWith('DB_') || ['DATABASE_URL', 'PGPORT'].includes(name)));
      assert.deepEqual(wait.resources, container(installed()).resources);
    });

    each<World, string | undefined>(
      {
        Http: { reason: 'without TLS in front, production mode would redirect for ever', given: installed(), want: 'development' },
        Https: { reason: 'an Ingress with a certificate', given: installed({ exposure: { tlsSecretName: 'tls' } }), want: 'production' },
        Route: { reason: 'a Route always terminates TLS', given: installed({}, { declared: overlays.openshift }), want: 'production' },
      },
      (given, want) => {
        assert.equal(variables(given).FLASK_ENV, want);
      },
    );

    each<World, unknown>(
      {
        Kubernetes: { reason: 'the image names no user', given: installed(), want: 10001 },
        OpenShift: {
          reason: 'the platform assigns one and refuses another',
          given: installed({}, { declared: overlays.openshift }),
          want: undefined,
        },
        Asked: { reason: 'the spec has the last word', given: installed({ podSecurityContext: { runAsUser: 7 } }), want: 7 },
      },
      (given, want) => {
        assert.equal(spec(given).template.spec.securityContext.runAsUser, want);
        assert.deepEqual(spec(given).template.spec.securityContext.seccompProfile, { type: 'RuntimeDefault' });
      },
    );

    it('have what the spec says of scheduling, and nothing where it says nothing', () => {
      const fields = {
        nodeSelector: { a: '' },
        tolerations: [{ key: 'k', operator: 'Exists' }],
        affinity: { nodeAffinity: {} },
        topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
      };
      assert.deepEqual(overlaid(spec(installed(fields)).template.spec, fields), spec(installed(fields)).template.spec);
      for (const field of Object.keys(fields)) assert.ok(!(field in spec(installed()).template.spec), field);
    });

    it('have quantities in the form the API server keeps, and no empty maps of them', () => {
      assert.deepEqual(container(installed({ resources: { requests: { cpu: '0.1', memory: '1024Mi' }, limits: {} } })).resources, {
        requests: { cpu: '100m', memory: '1Gi' },
      });
      assert.deepEqual(container(installed({ resources: { requests: {}, limits: {} } })).resources, {});
    });
  });

  it('adds a pod before it takes one away', () => {
    assert.deepEqual(spec(installed()).strategy, { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
  });

  describe('replicas', () => {
    const asked = (w: World, replicas: unknown): World => patched(w, 'Deployment', { spec: { replicas } });
    const scaled = { size: 2, maxReplicas: 5 };
    each<World, number>(
      {
        Fixed: { reason: 'size without autoscaling', given: installed({ size: 3 }), want: 3 },
        Drift: { reason: 'a manual scale is repaired without autoscaling', given: asked(installed({ size: 3 }), 7), want: 3 },
        AtCreation: { reason: 'size, before there is anything to observe', given: migrated(world(scaled)), want: 2 },
        Echo: { reason: 'left out, it would fall to 1', given: asked(installed(scaled), 4), want: 4 },
        AtLeast: { reason: 'never below size', given: asked(installed(scaled), 1), want: 2 },
        AtMost: { reason: 'never above maxReplicas', given: asked(installed(scaled), 9), want: 5 },
        Zero: { reason: 'scaled to nothing by hand', given: asked(installed(scaled), 0), want: 2 },
        Null: { reason: 'nulls are normal input', given: asked(installed(scaled), null), want: 2 },
        SwitchedOff: {
          reason: 'autoscaling off again: back to size',
          given: edited(asked(installed(scaled), 4), { maxReplicas: undefined }),
          want: 2,
        },
      },
      (given, want) => {
        assert.equal(spec(given).replicas, want);
      },
    );
  });

  describe('on a first install', () => {
    it('waits for database and migration', () => {
      for (const w of [world(), created(), usable(), migrating()]) assert.equal(manifestOf(syncOf(w), 'Deployment'), undefined);
      assert.equal(conditionOf(syncOf(created()), 'DeploymentReady')?.message, 'waiting for DatabaseReady');
      assert.equal(conditionOf(syncOf(usable()), 'DeploymentReady')?.message, 'waiting for DatabaseSeeded');
    });

    it('comes with the answer that sees the Job complete', () => {
      assert.ok(manifest(patched(migrating(), 'Job', { status: jobStatus.complete })));
    });
  });

  describe('afterwards', () => {
    it('stays, and is created again, whatever becomes of the database', () => {
      const w = patched(installed(), 'PostgresCluster', { status: undefined });
      assert.ok(manifest(w));
      assert.ok(manifest(without(w, 'Deployment')));
      assert.ok(manifest(without(w, 'PostgresCluster')));
    });

    const old = 'quay.io/opdev/bestie:1.3';
    const fresh = 'quay.io/opdev/bestie:1.4';
    const upgrading = edited(installed(), { version: '1.4', upgrade: { backup: 'Skip' } });
    const upgraded = carriedOut(
      patched(carriedOut({ ...carriedOut(upgrading), children: without(carriedOut(upgrading), 'Job').children }), 'Job', {
        status: jobStatus.complete,
      }),
    );
    each<World, string>(
      {
        Target: { reason: 'the migrations are done', given: installed(), want: old },
        Waiting: { reason: 'a new version waits for its migrations', given: upgrading, want: old },
        Drift: {
          reason: 'a manual kubectl set image is repaired',
          given: patched(upgrading, 'Deployment', { spec: { template: null } }),
          want: old,
        },
        Removed: {
          reason: 'a removed annotation is read from what was applied',
          given: patched(upgrading, 'Deployment', { metadata: { annotations: { [annotations.running]: undefined } } }),
          want: old,
        },
        Changed: {
          reason: 'a changed annotation is drift',
          given: patched(upgrading, 'Deployment', { metadata: { annotations: { [annotations.running]: 'evil:1' } } }),
          want: old,
        },
        Gone: {
          reason: 'a deleted Deployment comes back with the last image that was migrated',
          given: without(upgrading, 'Deployment'),
          want: old,
        },
        Migrated: { reason: 'the new version follows its migrations', given: upgraded, want: fresh },
        Rollback: { reason: 'a former image needs no migrations', given: edited(upgraded, { version: '1.3' }), want: old },
      },
      (given, want) => {
        assert.equal(container(given).image, want);
        assert.equal(manifest(given).metadata.annotations?.[annotations.running], want);
      },
    );

    it('takes other changes of the spec at once, even while a new version waits', () => {
      assert.equal(spec(edited(upgrading, { size: 4 })).replicas, 4);
    });
  });

  describe('DeploymentReady', () => {
    const at = (status: Loose | null | undefined, ...pods: Parameters<typeof withPods>[1][]): World => {
      const blank = patched({ ...installed({ size: 2 }), related: [] }, 'Deployment', { status: undefined });
      return withPods(status === undefined ? blank : patched(blank, 'Deployment', { status }), ...pods);
    };
    const replicaFailure = {
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', lastTransitionTime: ago(60) }],
    };
    const late = {
      conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: ago(60) }],
    };
    const crash = ailing(halves.Crash?.Terminated ?? {});
    each<World, string>(
      {
        RolledOut: { reason: 'all there', given: at(rolledOut(2)), want: 'True RolledOut' },
        MoreThanSize: { reason: 'an autoscaler adds pods', given: at({ ...rolledOut(4), availableReplicas: 3 }), want: 'True RolledOut' },
        NoStatus: { reason: 'no controller has looked at it', given: at(undefined), want: 'False RollingOut' },
        NullStatus: { reason: 'nulls are normal input', given: at({ conditions: [null], replicas: null }), want: 'False RollingOut' },
        RollingOut: { reason: 'on its way', given: at(rollingOut(2)), want: 'False RollingOut' },
        OldPods: { reason: 'an old pod still serves', given: at({ ...rolledOut(2), updatedReplicas: 1 }), want: 'False RollingOut' },
        TooFew: { reason: 'less than size', given: at({ ...rolledOut(2), availableReplicas: 1 }), want: 'False RollingOut' },
        NotSeen: {
          reason: 'the controller has not seen the last change',
          given: patched(at(rolledOut(2)), 'Deployment', { metadata: { generation: 2 } }),
          want: 'False RollingOut',
        },
        Quota: { reason: 'no pod can be made', given: at(replicaFailure), want: 'False PodsNotCreated' },
        Late: {
          reason: 'the Deployment has given up waiting',
          given: at({ ...late, observedGeneration: 1 }),
          want: 'False ProgressDeadlineExceeded',
        },
        LateBefore: {
          reason: 'it gave up on an earlier generation',
          given: patched(at({ ...late, observedGeneration: 1 }), 'Deployment', { metadata: { generation: 2 } }),
          want: 'False RollingOut',
        },
        Crash: { reason: 'the trouble of a pod says more', given: at({ ...late, observedGeneration: 1 }, crash), want: 'False CrashLoop' },
        CannotPull: {
          reason: 'the trouble of a pod says more',
          given: at(rollingOut(2), ailing(waits('ErrImagePull'))),
          want: 'False ImagePullFailed',
        },
        OneMoreCrashes: {
          reason: 'enough are there, but one of those requested is not',
          given: at({ ...rolledOut(3), availableReplicas: 2 }, crash),
          want: 'False CrashLoop',
        },
        CrashWhileComplete: {
          reason: 'a pod beside a complete rollout is not its pod',
          given: at(rolledOut(2), crash),
          want: 'True RolledOut',
        },
        Evicted: {
          reason: 'a pod that is over was replaced',
          given: at(rollingOut(2), overlaid(crash, { status: { phase: 'Failed' } })),
          want: 'False RollingOut',
        },
      },
      (given, want) => {
        assert.equal(said(syncOf(given), 'DeploymentReady'), want);
      },
    );

    it('is no reason to stop working, but for a rollout that the Deployment calls late', () => {
      assert.equal(said(syncOf(at(rollingOut(2))), 'Reconciling'), 'True Progressing');
      assert.equal(said(syncOf(at({ ...late, observedGeneration: 1 })), 'Stalled'), 'True ProgressDeadlineExceeded');
    });
  });

  it('is found under its name', () => {
    assert.equal(childOf(installed(), 'Deployment').metadata.name, 'bestie-app');
    assert.equal(observe(installed()).child('Deployment.apps/v1', 'bestie-app')?.kind, 'Deployment');
  });
});
