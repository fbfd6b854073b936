/** The configuration of a gateway: its fields, their defaults and their bounds. */
import { SECOND_MS } from '../domain/shared/instant.ts';
import type { LimitOverrides } from '../edge/http/limit-overrides.ts';
import { createOwnConnections, type OwnConnections } from '../edge/network/own-connections.ts';
import type { CertificateSource } from '../edge/network/certificate.ts';
import { DEFAULT_ORIGINS, type AllowedOrigins } from '../edge/network/origins.ts';

/** A process may hold 20,000 file descriptors; files and other sockets need some of them. */
export const CONNECTIONS_MAX = 19_000;
/** Of one address. */
export const ADDRESS_CONNECTIONS_MAX = 2_000;
/** Some devices, some tabs each. */
export const PERSON_CONNECTIONS_MAX = 20;
export const PING_MS = 25 * SECOND_MS;
export const HELLO_TIMEOUT_MS = 10 * SECOND_MS;
export const HEARTBEAT_MS = 10 * SECOND_MS;
/** Two heartbeats may be lost. */
export const PRESENCE_TTL_MS = 30 * SECOND_MS;
/** The least there may be, too: the messages that a resume sends again must fit, and so must the longest message. */
export const SEND_QUEUE_BYTES_MAX = 1024 * 1024;

export type GatewayConfig = {
  /** A new one for each start: the log names by it the people who were online when it was lost. */
  readonly id: string;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Web pages that may connect. */
  readonly origins?: AllowedOrigins;
  /** For TLS; plain WebSockets without. */
  readonly certificates?: CertificateSource | undefined;
  /** The address that clients are told to connect to, where it is not the one that is bound. */
  readonly publicUrl?: string | undefined;
  readonly region: string;
  readonly connectionsMax?: number;
  /** Of one address: that of the client, behind trusted proxies too. */
  readonly addressConnectionsMax?: number;
  /** Addresses and networks of proxies that are believed whom they speak for. */
  readonly trustedProxies?: readonly string[];
  /** Of this process, which speaks on them for its clients. */
  readonly ownConnections?: Pick<OwnConnections, 'has'>;
  /** Of one person at this gateway; one more closes the oldest. */
  readonly personConnectionsMax?: number;
  /** How often clients are pinged. With a ping come the checks for lost hints, ended sessions and removed devices. */
  readonly pingMs?: number;
  /** How long a connection may take until its `hello`. */
  readonly helloTimeoutMs?: number;
  /** How often clients are asked to send a heartbeat. */
  readonly heartbeatMs?: number;
  /** A device without a heartbeat for so long is offline. */
  readonly presenceTtlMs?: number;
  /** A connection that has more than this to send is closed as `slow`. */
  readonly sendQueueBytesMax?: number;
  /** In place of the rate limits of `connection/rate-limit.ts` that have the name. */
  readonly limits?: LimitOverrides | undefined;
  /** The length of a second for pings, sweeps and batches; tests shorten it. */
  readonly tickMs?: number;
};

export type GatewaySettings = Required<GatewayConfig>;

/** Throws `RangeError` for a value that the gateway can't work with. */
export function settingsOf(config: GatewayConfig): GatewaySettings {
  const settings: GatewaySettings = {
    origins: DEFAULT_ORIGINS,
    certificates: undefined,
    publicUrl: undefined,
    connectionsMax: CONNECTIONS_MAX,
    addressConnectionsMax: ADDRESS_CONNECTIONS_MAX,
    trustedProxies: [],
    ownConnections: createOwnConnections(),
    personConnectionsMax: PERSON_CONNECTIONS_MAX,
    pingMs: PING_MS,
    helloTimeoutMs: HELLO_TIMEOUT_MS,
    heartbeatMs: HEARTBEAT_MS,
    presenceTtlMs: PRESENCE_TTL_MS,
    sendQueueBytesMax: SEND_QUEUE_BYTES_MAX,
    limits: undefined,
    tickMs: SECOND_MS,
    ...config,
  };
  const { connectionsMax, addressConnectionsMax, personConnectionsMax, pingMs, helloTimeoutMs, heartbeatMs, presenceTtlMs, sendQueueBytesMax, tickMs } =
    settings;
  atLeast(1, { connectionsMax, addressConnectionsMax, personConnectionsMax, tickMs });
  atLeast(SECOND_MS, { pingMs, helloTimeoutMs, heartbeatMs });
  atLeast(heartbeatMs + SECOND_MS, { presenceTtlMs });
  atLeast(SEND_QUEUE_BYTES_MAX, { sendQueueBytesMax });
  return settings;
}

function atLeast(min: number, values: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (!(Number.isFinite(value) && value >= min)) throw new RangeError(`The gateway's ${name} must be a number of at least ${min}, and is ${value}.`);
  }
}
