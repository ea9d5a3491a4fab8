/** Every metric of this program but prom-client's own of the process: one table, which docs/metrics.md is compared with. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

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
    help: 'Grows by one when a request of a hook is over; code is the HTTP status, 499 where the caller went away or was too slow.',
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
  bytes: {
    name: 'bestie_hook_request_bytes',
    type: 'histogram',
    help: 'Observed when the body of a hook request has been read: its size.',
    labels: ['hook'],
    buckets: [10_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000],
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
    help: 'Grows by one when an answer changes the status or the reason of a condition of a Bestie; both labels are the new ones.',
    labels: ['type', 'status', 'reason'],
  },
} as const satisfies Record<string, Row>;

type Table = typeof metricTable;
type Instrument<R extends Row> = R['type'] extends 'counter'
  ? Counter<R['labels'][number]>
  : R['type'] extends 'gauge'
    ? Gauge<R['labels'][number]>
    : Histogram<R['labels'][number]>;

/** One instrument per row, by the row's key, and the registry that renders them all. */
export type Metrics = { readonly [Key in keyof Table]: Instrument<Table[Key]> } & { readonly registry: Registry };

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

/** A fresh registry with every row of the table and the metrics of the process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const instruments = Object.entries(metricTable).map(([key, row]) => [key, instrument(row, registry)]);
  return Object.assign(Object.fromEntries(instruments) as Metrics, { registry });
}
