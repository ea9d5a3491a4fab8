/** Every metric of this program but the state of Besties and prom-client's own: one table, which docs/metrics.md is compared with. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { createStates, type States } from './states.ts';

interface Row {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  /** One sentence that says when it changes. */
  help: string;
  labels: readonly string[];
  /** Upper bounds, of a histogram only. */
  buckets?: readonly number[];
}

export const metricTable = {
  requests: {
    name: 'bestie_hook_requests_total',
    type: 'counter',
    help: 'Grows by one when a request of a hook is over; code is the HTTP status, 499 where the caller disconnected or was too slow.',
    labels: ['hook', 'code'],
  },
  duration: {
    name: 'bestie_hook_request_duration_seconds',
    type: 'histogram',
    help: 'Observed when a request of a hook is over: seconds from its headers to the end of the answer.',
    labels: ['hook'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  inFlight: {
    name: 'bestie_hook_in_flight_requests',
    type: 'gauge',
    help: 'Grows when a hook request is admitted and shrinks when it is over; at MAX_IN_FLIGHT the next one is answered 429.',
    labels: [],
  },
  requestBytes: {
    name: 'bestie_hook_request_bytes',
    type: 'histogram',
    help: 'Observed when the body of a hook request has been read: its size.',
    labels: ['hook'],
    buckets: [10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000],
  },
  responseBytes: {
    name: 'bestie_hook_response_bytes',
    type: 'histogram',
    help: 'Observed when a hook request is over that was answered with 200: the size of the answer.',
    labels: ['hook'],
    buckets: [500, 1_000, 5_000, 10_000, 20_000, 50_000, 100_000, 500_000],
  },
  lastSync: {
    name: 'bestie_hook_last_sync_timestamp_seconds',
    type: 'gauge',
    help: 'Set when this replica answers sync or finalize with 200: the unix time.',
    labels: [],
  },
  errors: {
    name: 'bestie_hook_errors_total',
    type: 'counter',
    help: 'Grows by one when the hook port answers with an error; code is the one in the body, listed in docs/errors.md.',
    labels: ['code'],
  },
  reconciles: {
    name: 'bestie_controller_reconcile_total',
    type: 'counter',
    help: 'Grows by one when sync or finalize is answered; result is success, requeue_after (200 with resyncAfterSeconds), requeue (429) or error.',
    labels: ['result'],
  },
  transitions: {
    name: 'bestie_transitions_total',
    type: 'counter',
    help: 'Grows by one when an answer changes the status or the reason of a condition of a Bestie, and again when that answer is repeated; both labels are the new ones.',
    labels: ['type', 'status', 'reason'],
  },
  desired: {
    name: 'bestie_children_desired_total',
    type: 'counter',
    help: 'Grows with each answer of sync or finalize by the children of that kind in it, Events left out.',
    labels: ['kind'],
  },
  observed: {
    name: 'bestie_children_observed_total',
    type: 'counter',
    help: 'Grows with each answer of sync or finalize by those of them that its request had: the difference to desired is what is missing.',
    labels: ['kind'],
  },
  operations: {
    name: 'bestie_operations_total',
    type: 'counter',
    help: 'Grows by one, as requested, for each child that an answer creates, changes or removes compared with its request; as error, when a child was not created, changed or deleted within two resyncs.',
    labels: ['namespace', 'operation', 'status'],
  },
  undesiredSize: {
    name: 'bestie_deployment_size_undesired_count_total',
    type: 'counter',
    help: 'Grows by one when sync finds a Deployment with another number of replicas than spec.size; not while autoscaling is on.',
    labels: ['namespace'],
  },
  build: {
    name: 'bestie_operator_build_info',
    type: 'gauge',
    help: 'Always 1; its label changes with the version of the operator.',
    labels: ['version'],
  },
} as const satisfies Record<string, Row>;

type Table = typeof metricTable;
type Instrument<R extends Row> = R['type'] extends 'counter'
  ? Counter<R['labels'][number]>
  : R['type'] extends 'gauge'
    ? Gauge<R['labels'][number]>
    : Histogram<R['labels'][number]>;

/** One instrument per row, by the row's key, the state of the Besties, and the exposition of all of it. */
export type Metrics = { readonly [Key in keyof Table]: Instrument<Table[Key]> } & {
  readonly registry: Registry;
  readonly states: States;
  /** What a scrape gets; `now` is a unix time in seconds. */
  readonly render: (now: number) => Promise<string>;
};

function instrument({ name, type, help, labels, buckets }: Row, registry: Registry): Counter | Gauge | Histogram {
  const options = { name, help, labelNames: [...labels], registers: [registry] };
  switch (type) {
    case 'counter':
      return new Counter(options);
    case 'gauge':
      return new Gauge(options);
    case 'histogram':
      return new Histogram({ ...options, ...(buckets && { buckets: [...buckets] }) });
  }
}

/** The series of a Namespace in bestie_operations_total: what can be inferred from a request and its answer. */
const operations = (['create', 'update', 'delete'] as const).flatMap((operation) =>
  (['requested', 'error'] as const).map((status) => ({ operation, status })),
);

/** A fresh registry with every row of the table and the metrics of the process; `version` is that of the operator. */
export function createMetrics(version = 'unknown'): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = Object.fromEntries(
    Object.entries(metricTable).map(([key, row]) => [key, instrument(row, registry)]),
  ) as unknown as Metrics;
  instruments.build.set({ version }, 1);
  for (const result of ['success', 'requeue_after', 'requeue', 'error']) instruments.reconciles.inc({ result }, 0);
  const states = createStates({
    // What is first seen at 0 has an increase that an alert can see. The first answer of a replica may still count at once.
    appeared: (namespace) => {
      instruments.undesiredSize.inc({ namespace }, 0);
      for (const labels of operations) instruments.operations.inc({ namespace, ...labels }, 0);
    },
    vanished: (namespace) => {
      instruments.undesiredSize.remove({ namespace });
      for (const labels of operations) instruments.operations.remove({ namespace, ...labels });
    },
  });
  const render = async (now: number): Promise<string> => `${await registry.metrics()}${states.render(now)}`;
  return Object.assign(instruments, { registry, states, render });
}
