/** Every setting: an environment variable, its default, and what it may be. `docs/operating.md` is held to this list by a test. */
import { ANNOUNCEMENT_MEMBERS_MAX } from '../../domain/chat/groups/limits.ts';
import { z } from 'zod';
import { PULL_THRESHOLDS } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import { HOUR_MS, SECOND_MS } from '../../domain/shared/instant.ts';
import { ADDRESS_CONNECTIONS_MAX as HTTP_ADDRESS_CONNECTIONS_MAX } from '../../edge/http/listener/guarded-listener.ts';
import { COMPRESSED_FROM_BYTES } from '../../edge/http/send-json.ts';
import { EDGE_LIMITS, RESPONSE_BYTES_MAX } from '../../edge/overload/limits.ts';
import { RECEIVED_BYTES_MAX } from '../../edge/overload/received-bytes.ts';
import { RESPONSE_STALLED_MS, UNSENT_BYTES_MAX } from '../../edge/overload/unsent-bytes.ts';
import {
  ADDRESS_CONNECTIONS_MAX,
  CONNECTIONS_MAX,
  HEARTBEAT_MS,
  HELLO_TIMEOUT_MS,
  PERSON_CONNECTIONS_MAX,
  PING_MS,
  PRESENCE_TTL_MS,
  SEND_QUEUE_BYTES_MAX,
} from '../../gateway/config.ts';
import { GATEWAY_LIMITS } from '../../gateway/connection/rate-limit.ts';
import { MODERATION_LIMITS } from '../../commands/moderation/activity-limits.ts';
import { JOB_DELAY_MAX_MS } from '../../ports/job-queue/port.ts';
import { WRITTEN_DOCUMENTS_BYTES_MAX } from '../../projections/folding/written-documents.ts';
import { LEASE_RENEW_MS } from '../../projections/leases/shared-leases.ts';
import { READ_LIMITS } from '../../read-api/limits.ts';
import { NOTIFICATIONS_PER_DAY_MAX } from '../../workers/notifications/caps/frequency-caps.ts';
import { WRITE_LIMITS } from '../../write-api/limits.ts';
import { WORKER_ROLES } from '../../workers/dependencies.ts';
import { distributedSettings } from './distributed-settings.ts';
import { moderationSettings } from './moderation-settings.ts';
import { MEDIA_SECRETS, mediaSettings } from './media-settings.ts';
import { retentionSettings } from './retention-settings.ts';
import { SENDER_SECRETS, senderSettings } from './senders/sender-settings.ts';
import {
  allowedOrigins,
  gatewayId,
  gatewayUrl,
  list,
  port,
  portOrOff,
  privateNetworks,
  publicUrl,
  rateLimits,
  storeAddress,
  trustedProxies,
  upstreamGatewayUrl,
  wholeNumber,
} from './setting-values.ts';

export const ROLES = ['write-api', 'read-api', 'gateway', 'projections', ...WORKER_ROLES, 'event-store'] as const;
export type Role = (typeof ROLES)[number];
/** Of a process that is nothing else, and has none of what the others need. Where one process has all that pages need, it has them too. */
export const FRONT_ROLE = 'front';
/** What `TIDINGS_ROLES` may name: `workers` is short for all of the workers' roles. */
export const ROLE_NAMES = [...ROLES, FRONT_ROLE, 'workers'] as const;

export const PROFILES = ['embedded', 'distributed'] as const;

/** The rate limits that an operator may change, by name. */
export const RATE_LIMITS = [
  ...Object.values(WRITE_LIMITS),
  ...Object.values(READ_LIMITS),
  ...Object.values(EDGE_LIMITS),
  ...Object.values(GATEWAY_LIMITS),
  ...MODERATION_LIMITS,
];

