/** The reasons about the ways in: Ingress, Route and HTTPRoute. */
import type { ReasonRow } from './reasonrow.ts';

export const exposureReasons = {
  AddressPending: {
    meaning: 'The Ingress, Route or Service of type LoadBalancer exists and has no address yet.',
    action: 'Check that an ingress controller, or for a Service a load balancer, serves its class.',
  },
  GatewayPending: {
    meaning: 'The HTTPRoute exists, and no controller has accepted it for the Gateway that the spec names.',
    action: 'Check that the Gateway exists under that name, and that a controller serves its class.',
  },
  NotAccepted: {
    meaning: 'The Gateway does not accept the HTTPRoute. An Ingress or Route that was there before stays.',
    action: 'Do what the message says; else run its command and read status.parents. Usually no listener admits the Namespace or the host.',
  },
  RefsNotResolved: {
    meaning:
      'The Gateway accepts the HTTPRoute and cannot send its requests to the Service. An Ingress or Route that was there before stays.',
    action: 'Do what the message says; else run its command and read status.parents.',
  },
  Rejected: { meaning: 'The router refuses the Route.', action: 'Read the status of the Route; usually another Route claims the host.' },
} as const satisfies Record<string, ReasonRow>;
