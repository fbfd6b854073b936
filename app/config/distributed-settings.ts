/** The settings of the distributed profile: where its servers are, and how long this process waits for them. */
import { z } from 'zod';
import { list, wholeNumber } from './setting-values.ts';

const MONGODB_URL = 'a connection string that begins with mongodb:// or mongodb+srv://';
const REDIS_URLS = 'addresses that begin with redis:// or rediss://, one a node of a cluster, separated by commas';
const DATABASE = 'a name of at most 63 letters, digits, - and _';
const OPERATIONS_URL = 'an http:// or https:// address';
const TIMEOUT_MAX_MS = 60_000;
const POOL_MAX = 10_000;

const redisUrls = list(REDIS_URLS).refine((urls) => urls.every((url) => /^rediss?:\/\//.test(url) && URL.canParse(url)), REDIS_URLS);

export const distributedSettings = {
  TIDINGS_EVENTSTORE_APPEND_TIMEOUT_MS: wholeNumber(10_000, { unit: 'milliseconds', min: 100, max: TIMEOUT_MAX_MS }),
  TIDINGS_EVENTSTORE_READ_TIMEOUT_MS: wholeNumber(5_000, { unit: 'milliseconds', min: 100, max: TIMEOUT_MAX_MS }),
  TIDINGS_MONGODB_URL: z
    .string()
    .regex(/^mongodb(\+srv)?:\/\/[^/]/, MONGODB_URL)
    .optional(),
  TIDINGS_MONGODB_DATABASE: z
    .string()
    .regex(/^[\w-]{1,63}$/, DATABASE)
    .optional(),
  TIDINGS_MONGODB_POOL_MAX: wholeNumber(100, { unit: 'connections', max: POOL_MAX }),
  TIDINGS_MONGODB_CONNECT_TIMEOUT_MS: wholeNumber(5_000, { unit: 'milliseconds', min: 100, max: TIMEOUT_MAX_MS }),
  TIDINGS_MONGODB_COMMAND_TIMEOUT_MS: wholeNumber(10_000, { unit: 'milliseconds', min: 100, max: TIMEOUT_MAX_MS }),
  TIDINGS_REDIS_URL: redisUrls.optional(),
  TIDINGS_FEED_CACHE_REDIS_URL: redisUrls.optional(),
  TIDINGS_REDIS_TLS_CA_FILE: z.string().optional(),
  TIDINGS_REDIS_CONNECT_TIMEOUT_MS: wholeNumber(5_000, { unit: 'milliseconds', min: 100, max: TIMEOUT_MAX_MS }),
  TIDINGS_REDIS_COMMAND_TIMEOUT_MS: wholeNumber(2_000, { unit: 'milliseconds', min: 100, max: TIMEOUT_MAX_MS }),
  TIDINGS_VAULT_KEY_FILE: z.string().optional(),
  TIDINGS_OPS_URL: z.url({ protocol: /^https?$/, error: OPERATIONS_URL }).optional(),
} as const;
