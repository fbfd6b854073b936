/** The configuration: environment variables that begin with TIDINGS_, read once. Flags beat the environment. */
import { hostname } from 'node:os';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { LimitOverrides } from '../../edge/http/limit-overrides.ts';
import type { HttpServerConfig } from '../../edge/http/server.ts';
import type { UnsentBytesConfig } from '../../edge/overload/unsent-bytes.ts';
import { DEFAULT_ORIGINS, type AllowedOrigins } from '../../edge/network/origins.ts';
import type { GatewayConfig } from '../../gateway/config.ts';
import type { SmsLimits } from '../../workers/notifications/vendors/sms-limits.ts';
import type { WorkersConfig } from '../../workers/start.ts';
import type { TlsFiles } from '../tls-files.ts';
import { moderationOf, type ModerationConfig } from './moderation-settings.ts';
import { mediaOf, type MediaConfig } from './media-config.ts';
import { sendersOf } from './senders/senders-config.ts';
import type { SendersConfig } from './senders/vendors.ts';
import { expandRoles, readSettings, type Environment, type Settings } from './read-settings.ts';
import { GATEWAY_ID_PLACE } from './setting-values.ts';
import { ROLES, type Role } from './settings.ts';

export type Config = {
  /** Undefined in the embedded profile. */
  readonly servers: ServersConfig | undefined;
  readonly roles: readonly Role[];
  readonly dataFolder: string;
  readonly host: string;
  /** Proxies whose word on a client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly allowedOrigins: AllowedOrigins;
  /** The domain that keys of people are made for, and the pages that may ask for them. */
  readonly webAuthn: { readonly rpId: string; readonly origins: AllowedOrigins };
  /** Of every listener; undefined: no TLS, but for the event store's own. */
  readonly tls: TlsFiles | undefined;
  readonly ports: { readonly write: number; readonly read: number; readonly gateway: number; readonly ops: number; readonly eventStore: number };
  /** EventStoreDB connection strings, one a cluster; none: the embedded event store. */
  readonly eventStoreUrls: readonly string[];
  readonly eventStoreDeadlines: { readonly appendMs: number; readonly readMs: number };
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
  /** Where everything is reached from outside, without a slash at its end. */
  readonly publicUrl: string | undefined;
  readonly outbound: { readonly privateNetworks: readonly string[]; readonly caFile: string | undefined };
  readonly adminToken: string | undefined;
  readonly region: string;
  readonly rateLimits: LimitOverrides;
  readonly http: Required<Pick<HttpServerConfig, 'responseBytesMax' | 'compressedFromBytes' | 'receivedBytesMax' | 'addressConnectionsMax'>>;
  readonly unsentBytes: Required<Pick<UnsentBytesConfig, 'unsentBytesMax' | 'responseStalledMs'>>;
  readonly minPositionTimeoutMs: number;
  readonly projectionShards: number;
  /** How often a process renews what it holds of the work that processes share. */
  readonly leaseRenewMs: number;
  readonly gateway: Required<Omit<GatewayConfig, 'id' | 'host' | 'port' | 'origins' | 'trustedProxies' | 'certificates' | 'region' | 'limits' | 'tickMs'>>;
  readonly workers: Required<Pick<WorkersConfig, 'chatPushAfterMs' | 'attemptDeadlineMs' | 'deliverConcurrency' | 'pullThresholds'>> & {
    readonly notificationsPerDayMax: number;
    readonly smsLimits: SmsLimits;
    /** Undefined: all of the role `delivery`. */
    readonly deliveryQueues: readonly string[] | undefined;
  };
  readonly moderation: ModerationConfig;
  readonly senders: SendersConfig;
  readonly media: MediaConfig;
  readonly capacity: { readonly warmFeedsMax: number; readonly queuedJobsMax: number; readonly outboxMessagesMax: number };
};

/** The servers of the distributed profile. */
export type ServersConfig = {
  readonly mongodb: {
    readonly url: string;
    /** In place of the one that the URL names. */
    readonly database: string | undefined;
    readonly poolMax: number;
    readonly connectTimeoutMs: number;
    readonly commandTimeoutMs: number;
  };
  /** Evicts nothing. */
  readonly redis: RedisConfig;
  /** May evict. */
  readonly feedCacheRedis: RedisConfig;
  readonly vaultKeyFile: string;
};

/** Several addresses are nodes of one cluster. */
export type RedisConfig = {
  readonly urls: readonly string[];
  readonly tlsCaFile: string | undefined;
  readonly connectTimeoutMs: number;
  readonly commandTimeoutMs: number;
};

/** Throws `ConfigFaults`. */
export const configFrom = (environment: Environment): Config => configOf(readSettings(environment, { check: 'together' }));

function serversOf(settings: Settings): ServersConfig | undefined {
  const {
    TIDINGS_PROFILE: profile,
    TIDINGS_MONGODB_URL: mongodb,
    TIDINGS_REDIS_URL: redis,
    TIDINGS_FEED_CACHE_REDIS_URL: feedCacheRedis,
    TIDINGS_VAULT_KEY_FILE: vaultKeyFile,
  } = settings;
  if (profile === 'embedded' || mongodb === undefined || redis === undefined || feedCacheRedis === undefined || vaultKeyFile === undefined) return undefined;
  const ofRedis = {
    tlsCaFile: settings.TIDINGS_REDIS_TLS_CA_FILE,
    connectTimeoutMs: settings.TIDINGS_REDIS_CONNECT_TIMEOUT_MS,
    commandTimeoutMs: settings.TIDINGS_REDIS_COMMAND_TIMEOUT_MS,
  };
  return {
    mongodb: {
      url: mongodb,
      database: settings.TIDINGS_MONGODB_DATABASE,
      poolMax: settings.TIDINGS_MONGODB_POOL_MAX,
      connectTimeoutMs: settings.TIDINGS_MONGODB_CONNECT_TIMEOUT_MS,
      commandTimeoutMs: settings.TIDINGS_MONGODB_COMMAND_TIMEOUT_MS,
    },
    redis: { ...ofRedis, urls: redis },
    feedCacheRedis: { ...ofRedis, urls: feedCacheRedis },
    vaultKeyFile,
  };
}

