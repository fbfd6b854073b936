/** The configuration: environment variables that begin with TIDINGS_, read once. Flags beat the environment. */
import type { z } from 'zod';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { LimitOverrides } from '../../edge/http/limit-overrides.ts';
import type { HttpServerConfig } from '../../edge/http/server.ts';
import type { UnsentBytesConfig } from '../../edge/overload/unsent-bytes.ts';
import { DEFAULT_ORIGINS, type AllowedOrigins } from '../../edge/network/origins.ts';
import type { GatewayConfig } from '../../gateway/config.ts';
import type { WorkersConfig } from '../../workers/start.ts';
import type { TlsFiles } from '../tls-files.ts';
import { ROLES, SECRET_SETTINGS, settingsSchema, type Role } from './settings.ts';

type Settings = z.infer<typeof settingsSchema>;

export type Config = {
  readonly profile: Settings['TIDINGS_PROFILE'];
  readonly roles: readonly Role[];
  readonly dataFolder: string;
  readonly host: string;
  /** Proxies whose word on a client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly allowedOrigins: AllowedOrigins;
  /** Of every listener; undefined: no TLS, but for the event store's own. */
  readonly tls: TlsFiles | undefined;
  readonly ports: { readonly write: number; readonly read: number; readonly gateway: number; readonly ops: number; readonly eventStore: number };
  /** EventStoreDB connection strings, one a cluster; none: the embedded event store. */
  readonly eventStoreUrls: readonly string[];
  readonly eventStore: {
    readonly tls: Settings['TIDINGS_EVENT_STORE_TLS'];
    readonly password: string;
    readonly idempotency: Settings['TIDINGS_EVENT_STORE_IDEMPOTENCY'];
    readonly advertised: Settings['TIDINGS_EVENT_STORE_ADVERTISED_URL'];
    readonly systemProjections: Settings['TIDINGS_EVENT_STORE_SYSTEM_PROJECTIONS'];
  };
  readonly logLevel: Settings['TIDINGS_LOG_LEVEL'];
  readonly logFormat: Settings['TIDINGS_LOG_FORMAT'];
  readonly stopDeadlineMs: number;
  readonly securityLog: { readonly addresses: Settings['TIDINGS_SECURITY_LOG_ADDRESSES'] };
  readonly adminToken: string | undefined;
  readonly region: string;
  readonly rateLimits: LimitOverrides;
  readonly http: Required<Pick<HttpServerConfig, 'responseBytesMax' | 'receivedBytesMax' | 'addressConnectionsMax'>>;
  readonly unsentBytes: Required<Pick<UnsentBytesConfig, 'unsentBytesMax' | 'responseStalledMs'>>;
  readonly minPositionTimeoutMs: number;
  readonly gateway: Required<Omit<GatewayConfig, 'id' | 'host' | 'port' | 'origins' | 'trustedProxies' | 'certificates' | 'region' | 'limits' | 'tickMs'>>;
  readonly workers: Required<Pick<WorkersConfig, 'chatPushAfterMs' | 'attemptDeadlineMs' | 'deliverConcurrency'>> & { readonly notificationsPerDayMax: number };
  readonly capacity: { readonly warmFeedsMax: number; readonly queuedJobsMax: number; readonly outboxMessagesMax: number };
};

/** All faults at once, each with the variable's name and what was expected. */
export class ConfigFaults extends Error {
  override readonly name = 'ConfigFaults';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** Throws `ConfigFaults`. */
export function configFrom(environment: Readonly<Record<string, string | undefined>>): Config {
  const ours = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith('TIDINGS_') && !name.startsWith('TIDINGS_TEST_') && value !== ''),
  );
  const unknown = Object.keys(ours).filter((name) => !(name in settingsSchema.shape));
  const parsed = settingsSchema.safeParse(ours);
  const faults = [
    ...unknown.map((name) => `${name}: there is no such setting`),
    ...(parsed.error?.issues ?? []).map(({ path: [name], message }) => {
      const got = SECRET_SETTINGS.has(String(name)) ? 'something else' : JSON.stringify(ours[String(name)]);
      return `${String(name)}: expected ${message}, got ${got}`;
    }),
    ...(parsed.success ? contradictions(parsed.data) : []),
  ];
  if (!parsed.success || faults.length > 0) throw new ConfigFaults(faults);
  return configOf(parsed.data);
}

function contradictions(settings: Settings): readonly string[] {
  const [ttl, heartbeat] = [settings.TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS, settings.TIDINGS_GATEWAY_HEARTBEAT_SECONDS];
  const { TIDINGS_TLS_CERT_FILE: certificate, TIDINGS_TLS_KEY_FILE: key } = settings;
  return [
    ...(ttl > heartbeat ? [] : [`TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS: expected more than TIDINGS_GATEWAY_HEARTBEAT_SECONDS, ${heartbeat}, got "${ttl}"`]),
    ...(certificate !== undefined && key === undefined ? ['TIDINGS_TLS_KEY_FILE: expected the key of TIDINGS_TLS_CERT_FILE, got nothing'] : []),
    ...(certificate === undefined && key !== undefined ? ['TIDINGS_TLS_CERT_FILE: expected the certificate of TIDINGS_TLS_KEY_FILE, got nothing'] : []),
  ];
}

