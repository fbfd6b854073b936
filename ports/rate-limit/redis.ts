/**
 * Rate limits on Redis: for each limit and caller one key and one script, by the server's clock, so that all processes count together
 * and a cluster serves it. Keys are digests: a caller may be an address, and as long as it likes.
 */
import { createHash } from 'node:crypto';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { asOutage } from '../redis/errors.ts';
import { redisScript, type RedisScript } from '../redis/script.ts';
import { FIRST_DELAY_MS, RateLimitUnavailable, type AttemptDecision, type FailureLimit, type Limit, type LimitDecision, type RateLimit } from './port.ts';

/** `prefix`: of all keys, where several installations share a server. */
export async function startRedisRateLimit(redis: RedisConnection, { prefix = '' }: { readonly prefix?: string } = {}): Promise<RateLimit> {
  const run = (script: RedisScript, key: string, ...args: readonly (string | number)[]) =>
    asOutage(RateLimitUnavailable, () => redis.run(script, [key], args.map(String)));
  /** A limit that was changed counts anew. */
  const keyOf = (kind: 'limit' | 'failures', { name, points, windowSeconds }: Limit, caller: string) =>
    `${prefix}${kind}:${digestOf(`${name} ${points} ${windowSeconds} ${caller}`)}`;
  const bucketKey = (name: string, perSecond: number, burst: number) => `${prefix}pace:${digestOf(`${name} ${perSecond} ${burst}`)}`;
  const windowMs = ({ windowSeconds }: Limit) => windowSeconds * SECOND_MS;

  return {
    take: async (limit, caller, points = 1) => decisionOf(limit, await run(TAKE, keyOf('limit', limit, caller), windowMs(limit), points)),
    takeOnce: async (limit, caller, operation) =>
      decisionOf(limit, await run(TAKE_ONCE, keyOf('limit', limit, caller), windowMs(limit), digestOf(operation), limit.points)),
    refund: async (limit, caller, points = 1) => void (await run(REFUND, keyOf('limit', limit, caller), points)),
    refundOnce: async (limit, caller, operation) => void (await run(REFUND_ONCE, keyOf('limit', limit, caller), digestOf(operation))),
    attempt: async (limit, caller) => {
      const waitMs = Number(await run(ATTEMPT, keyOf('failures', limit, caller), ...delaysOf(limit), windowMs(limit)));
      return (waitMs > 0 ? { allowed: false, retryAfterMs: waitMs } : { allowed: true }) satisfies AttemptDecision;
    },
    forgetFailures: async (limit, caller) => {
      const key = keyOf('failures', limit, caller);
      await asOutage(RateLimitUnavailable, () => redis.command(key, ['DEL', key]));
    },
    takeBackAttempt: async (limit, caller) => void (await run(TAKE_BACK, keyOf('failures', limit, caller), ...delaysOf(limit))),
    takeToken: async (bucket, { perSecond, burst }) => Number(await run(TAKE_TOKEN, bucketKey(bucket, perSecond, burst), perSecond, burst)),
    [Symbol.asyncDispose]: async () => undefined, // the connection is its owner's
  };
}

const DIGEST_CHARACTERS = 22;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARACTERS);

/** `answer`: the points that are taken, for how many milliseconds the window is open yet, and whether the operation was counted before. */
function decisionOf({ points }: Limit, answer: unknown): LimitDecision {
  const [taken = 0, leftMs = 0, wasCounted = 0] = answer as readonly number[];
  return wasCounted === 1 || taken <= points
    ? { allowed: true, remaining: Math.max(0, points - taken) }
    : { allowed: false, retryAfterMs: Math.max(1, leftMs) };
}

const delaysOf = ({ points, delaySecondsMax }: FailureLimit): readonly number[] => [points, FIRST_DELAY_MS, delaySecondsMax * SECOND_MS];

/** A hash: `taken`, and a field for each operation that was counted. It ends with the window. ARGV[1]: the window in milliseconds. */
const WINDOW = `
local function take(points)
  local taken = redis.call('HINCRBY', KEYS[1], 'taken', points)
  local left = redis.call('PTTL', KEYS[1])
  if left < 0 then
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    left = tonumber(ARGV[1])
  end
  return taken, left
end
`;

const TAKE = redisScript(`${WINDOW}
local taken, left = take(ARGV[2])
return { taken, left, 0 }
`);

/** A refused operation is not remembered. */
const TAKE_ONCE = redisScript(`${WINDOW}
local operation = '#' .. ARGV[2]
if redis.call('HEXISTS', KEYS[1], operation) == 1 then
  return { tonumber(redis.call('HGET', KEYS[1], 'taken')), 0, 1 }
end
local taken, left = take(1)
if taken <= tonumber(ARGV[3]) then redis.call('HSET', KEYS[1], operation, '') end
return { taken, left, 0 }
`);

const REFUND = redisScript(`
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HINCRBY', KEYS[1], 'taken', '-' .. ARGV[1]) end
`);

const REFUND_ONCE = redisScript(`
if redis.call('HDEL', KEYS[1], '#' .. ARGV[1]) == 1 then redis.call('HINCRBY', KEYS[1], 'taken', -1) end
`);

/** A hash: how many attempts failed, and the moment before which the next is not allowed. ARGV: the free ones, the first delay, the longest. */
const FAILURES = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local count = tonumber(redis.call('HGET', KEYS[1], 'count') or '0')
local notBefore = tonumber(redis.call('HGET', KEYS[1], 'notBefore') or '0')
local function delayAfter(failures)
  if failures < tonumber(ARGV[1]) then return 0 end
  return math.min(ARGV[2] * 2 ^ (failures - ARGV[1]), tonumber(ARGV[3]))
end
local function keep(failures, moment)
  redis.call('HSET', KEYS[1], 'count', failures, 'notBefore', string.format('%.0f', moment))
end
`;

const ATTEMPT = redisScript(`${FAILURES}
if notBefore > now then return notBefore - now end
keep(count + 1, now + delayAfter(count + 1))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 0
`);

const TAKE_BACK = redisScript(`${FAILURES}
if count == 0 then return end
if count == 1 then
  redis.call('DEL', KEYS[1])
else
  keep(count - 1, math.min(notBefore, now + delayAfter(count - 1)))
end
`);

/** The tokens that are there, in thousandths, and the moment at which they were counted. Kept until the bucket is full. */
const TAKE_TOKEN = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local perSecond, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens') or burst)
local filled = tonumber(redis.call('HGET', KEYS[1], 'filled') or now)
tokens = math.min(burst, tokens + math.max(0, now - filled) * perSecond / 1000) - 1
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'filled', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) * 1000 / perSecond) + 1000)
if tokens >= 0 then return 0 end
return math.ceil(-tokens * 1000 / perSecond)
`);
