/** What a row of the table of states is. */
import type { BestieSpec } from '../api/bestie.ts';
import type { Status } from '../api/observed.ts';
import type { Live } from '../api/kubernetes.ts';

/** What a replica knows of a Bestie once it has answered about it. `at` is a unix time in seconds; `isGone`: finalize has let Metacontroller remove its finalizer. */
export interface View {
  at: number;
  isGone: boolean;
  /** May break any rule of the API. */
  spec: Live<BestieSpec>;
  status: Status;
  /** Replicas that the HorizontalPodAutoscaler requests; undefined without one. */
  autoscaled?: number | undefined;
}

/** A value, and the values of the row's labels in their order. What is no finite number is not exported. */
export type Sample = readonly [value: unknown, ...labels: unknown[]];

export interface StateRow {
  name: string;
  type: 'counter' | 'gauge';
  /** One sentence that says when it changes. */
  help: string;
  /** Besides `namespace` and `bestie`, which every row has. */
  labels: readonly string[];
  /** Seconds for which it is exported after the last answer about the Bestie. */
  keep: number;
  of: (view: View) => readonly Sample[];
}

/** Three resyncs: a replica that gets no more requests about a Bestie does not know its state. */
export const STATE = 180;
/** Timestamps show which replica answered last, and are kept longer than the state itself. */
export const TIMESTAMP = 3600;