function tlsFilesOf({ TIDINGS_TLS_CERT_FILE: certificateFile, TIDINGS_TLS_KEY_FILE: keyFile }: Settings): TlsFiles | undefined {
  return certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile };
}

function configOf(settings: Settings): Config {
  return {
    servers: serversOf(settings),
    roles: settings.TIDINGS_ROLES === undefined ? ROLES.filter((role) => role !== 'event-store') : expandRoles(settings.TIDINGS_ROLES),
    dataFolder: settings.TIDINGS_DATA,
    host: settings.TIDINGS_HOST,
    trustedProxies: settings.TIDINGS_TRUSTED_PROXIES ?? [],
    allowedOrigins: settings.TIDINGS_ALLOWED_ORIGINS ?? DEFAULT_ORIGINS,
    webAuthn: {
      rpId: settings.TIDINGS_WEBAUTHN_RP_ID,
      origins: settings.TIDINGS_WEBAUTHN_ORIGINS ?? settings.TIDINGS_ALLOWED_ORIGINS ?? DEFAULT_ORIGINS,
    },
    tls: tlsFilesOf(settings),
    ports: {
      write: settings.TIDINGS_WRITE_PORT,
      read: settings.TIDINGS_READ_PORT,
      gateway: settings.TIDINGS_GATEWAY_PORT,
      ops: settings.TIDINGS_OPS_PORT,
      eventStore: settings.TIDINGS_EVENT_STORE_PORT,
    },
    eventStoreUrls: settings.TIDINGS_EVENTSTORE_URLS ?? [],
    eventStoreDeadlines: { appendMs: settings.TIDINGS_EVENTSTORE_APPEND_TIMEOUT_MS, readMs: settings.TIDINGS_EVENTSTORE_READ_TIMEOUT_MS },
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
    publicUrl: settings.TIDINGS_PUBLIC_URL,
    outbound: { privateNetworks: settings.TIDINGS_OUTBOUND_PRIVATE_NETWORKS ?? [], caFile: settings.TIDINGS_OUTBOUND_CA_FILE },
    adminToken: settings.TIDINGS_ADMIN_TOKEN,
    region: settings.TIDINGS_REGION,
    rateLimits: settings.TIDINGS_RATE_LIMITS ?? {},
    http: {
      responseBytesMax: settings.TIDINGS_RESPONSE_MAX_BYTES,
      compressedFromBytes: settings.TIDINGS_COMPRESSED_FROM_BYTES,
      receivedBytesMax: settings.TIDINGS_RECEIVED_MAX_BYTES,
      addressConnectionsMax: settings.TIDINGS_HTTP_ADDRESS_CONNECTIONS_MAX,
    },
    unsentBytes: {
      unsentBytesMax: settings.TIDINGS_UNSENT_MAX_BYTES,
      responseStalledMs: settings.TIDINGS_RESPONSE_STALLED_SECONDS * SECOND_MS,
    },
    minPositionTimeoutMs: settings.TIDINGS_MIN_POSITION_TIMEOUT_MS,
    projectionShards: settings.TIDINGS_PROJECTION_SHARDS,
    leaseRenewMs: settings.TIDINGS_LEASE_RENEW_MS,
    gateway: {
      publicUrl: settings.TIDINGS_GATEWAY_URL?.replaceAll(GATEWAY_ID_PLACE, settings.TIDINGS_GATEWAY_ID ?? hostname()),
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
      pullThresholds: {
        pullFromFollowers: settings.TIDINGS_FEED_PULL_FROM_FOLLOWERS,
        pushUpToFollowers: settings.TIDINGS_FEED_PUSH_UP_TO_FOLLOWERS,
      },
      notificationsPerDayMax: settings.TIDINGS_NOTIFICATIONS_PER_DAY_MAX,
      attemptDeadlineMs: settings.TIDINGS_DELIVERY_ATTEMPT_DEADLINE_SECONDS * SECOND_MS,
      deliverConcurrency: settings.TIDINGS_DELIVERY_CONCURRENCY,
      smsLimits: {
        countries: settings.TIDINGS_SMS_COUNTRIES,
        countryPerHourMax: settings.TIDINGS_SMS_COUNTRY_PER_HOUR_MAX,
        blockPerHourMax: settings.TIDINGS_SMS_BLOCK_PER_HOUR_MAX,
      },
      deliveryQueues: settings.TIDINGS_DELIVERY_QUEUES,
    },
    moderation: moderationOf(settings),
    senders: sendersOf(settings),
    media: mediaOf(settings),
    capacity: {
      warmFeedsMax: settings.TIDINGS_WARM_FEEDS_MAX,
      queuedJobsMax: settings.TIDINGS_QUEUED_JOBS_MAX,
      outboxMessagesMax: settings.TIDINGS_OUTBOX_MESSAGES_MAX,
    },
  };
}
