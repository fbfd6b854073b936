/** The configuration: environment variables that begin with TIDINGS_, read once. Flags beat the environment. */
import { hostname } from 'node:os';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { LimitOverrides } from '../../edge/http/limit-overrides.ts';
import type { HttpServerConfig } from '../../edge/http/server.ts';
import type { UnsentBytesConfig } from '../../edge/overload/unsent-bytes.ts';
import { DEFAULT_ORIGINS, type AllowedOrigins } from '../../edge/network/origins.ts';
import type { GatewayConfig } from '../../gateway/config.ts';
import type { SmsLimits } from '../../workers/notifications/vendors/sms-limits.ts';
import type { Upstreams } from '../../front/upstream.ts';
import type { WorkersConfig } from '../../workers/start.ts';
import type { TlsFiles } from '../tls-files.ts';
import { moderationOf, type ModerationConfig } from './moderation-settings.ts';
import { mediaOf, type MediaConfig } from './media-config.ts';
import { retentionOf, type RetentionConfig } from './retention-settings.ts';
import { sendersOf } from './senders/senders-config.ts';
import type { SendersConfig } from './senders/vendors.ts';
import { expandRoles, readSettings, type Environment, type Settings } from './read-settings.ts';
import { GATEWAY_ID_PLACE } from './setting-values.ts';
import { ROLES, type Role } from './settings.ts';