const SOME_ROLES = `some of ${ROLE_NAMES.join(', ')}`;
const QUEUES = 'names of queues, with * at the end for all that begin so, separated by commas';
const CONNECTION_STRINGS = 'EventStoreDB connection strings that begin with esdb:// or esdb+discover://, separated by commas';
const COUNT_MAX = 100_000_000;
const READER_PASSWORD_CHARACTERS_MIN = 8;
/** A timer can't be set for longer: it would fire at once. */
const TIMER_MAX_SECONDS = Math.floor((2 ** 31 - 1) / SECOND_MS);
const HOUR_SECONDS = HOUR_MS / SECOND_MS;
/** With the 20 s for which an answer of the vault is remembered, sockets of an ended session are closed within a minute. */
const PING_MAX_SECONDS = 40;

export const settingsSchema = z.object({
  /** `embedded`: everything in one process. `distributed`: EventStoreDB, MongoDB, Redis, Bull. */
  TIDINGS_PROFILE: z.enum(PROFILES, PROFILES.join(' or ')).default('embedded'),
  TIDINGS_ROLES: list(SOME_ROLES)
    .pipe(z.array(z.enum(ROLE_NAMES, SOME_ROLES)))
    .optional(),
  TIDINGS_DELIVERY_QUEUES: list(QUEUES)
    .refine((queues) => queues.every((queue) => /^[\w-]+\*?$/.test(queue)), QUEUES)
    .optional(),
  TIDINGS_DATA: z.string().min(1, 'a folder').default('./data'),
  TIDINGS_ERASED_LIST: z.string().min(1, 'a file').optional(),
  TIDINGS_HOST: z.string().min(1, 'an address to listen on').default('127.0.0.1'),
  TIDINGS_TRUSTED_PROXIES: trustedProxies.optional(),
  TIDINGS_ALLOWED_ORIGINS: allowedOrigins.optional(),
  TIDINGS_WEBAUTHN_RP_ID: z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'a domain in lower case, such as example.org')
    .default('localhost'),
  TIDINGS_WEBAUTHN_ORIGINS: allowedOrigins.optional(),
  TIDINGS_TLS_CERT_FILE: z.string().optional(),
  TIDINGS_TLS_KEY_FILE: z.string().optional(),
  TIDINGS_FRONT_PORT: portOrOff(8080),
  TIDINGS_FRONT_WRITE_URL: publicUrl.optional(),
  TIDINGS_FRONT_READ_URL: publicUrl.optional(),
  TIDINGS_FRONT_GATEWAY_URL: upstreamGatewayUrl.optional(),
  TIDINGS_WRITE_PORT: port(8081),
  TIDINGS_READ_PORT: port(8082),
  TIDINGS_GATEWAY_PORT: port(8083),
  TIDINGS_OPS_PORT: port(8084),
  TIDINGS_EVENT_STORE_PORT: port(2113),
  TIDINGS_EVENT_STORE_TLS: z.enum(['on', 'insecure'], 'on or insecure').default('on'),
  TIDINGS_EVENT_STORE_PASSWORD: z.string().min(1, 'a password').default('changeit'),
  TIDINGS_EVENT_STORE_READER_PASSWORD: z.string().min(READER_PASSWORD_CHARACTERS_MIN, `at least ${READER_PASSWORD_CHARACTERS_MIN} characters`).optional(),
  TIDINGS_EVENT_STORE_IDEMPOTENCY: z.enum(['full', 'eventstoredb'], 'full or eventstoredb').default('full'),
  TIDINGS_EVENT_STORE_ADVERTISED_URL: storeAddress().optional(),
  TIDINGS_EVENT_STORE_SYSTEM_PROJECTIONS: z.enum(['off', 'on'], 'off or on').default('off'),
  TIDINGS_EVENTSTORE_URLS: list(CONNECTION_STRINGS)
    .refine((urls) => urls.every((url) => /^esdb(\+discover)?:\/\//.test(url)), CONNECTION_STRINGS)
    .optional(),
  ...distributedSettings,
  TIDINGS_GATEWAY_ID: gatewayId.optional(),
  TIDINGS_GATEWAY_URL: gatewayUrl.optional(),
  TIDINGS_REGION: z.string().min(1, 'a name').default('local'),
  TIDINGS_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], 'fatal, error, warn, info, debug or silent').default('info'),
  TIDINGS_LOG_FORMAT: z.enum(['auto', 'json', 'text'], 'auto, json or text').default('auto'),
  TIDINGS_TRACES_URL: z.url({ protocol: /^https?$/, error: 'an address that takes OTLP over HTTP, such as http://127.0.0.1:4318/v1/traces' }).optional(),
  TIDINGS_TRACES_PERCENT: wholeNumber(100, { min: 0, max: 100 }),
  TIDINGS_STOP_DEADLINE_SECONDS: wholeNumber(20, { unit: 'seconds', max: TIMER_MAX_SECONDS }),
  TIDINGS_SECURITY_LOG_ADDRESSES: z.enum(['none', 'truncated', 'full'], 'none, truncated or full').default('none'),
  TIDINGS_PUBLIC_URL: publicUrl.optional(),
  TIDINGS_OPS_PUBLIC_URL: publicUrl.optional(),
  TIDINGS_OUTBOUND_PRIVATE_NETWORKS: privateNetworks.optional(),
  TIDINGS_OUTBOUND_CA_FILE: z.string().min(1, 'a file').optional(),
  TIDINGS_LINK_PREVIEWS: z.enum(['on', 'off'], 'on or off').default('off'),
  TIDINGS_OPERATOR_TOKEN: z
    .string()
    .regex(/^tidings-operator_[\x21-\x7e]+$/, 'a token of an operator, which begins with tidings-operator_')
    .optional(),
  TIDINGS_ADMIN_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, 'at least 16 visible ASCII characters, none of them a space')
    .optional(),

  TIDINGS_RATE_LIMITS: rateLimits(RATE_LIMITS.map(({ name }) => name)).optional(),
  TIDINGS_MIN_POSITION_TIMEOUT_MS: wholeNumber(5_000, { unit: 'milliseconds', max: 60_000 }),
  TIDINGS_PROJECTION_SHARDS: wholeNumber(1, { max: 64 }),
  TIDINGS_LEASE_RENEW_MS: wholeNumber(LEASE_RENEW_MS, { unit: 'milliseconds', min: 50, max: 60_000 }),

  TIDINGS_COMPRESSED_FROM_BYTES: wholeNumber(COMPRESSED_FROM_BYTES, { unit: 'bytes', min: 0, max: 2 ** 26 }),
  TIDINGS_RESPONSE_MAX_BYTES: wholeNumber(RESPONSE_BYTES_MAX, { unit: 'bytes', min: RESPONSE_BYTES_MAX, max: 2 ** 26 }),
  TIDINGS_RESPONSE_STALLED_SECONDS: wholeNumber(RESPONSE_STALLED_MS / SECOND_MS, { unit: 'seconds', max: HOUR_SECONDS }),
  TIDINGS_UNSENT_MAX_BYTES: wholeNumber(UNSENT_BYTES_MAX, { unit: 'bytes', min: 2 ** 23, max: 2 ** 40 }),
  TIDINGS_RECEIVED_MAX_BYTES: wholeNumber(RECEIVED_BYTES_MAX, { unit: 'bytes', min: 2 ** 23, max: 2 ** 40 }),
  TIDINGS_HTTP_ADDRESS_CONNECTIONS_MAX: wholeNumber(HTTP_ADDRESS_CONNECTIONS_MAX, { max: 1_000_000 }),

  TIDINGS_GATEWAY_CONNECTIONS_MAX: wholeNumber(CONNECTIONS_MAX, { max: 1_000_000 }),
  TIDINGS_GATEWAY_ADDRESS_CONNECTIONS_MAX: wholeNumber(ADDRESS_CONNECTIONS_MAX, { max: 1_000_000 }),
  TIDINGS_GATEWAY_PERSON_CONNECTIONS_MAX: wholeNumber(PERSON_CONNECTIONS_MAX, { max: 1_000 }),
  TIDINGS_GATEWAY_HELLO_TIMEOUT_SECONDS: wholeNumber(HELLO_TIMEOUT_MS / SECOND_MS, { unit: 'seconds', max: HOUR_SECONDS }),
  TIDINGS_GATEWAY_PING_SECONDS: wholeNumber(PING_MS / SECOND_MS, { unit: 'seconds', max: PING_MAX_SECONDS }),
  TIDINGS_GATEWAY_HEARTBEAT_SECONDS: wholeNumber(HEARTBEAT_MS / SECOND_MS, { unit: 'seconds', max: HOUR_SECONDS }),
  TIDINGS_GATEWAY_PRESENCE_TTL_SECONDS: wholeNumber(PRESENCE_TTL_MS / SECOND_MS, { unit: 'seconds', min: 2, max: HOUR_SECONDS }),
  TIDINGS_GATEWAY_SEND_QUEUE_MAX_BYTES: wholeNumber(SEND_QUEUE_BYTES_MAX, { unit: 'bytes', min: SEND_QUEUE_BYTES_MAX, max: 2 ** 30 }),

  TIDINGS_ANNOUNCEMENT_MEMBERS_MAX: wholeNumber(ANNOUNCEMENT_MEMBERS_MAX, { max: 100_000 }),
  TIDINGS_CHAT_PUSH_AFTER_MS: wholeNumber(10_000, { unit: 'milliseconds', max: JOB_DELAY_MAX_MS }),
  TIDINGS_NOTIFICATIONS_PER_DAY_MAX: wholeNumber(NOTIFICATIONS_PER_DAY_MAX, { max: COUNT_MAX }),
  TIDINGS_DELIVERY_ATTEMPT_DEADLINE_SECONDS: wholeNumber(10, { unit: 'seconds', max: 60 }),
  TIDINGS_DELIVERY_CONCURRENCY: wholeNumber(64, { max: 10_000 }),

  ...retentionSettings,
  ...moderationSettings,
  ...senderSettings,

  TIDINGS_WARM_FEEDS_MAX: wholeNumber(100_000, { max: COUNT_MAX }),
  TIDINGS_RECENT_DOCUMENTS_MAX_BYTES: wholeNumber(64 * 2 ** 20, { unit: 'bytes', min: 0, max: 2 ** 34 }),
  TIDINGS_WRITTEN_DOCUMENTS_MAX_BYTES: wholeNumber(WRITTEN_DOCUMENTS_BYTES_MAX, { unit: 'bytes', min: 0, max: 2 ** 34 }),
  TIDINGS_FEED_PULL_FROM_FOLLOWERS: wholeNumber(PULL_THRESHOLDS.pullFromFollowers, { max: COUNT_MAX }),
  TIDINGS_FEED_PUSH_UP_TO_FOLLOWERS: wholeNumber(PULL_THRESHOLDS.pushUpToFollowers, { max: COUNT_MAX }),
  TIDINGS_QUEUED_JOBS_MAX: wholeNumber(200_000, { max: COUNT_MAX }),
  ...mediaSettings,
  TIDINGS_OUTBOX_MESSAGES_MAX: wholeNumber(100_000, { max: COUNT_MAX }),
});

/** Faults don't quote the values of these: they are secrets, or contain one. Each may be given as a file instead, named by the setting with `_FILE` at its end. */
export const SECRET_SETTINGS: ReadonlySet<string> = new Set([
  'TIDINGS_ADMIN_TOKEN',
  'TIDINGS_OPERATOR_TOKEN',
  'TIDINGS_EVENT_STORE_PASSWORD',
  'TIDINGS_EVENT_STORE_READER_PASSWORD',
  'TIDINGS_EVENTSTORE_URLS',
  'TIDINGS_MONGODB_URL',
  'TIDINGS_REDIS_URL',
  'TIDINGS_FEED_CACHE_REDIS_URL',
  'TIDINGS_CONTENT_CHECK_TOKEN',
  ...SENDER_SECRETS,
  ...MEDIA_SECRETS,
] satisfies (keyof typeof settingsSchema.shape)[]);
