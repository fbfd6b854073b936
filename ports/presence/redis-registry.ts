/** The registry of gateways on Redis: one slot, whose server's clock says who is alive. */
import { randomUUID } from 'node:crypto';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { asOutage } from '../redis/errors.ts';
import { redisScript, type RedisScript } from '../redis/script.ts';
import { PresenceUnavailable, type Gateway, type GatewayRegistry, type RegistryMemory, type SeenGateway } from './port.ts';

/** Of a gateway that another one remembers, no more than its id is known. */
type Announced = { readonly gateway: Pick<Gateway, 'id'> & Partial<Gateway>; readonly lastSeenAt: Instant };

/** `prefix`: of all keys, where several installations share a server. */
export async function startRedisGatewayRegistry(redis: RedisConnection, { prefix = '' }: { readonly prefix?: string } = {}): Promise<GatewayRegistry> {
  const keyOf = (part: string) => `${prefix}{gateways}:${part}`;
  const keys = [keyOf('announced'), keyOf('expiry'), keyOf('leases'), keyOf('registry')] as const;
  const run = (script: RedisScript, ...args: readonly string[]) => asOutage(PresenceUnavailable, () => redis.run(script, keys, args));
  const announcedBy = async (script: RedisScript, ...args: readonly string[]) => ((await run(script, ...args)) as readonly string[]).map(parsed);

  return {
    announce: async (gateway, { at, ttlMs }) =>
      void (await run(ANNOUNCE, gateway.id, JSON.stringify({ gateway, lastSeenAt: at } satisfies Announced), String(ttlMs))),
    withdraw: async (id) => void (await run(WITHDRAW, id)),
    alive: async () => (await announcedBy(ALIVE)).map(({ gateway }) => gateway as Gateway),
    claimExpired: async ({ leaseMs }) => (await announcedBy(CLAIM_EXPIRED, String(leaseMs))).map(seen),
    confirmExpired: async ({ id, lastSeenAt }) => void (await run(CONFIRM_EXPIRED, id, lastSeenAt)),
    remind: async (remembered, { ttlMs }) => {
      const entries = remembered?.gateways.flatMap(({ id, lastSeenAt }) => [id, JSON.stringify({ gateway: { id }, lastSeenAt } satisfies Announced)]) ?? [];
      const answer = await run(REMIND, randomUUID(), String(ttlMs), remembered?.history ?? '', ...entries);
      const [history, announced] = answer as readonly [string, readonly string[]];
      return { history, gateways: announced.map((json) => seen(parsed(json))) } satisfies RegistryMemory;
    },
    [Symbol.asyncDispose]: async () => undefined, // the connection is its owner's
  };
}

const parsed = (json: string): Announced => JSON.parse(json) as Announced;
const seen = ({ gateway: { id }, lastSeenAt }: Announced): SeenGateway => ({ id, lastSeenAt });

/**
 * By gateway: what it announced (`announced`, JSON), until when it is alive (`expiry`, a sorted set), until when somebody has it as
 * expired (`leases`). `registry`: when any gateway was last `heard`, the `ttl` they announce, until when nobody expires (`grace`), and a
 * `mark` that is another after a flush.
 */
const COMMON = `
local announced, expiry, leases, registry = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function notice()
  local heard = tonumber(redis.call('HGET', registry, 'heard') or '0')
  local ttl = tonumber(redis.call('HGET', registry, 'ttl') or '0')
  if now < heard or now - heard > ttl / 2 then redis.call('HSET', registry, 'grace', now + ttl) end
  redis.call('HSET', registry, 'heard', now)
end
local function forget(id)
  redis.call('HDEL', announced, id)
  redis.call('ZREM', expiry, id)
  redis.call('HDEL', leases, id)
end
`;

const ANNOUNCE = redisScript(`${COMMON}
redis.call('HSET', registry, 'ttl', ARGV[3])
notice()
redis.call('HSET', announced, ARGV[1], ARGV[2])
redis.call('ZADD', expiry, now + ARGV[3], ARGV[1])
redis.call('HDEL', leases, ARGV[1])
`);

const WITHDRAW = redisScript(`${COMMON}
forget(ARGV[1])
`);

const ALIVE = redisScript(`${COMMON}
local ids = redis.call('ZRANGEBYSCORE', expiry, '(' .. string.format('%.0f', now), '+inf')
if #ids == 0 then return {} end
return redis.call('HMGET', announced, unpack(ids))
`);

const CLAIM_EXPIRED = redisScript(`${COMMON}
notice()
if now < tonumber(redis.call('HGET', registry, 'grace') or '0') then return {} end
local claimed = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', string.format('%.0f', now))) do
  if tonumber(redis.call('HGET', leases, id) or '0') <= now then
    redis.call('HSET', leases, id, now + ARGV[1])
    claimed[#claimed + 1] = redis.call('HGET', announced, id)
  end
end
return claimed
`);

const CONFIRM_EXPIRED = redisScript(`${COMMON}
local found = redis.call('HGET', announced, ARGV[1])
if found and tonumber(redis.call('ZSCORE', expiry, ARGV[1])) <= now and cjson.decode(found).lastSeenAt == ARGV[2] then forget(ARGV[1]) end
`);

/** A server that was started again has another history too: it may have loaded an older save point. */
const REMIND = redisScript(`${COMMON}
redis.call('HSETNX', registry, 'mark', ARGV[1])
local history = redis.call('HGET', registry, 'mark') .. ':' .. string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
if ARGV[3] ~= '' and ARGV[3] ~= history then
  for i = 4, #ARGV, 2 do
    if redis.call('HEXISTS', announced, ARGV[i]) == 0 then
      redis.call('HSET', announced, ARGV[i], ARGV[i + 1])
      redis.call('ZADD', expiry, now, ARGV[i])
      redis.call('HSET', leases, ARGV[i], now + ARGV[2])
    end
  end
end
return { history, redis.call('HVALS', announced) }
`);