export type Config = {
  /** Undefined in the embedded profile. */
  readonly servers: ServersConfig | undefined;
  readonly roles: readonly Role[];
  /** The data folder is a replay, which is looked at only. */
  readonly readOnly: boolean;
  readonly dataFolder: string;
  /** To which whoever is erased is added; it lives beside backups. */
  readonly erasedList: string | undefined;
  readonly host: string;
  /** Proxies whose word on a client's address is taken. */
  readonly trustedProxies: readonly string[];
  readonly allowedOrigins: AllowedOrigins;
  /** The domain that keys of people are made for, and the pages that may ask for them. */
  readonly webAuthn: { readonly rpId: string; readonly origins: AllowedOrigins };
  /** Of every listener; undefined: no TLS, but for the event store's own. */
  readonly tls: TlsFiles | undefined;
  readonly ports: {
    /** Undefined: people have no pages here. */
    readonly front: number | undefined;
    readonly write: number;
    readonly read: number;
    readonly gateway: number;
    readonly ops: number;
    readonly eventStore: number;
  };
  /** What a process of the role front is before; undefined: this is none. */
  readonly frontUpstreams: Upstreams | undefined;
  /** EventStoreDB connection strings, one a cluster; none: the embedded event store. */
  readonly eventStoreUrls: readonly string[];
  readonly eventStoreDeadlines: { readonly appendMs: number; readonly readMs: number };
  readonly eventStore: {
    readonly tls: Settings['TIDINGS_EVENT_STORE_TLS'];
    readonly password: string;
    /** Undefined: nobody only reads. */
    readonly readerPassword: string | undefined;
    readonly idempotency: Settings['TIDINGS_EVENT_STORE_IDEMPOTENCY'];
    readonly advertised: Settings['TIDINGS_EVENT_STORE_ADVERTISED_URL'];
    readonly systemProjections: Settings['TIDINGS_EVENT_STORE_SYSTEM_PROJECTIONS'];
  };
  readonly logLevel: Settings['TIDINGS_LOG_LEVEL'];
  readonly logFormat: Settings['TIDINGS_LOG_FORMAT'];
  /** Undefined: nothing is traced. */
  readonly tracing: { readonly url: string; readonly percent: number } | undefined;
  readonly stopDeadlineMs: number;
  readonly securityLog: { readonly addresses: Settings['TIDINGS_SECURITY_LOG_ADDRESSES'] };
  /** Where everything is reached from outside, without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Where operators reach the operations listener, where that is not what their browsers name as host. */
  readonly opsPublicUrl: string | undefined;
  readonly outbound: { readonly privateNetworks: readonly string[]; readonly caFile: string | undefined };
  readonly adminToken: string | undefined;
  readonly region: string;
  readonly rateLimits: LimitOverrides;
  readonly http: Required<Pick<HttpServerConfig, 'responseBytesMax' | 'compressedFromBytes' | 'receivedBytesMax' | 'addressConnectionsMax'>>;
  readonly unsentBytes: Required<Pick<UnsentBytesConfig, 'unsentBytesMax' | 'responseStalledMs'>>;
  readonly minPositionTimeoutMs: number;
  readonly groups: { readonly announcementMembersMax: number };
  readonly projectionShards: number;
  /** How often a process renews what it holds of the work that processes share. */
  readonly leaseRenewMs: number;
  readonly gateway: Required<
    Omit<GatewayConfig, 'id' | 'host' | 'port' | 'origins' | 'trustedProxies' | 'ownConnections' | 'certificates' | 'region' | 'limits' | 'tickMs'>
  >;
  readonly workers: Required<Pick<WorkersConfig, 'chatPushAfterMs' | 'attemptDeadlineMs' | 'deliverConcurrency' | 'pullThresholds' | 'linkPreviews'>> & {
    readonly mediaPurge: WorkersConfig['mediaPurge'];
    readonly notificationsPerDayMax: number;
    readonly smsLimits: SmsLimits;
    /** Undefined: all of the role `delivery`. */
    readonly deliveryQueues: readonly string[] | undefined;
  };
  readonly retention: RetentionConfig;
  readonly moderation: ModerationConfig;
  readonly senders: SendersConfig;
  readonly media: MediaConfig;
  readonly capacity: {
    readonly warmFeedsMax: number;
    readonly recentDocumentsBytesMax: number;
    readonly writtenDocumentsBytesMax: number;
    readonly queuedJobsMax: number;
    readonly outboxMessagesMax: number;
  };
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

function purgeOf({ TIDINGS_MEDIA_PURGE_URL: url, TIDINGS_MEDIA_PURGE_SECRET: secret }: Settings): WorkersConfig['mediaPurge'] {
  return url === undefined || secret === undefined ? undefined : { url, secret };
}

function frontUpstreamsOf(settings: Settings): Upstreams | undefined {
  const { TIDINGS_FRONT_WRITE_URL: write, TIDINGS_FRONT_READ_URL: read, TIDINGS_FRONT_GATEWAY_URL: gateway } = settings;
  return write === undefined || read === undefined || gateway === undefined ? undefined : { 'write-api': write, 'read-api': read, gateway };
}

function tlsFilesOf({ TIDINGS_TLS_CERT_FILE: certificateFile, TIDINGS_TLS_KEY_FILE: keyFile }: Settings): TlsFiles | undefined {
  return certificateFile === undefined || keyFile === undefined ? undefined : { certificateFile, keyFile };
}

function configOf(settings: Settings): Config {
  return {
    servers: serversOf(settings),
    roles: settings.TIDINGS_ROLES === undefined ? ROLES.filter((role) => role !== 'event-store') : expandRoles(settings.TIDINGS_ROLES),
    readOnly: false,
    dataFolder: settings.TIDINGS_DATA,
    erasedList: settings.TIDINGS_ERASED_LIST,
    host: settings.TIDINGS_HOST,
    trustedProxies: settings.TIDINGS_TRUSTED_PROXIES ?? [],
    allowedOrigins: settings.TIDINGS_ALLOWED_ORIGINS ?? DEFAULT_ORIGINS,
    webAuthn: {
      rpId: settings.TIDINGS_WEBAUTHN_RP_ID,
      origins: settings.TIDINGS_WEBAUTHN_ORIGINS ?? settings.TIDINGS_ALLOWED_ORIGINS ?? DEFAULT_ORIGINS,
    },
    tls: tlsFilesOf(settings),
    ports: {
      front: settings.TIDINGS_FRONT_PORT,
      write: settings.TIDINGS_WRITE_PORT,
      read: settings.TIDINGS_READ_PORT,
      gateway: settings.TIDINGS_GATEWAY_PORT,
      ops: settings.TIDINGS_OPS_PORT,
      eventStore: settings.TIDINGS_EVENT_STORE_PORT,
    },
    frontUpstreams: frontUpstreamsOf(settings),
    eventStoreUrls: settings.TIDINGS_EVENTSTORE_URLS ?? [],
    eventStoreDeadlines: { appendMs: settings.TIDINGS_EVENTSTORE_APPEND_TIMEOUT_MS, readMs: settings.TIDINGS_EVENTSTORE_READ_TIMEOUT_MS },
    eventStore: {
      tls: settings.TIDINGS_EVENT_STORE_TLS,
      password: settings.TIDINGS_EVENT_STORE_PASSWORD,
      readerPassword: settings.TIDINGS_EVENT_STORE_READER_PASSWORD,
      idempotency: settings.TIDINGS_EVENT_STORE_IDEMPOTENCY,
      advertised: settings.TIDINGS_EVENT_STORE_ADVERTISED_URL,
      systemProjections: settings.TIDINGS_EVENT_STORE_SYSTEM_PROJECTIONS,
    },
    logLevel: settings.TIDINGS_LOG_LEVEL,
    logFormat: settings.TIDINGS_LOG_FORMAT,
    stopDeadlineMs: settings.TIDINGS_STOP_DEADLINE_SECONDS * SECOND_MS,
    tracing: settings.TIDINGS_TRACES_URL === undefined ? undefined : { url: settings.TIDINGS_TRACES_URL, percent: settings.TIDINGS_TRACES_PERCENT },
    securityLog: { addresses: settings.TIDINGS_SECURITY_LOG_ADDRESSES },
    publicUrl: settings.TIDINGS_PUBLIC_URL,
    opsPublicUrl: settings.TIDINGS_OPS_PUBLIC_URL,
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
    groups: { announcementMembersMax: settings.TIDINGS_ANNOUNCEMENT_MEMBERS_MAX },
    workers: {
      chatPushAfterMs: settings.TIDINGS_CHAT_PUSH_AFTER_MS,
      linkPreviews: settings.TIDINGS_LINK_PREVIEWS,
      mediaPurge: purgeOf(settings),
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
    retention: retentionOf(settings),
    moderation: moderationOf(settings),
    senders: sendersOf(settings),
    media: mediaOf(settings),
    capacity: {
      warmFeedsMax: settings.TIDINGS_WARM_FEEDS_MAX,
      recentDocumentsBytesMax: settings.TIDINGS_RECENT_DOCUMENTS_MAX_BYTES,
      writtenDocumentsBytesMax: settings.TIDINGS_WRITTEN_DOCUMENTS_MAX_BYTES,
      queuedJobsMax: settings.TIDINGS_QUEUED_JOBS_MAX,
      outboxMessagesMax: settings.TIDINGS_OUTBOX_MESSAGES_MAX,
    },
  };
}