function tlsFilesOf({ TIDINGS_TLS_CERT_FILE: certificateFile, TIDINGS_TLS_KEY_FILE: keyFile }: Settings): TlsFiles | undefined {
  return certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile };
}

function configOf(settings: Settings): Config {
  return {
    profile: settings.TIDINGS_PROFILE,
    roles: settings.TIDINGS_ROLES ?? ROLES.filter((role) => role !== 'event-store'),
    dataFolder: settings.TIDINGS_DATA,
    host: settings.TIDINGS_HOST,
    trustedProxies: settings.TIDINGS_TRUSTED_PROXIES ?? [],
    allowedOrigins: settings.TIDINGS_ALLOWED_ORIGINS ?? DEFAULT_ORIGINS,
    tls: tlsFilesOf(settings),
    ports: {
      write: settings.TIDINGS_WRITE_PORT,
      read: settings.TIDINGS_READ_PORT,
      gateway: settings.TIDINGS_GATEWAY_PORT,
      ops: settings.TIDINGS_OPS_PORT,
      eventStore: settings.TIDINGS_EVENT_STORE_PORT,
    },
    eventStoreUrls: settings.TIDINGS_EVENTSTORE_URLS ?? [],
    eventStore: {
      tls: settings.TIDINGS_EVENT_STORE_TLS,
      password: settings.TIDINGS_EVENT_STORE_PASSWORD,
      idempotency: settings.TIDINGS_EVENT_STORE_IDEMPOTENCY,
      advertised: settings.TIDINGS_EVENT_STORE_ADVERTISED_URL,
      systemProjections: settings.TIDINGS_EVENT_STORE_SYSTEM_PROJECTIONS,
    },
    logLevel: settings.TIDINGS_LOG_LEVEL,
    logFormat: settings.TIDINGS_LOG_FORMAT,
    stopDeadlineMs: settings.TIDINGS_STOP_DEADLINE_SECONDS * SECOND_MS,
    securityLog: { addresses: settings.TIDINGS_SECURITY_LOG_ADDRESSES },
    adminToken: settings.TIDINGS_ADMIN_TOKEN,
    region: settings.TIDINGS_REGION,
    rateLimits: settings.TIDINGS_RATE_LIMITS ?? {},
    http: {
      responseBytesMax: settings.TIDINGS_RESPONSE_MAX_BYTES,
      receivedBytesMax: settings.TIDINGS_RECEIVED_MAX_BYTES,
      addressConnectionsMax: settings.TIDINGS_HTTP_ADDRESS_CONNECTIONS_MAX,
    },
    unsentBytes: {
      unsentBytesMax: settings.TIDINGS_UNSENT_MAX_BYTES,
      responseStalledMs: settings.TIDINGS_RESPONSE_STALLED_SECONDS * SECOND_MS,
    },
    minPositionTimeoutMs: settings.TIDINGS_MIN_POSITION_TIMEOUT_MS,
    gateway: {
      publicUrl: settings.TIDINGS_GATEWAY_URL,
      connectionsMax: settings.TIDINGS_GATEWAY_CONNECTIONS_MAX,
      addressConnectionsMax: settings.TIDINGS_GATEWAY_ADDRESS_CONNECTIONS_MAX,
      personConnectionsMax: settings.TIDINGS_GATEWAY_PERSON_CONNECTIONS_MAX,
      helloTimeoutMs: settings.TIDINGS_GATEWAY_HELLO_TIMEOUT_SECONDS * SECOND_MS,
      pingMs: settings.TIDINGS_GATEWAY_PING_SECONDS * SECOND_MS,
      heartbeatMs: settings.TIDINGS_GATEWAY_HEARTBEAT_SECONDS * SECOND_MS,
      presenceTtlMs: settings.TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS * SECOND_MS,
      sendQueueBytesMax: settings.TIDINGS_GATEWAY_SEND_QUEUE_MAX_BYTES,
    },
    workers: {
      chatPushAfterMs: settings.TIDINGS_CHAT_PUSH_AFTER_MS,
      notificationsPerDayMax: settings.TIDINGS_NOTIFICATIONS_PER_DAY_MAX,
      attemptDeadlineMs: settings.TIDINGS_DELIVERY_ATTEMPT_DEADLINE_SECONDS * SECOND_MS,
      deliverConcurrency: settings.TIDINGS_DELIVERY_CONCURRENCY,
    },
    capacity: {
      warmFeedsMax: settings.TIDINGS_WARM_FEEDS_MAX,
      queuedJobsMax: settings.TIDINGS_QUEUED_JOBS_MAX,
      outboxMessagesMax: settings.TIDINGS_OUTBOX_MESSAGES_MAX,
    },
  };
}
