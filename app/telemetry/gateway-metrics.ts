/** The metrics of the gateway, one a quantity, read from its statistics at each scrape. */
import type { Registry } from 'prom-client';
import type { Gateway } from '../../gateway/gateway.ts';
import type { GatewayStats } from '../../gateway/stats.ts';
import { scrapeCounter, scrapeGauge } from './scraped-metrics.ts';

type Quantity = Exclude<keyof GatewayStats, 'connectionsClosed'>;

/** A statistic that is new in the gateway needs its metric here. */
const METRICS: { readonly [Name in Quantity]: { readonly kind: 'gauge' | 'counter'; readonly name: string; readonly help: string } } = {
  connections: { kind: 'gauge', name: 'tidings_gateway_connections', help: 'Open connections.' },
  connectedPeople: { kind: 'gauge', name: 'tidings_gateway_connected_people', help: 'People with an open connection.' },
  watchedPeople: { kind: 'gauge', name: 'tidings_gateway_watched_people', help: 'People whose presence some connection is subscribed to.' },
  channelsCatchingUp: { kind: 'gauge', name: 'tidings_gateway_channels_catching_up', help: 'Channels whose missed messages are being read from the log.' },
  framesSent: { kind: 'counter', name: 'tidings_gateway_frames_sent_total', help: 'Frames sent to clients.' },
  socketWrites: { kind: 'counter', name: 'tidings_gateway_socket_writes_total', help: 'Writes to sockets; one may carry several frames.' },
  messagesDelivered: { kind: 'counter', name: 'tidings_gateway_messages_delivered_total', help: 'Messages sent to connections.' },
  duplicateHints: { kind: 'counter', name: 'tidings_gateway_duplicate_hints_total', help: 'Hints of messages that the connection had already been sent.' },
  gapsFound: { kind: 'counter', name: 'tidings_gateway_gaps_found_total', help: 'Gaps in a channel that were filled from the log.' },
  commandsAcknowledged: { kind: 'counter', name: 'tidings_gateway_commands_acknowledged_total', help: 'Frames that were acknowledged.' },
  commandsRefused: { kind: 'counter', name: 'tidings_gateway_commands_refused_total', help: 'Frames that were refused.' },
};

export function observeGateway(registry: Registry, gateway: Pick<Gateway, 'stats' | 'isDraining'>): void {
  for (const [quantity, { kind, name, help }] of Object.entries(METRICS) as [Quantity, (typeof METRICS)[Quantity]][]) {
    const scrape = kind === 'gauge' ? scrapeGauge : scrapeCounter;
    scrape({ name, help, registry }, () => [{ labels: {}, value: gateway.stats()[quantity] }]);
  }
  scrapeGauge({ name: 'tidings_gateway_draining', help: '1 while the gateway sends its clients elsewhere.', registry }, () => [
    { labels: {}, value: gateway.isDraining() ? 1 : 0 },
  ]);
  const closed = {
    name: 'tidings_gateway_connections_closed_total',
    help: 'Connections that the gateway closed, by reason.',
    labelNames: ['reason'],
    registry,
  };
  scrapeCounter(closed, () => Object.entries(gateway.stats().connectionsClosed).map(([reason, value]) => ({ labels: { reason }, value })));
}
