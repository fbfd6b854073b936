/** The figures of a gateway: gauges of this moment, and counters since its start. */
import type { CloseName } from './protocol/close-codes.ts';
import type { WiredGateway } from './wire-gateway.ts';

export type GatewayStats = {
  // Gauges
  readonly connections: number;
  readonly connectedPeople: number;
  /** People whose presence some connection watches. */
  readonly watchedPeople: number;
  readonly channelsCatchingUp: number;
  // Counters
  readonly framesSent: number;
  /** Writes to sockets; a write carries all frames that waited for the socket. */
  readonly socketWrites: number;
  readonly messagesDelivered: number;
  /** Hints of messages that the connection had been sent already. */
  readonly duplicateHints: number;
  /** Hints ahead of the next message of the connection: the messages between were read from the log. */
  readonly gapsFound: number;
  readonly commandsAcknowledged: number;
  readonly commandsRefused: number;
  /** Connections that the gateway closed, by close name. */
  readonly connectionsClosed: Readonly<Partial<Record<CloseName, number>>>;
};

export function statsOf({ registry, subscriptions, catchUp, transport, delivery, queues }: WiredGateway, connections: number): GatewayStats {
  return {
    connections,
    connectedPeople: registry.people.size,
    watchedPeople: subscriptions.watched.size,
    channelsCatchingUp: catchUp.reads.size,
    framesSent: transport.framesSent,
    socketWrites: transport.socketWrites,
    messagesDelivered: delivery.messagesDelivered,
    duplicateHints: delivery.duplicateHints,
    gapsFound: delivery.gapsFound,
    commandsAcknowledged: queues.commandsAcknowledged,
    commandsRefused: queues.commandsRefused,
    connectionsClosed: { ...transport.connectionsClosed },
  };
}
