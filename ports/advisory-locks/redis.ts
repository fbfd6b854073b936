/**
 * Locks on Redis, by the server's clock: for each name one hash with its holder and those who wait. Whoever waits asks again and again;
 * who has not asked for a while is taken for gone, and its place with it. Keys are digests, and end by themselves.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RedisConnection } from '../redis/connect.ts';
import { asOutage } from '../redis/errors.ts';
import { redisScript } from '../redis/script.ts';
import { AdvisoryLocksUnavailable, LOCK_HELD_MAX_MS, type AdvisoryLocks } from './port.ts';

/** How often one that waits asks again. */
const ASK_AGAIN_MS = 4;
/** Much longer than a busy process takes to ask again, and much shorter than anybody wants to wait for one that is gone. */
const GONE_AFTER_MS = 500;
const DIGEST_CHARACTERS = 22;

/** `prefix`: of all keys, where several installations share a server. */
export async function startRedisAdvisoryLocks(redis: RedisConnection, { prefix = '' }: { readonly prefix?: string } = {}): Promise<AdvisoryLocks> {
  const keyOf = (name: string) => `${prefix}lock:${createHash('sha256').update(name).digest('base64url').slice(0, DIGEST_CHARACTERS)}`;

  return {
    acquire: async (name, { waitMs }) => {
      const key = keyOf(name);
      const caller = randomUUID();
      const release = () => void redis.run(RELEASE, [key], [caller]).catch(() => undefined); // it ends by itself
      const untilMs = performance.now() + waitMs;
      const ask = () => asOutage(AdvisoryLocksUnavailable, () => redis.run(ACQUIRE, [key], [caller, LOCK_HELD_MAX_MS, GONE_AFTER_MS].map(String)));
      for (let hadToWait = false; ; hadToWait = true) {
        if ((await ask()) === 1) return { hadToWait, [Symbol.dispose]: release };
        if (performance.now() >= untilMs) break;
        await delay(ASK_AGAIN_MS);
      }
      release();
      return undefined;
    },
    [Symbol.asyncDispose]: async () => undefined, // the connection is its owner's
  };
}

/**
 * A hash: `holder` and `until`; by caller that waits, when it first asked and when it asked last. ARGV: the caller, for how long it may
 * hold the lock, and after how long of silence one that waits is gone, both in milliseconds. Answers 1 to the holder.
 */
const ACQUIRE = redisScript(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local me, held, gone = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local fields = redis.call('HGETALL', KEYS[1])
local holder, untilMs, asked, first, firstAsked = false, 0, now, me, false
for i = 1, #fields, 2 do
  local name, value = fields[i], fields[i + 1]
  if name == 'holder' then
    holder = value
  elseif name == 'until' then
    untilMs = tonumber(value)
  else
    local from, seen = string.match(value, '^(%d+) (%d+)$')
    from, seen = tonumber(from), tonumber(seen)
    if name == me then
      asked = from
    elseif now - seen > gone then
      redis.call('HDEL', KEYS[1], name)
    elseif not firstAsked or from < firstAsked or (from == firstAsked and name < first) then
      first, firstAsked = name, from
    end
  end
end
local isFree = not holder or untilMs <= now
local isNext = not firstAsked or asked < firstAsked or (asked == firstAsked and me < first)
local answer = 0
if isFree and isNext then
  redis.call('HDEL', KEYS[1], me)
  redis.call('HSET', KEYS[1], 'holder', me, 'until', string.format('%.0f', now + held))
  answer = 1
else
  redis.call('HSET', KEYS[1], me, string.format('%.0f %.0f', asked, now))
end
redis.call('PEXPIRE', KEYS[1], held + gone)
return answer
`);

/** Of one that holds the lock, or waits for it. */
const RELEASE = redisScript(`
if redis.call('HGET', KEYS[1], 'holder') == ARGV[1] then redis.call('HDEL', KEYS[1], 'holder', 'until') end
redis.call('HDEL', KEYS[1], ARGV[1])
`);
