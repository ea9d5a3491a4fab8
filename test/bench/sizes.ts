/** What is measured: bodies of three sizes. */
export interface Size {
  name: string;
  /** Pods of the application. */
  pods: number;
  warmUp: number;
  /** Measured requests. */
  requests: number;
  /** Of the ratio to the floor. */
  gate: number;
  goal: number;
}

export const sizes: readonly Size[] = [
  { name: 'small', pods: 3, warmUp: 5000, requests: 3000, gate: 1.55, goal: 1.3 },
  { name: 'medium', pods: 10, warmUp: 5000, requests: 2000, gate: 1.35, goal: 1.2 },
  { name: 'large', pods: 100, warmUp: 1500, requests: 500, gate: 1.3, goal: 1.15 },
];
