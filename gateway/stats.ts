/** What a gateway tells of itself: gauges of this moment and counts since the start. */
import type { CloseName } from './protocol/close-codes.ts';

export type GatewayStats = {
  readonly connections: number;
  readonly people: number;
  readonly watched: number;
  readonly channelsCatchingUp: number;
  readonly draining: boolean;
  readonly framesSent: number;
  readonly writes: number;
  readonly messagesDelivered: number;
  /** Hints of what a connection had already. */
  readonly hintsDropped: number;
  readonly gapsFound: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Connections that the gateway closed, by why. */
  readonly closed: Readonly<Partial<Record<CloseName, number>>>;
};
