/**
 * Presence on Redis. People are spread over `SHARDS` slots, and each has the signs of life of all gateways beside them: one script
 * reads both, by one server's clock, and a node of a cluster that lost its data is noticed by the gateways that it doesn't know any more.
 */
import { DAY_MS, instant } from '../../domain/shared/instant.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { RedisConnection } from '../redis/connect.ts';
import { asOutage } from '../redis/errors.ts';
import { hashSlot } from '../redis/hash-slot.ts';
import { redisScript } from '../redis/script.ts';
import { PRESENCE_KEPT_DAYS, PresenceUnavailable, type DevicePresence, type Presence, type Status } from './port.ts';

/** A sign of life is as many writes; more nodes than this share no more work. */
const SHARDS = 16;
const KEPT_MS = PRESENCE_KEPT_DAYS * DAY_MS;
/** A push is decided within a day of its message, held back by quiet hours or not. */
const CURSOR_KEPT_MS = 2 * DAY_MS;
/** Of one script, so that nobody else waits for long. */
const PEOPLE_A_SCRIPT_MAX = 200;

/** `prefix`: of all keys, where several installations share a server. */
export async function startRedisPresence(redis: RedisConnection, { prefix = '' }: { readonly prefix?: string } = {}): Promise<Presence> {
  const shardOf = (person: PersonId) => hashSlot(person) % SHARDS;
  const gatewaysKey = (shard: number) => `${prefix}presence:{p${shard}}:gateways`;
  const personKey = (person: PersonId) => `${prefix}presence:{p${shardOf(person)}}:${person}`;
  const deliveredKey = (person: PersonId, channel: ChannelId) => `${prefix}delivered:${person}:${channel}`;
  const receivedKey = (person: PersonId, channel: ChannelId) => `${prefix}received:${person}:${channel}`;
  const asked = <Result>(work: () => Promise<Result>) => asOutage(PresenceUnavailable, work);

  /** Runs a script for the people of each shard, some at a time, and resolves when all have been run. */
  const eachShard = async <Item>(
    items: readonly Item[],
    personOf: (item: Item) => PersonId,
    run: (keys: readonly [string, ...string[]], group: readonly Item[]) => Promise<void>,
  ) => {
    const runs: Promise<void>[] = [];
    for (const [shard, ofShard] of Map.groupBy(items, (item) => shardOf(personOf(item)))) {
      for (let at = 0; at < ofShard.length; at += PEOPLE_A_SCRIPT_MAX) {
        const group = ofShard.slice(at, at + PEOPLE_A_SCRIPT_MAX);
        runs.push(run([gatewaysKey(shard), ...group.map((item) => personKey(personOf(item)))], group));
      }
    }
    await allOf(runs);
  };

  const move = (key: string, seq: number) => asked(async () => void (await redis.run(MOVE, [key], [String(seq), String(CURSOR_KEPT_MS)])));
  /** The keys of a person stand in slots of their own: each is asked for alone. */
  const furthestOf = (people: readonly PersonId[], keysOf: (person: PersonId) => readonly string[]) =>
    asked(async () => {
      const found = await allOf(
        people.map(async (person): Promise<readonly [PersonId, number] | undefined> => {
          const seqs = (await allOf(keysOf(person).map((key) => redis.command(key, ['GET', key])))).filter((seq) => seq !== null);
          return seqs.length === 0 ? undefined : [person, Math.max(...seqs.map(Number))];
        }),
      );
      return new Map(found.filter((one) => one !== undefined));
    });

  return {
    keepAlive: (gateway, { ttlMs }) =>
      asked(async () => {
        const shards = Array.from({ length: SHARDS }, (_, shard) => shard);
        const known = await allOf(shards.map((shard) => redis.run(KEEP_ALIVE, [gatewaysKey(shard)], [gateway, String(ttlMs), String(KEPT_MS)])));
        return { known: known.every((one) => one === 1) };
      }),
    arrive: (connections) =>
      asked(() =>
        eachShard(
          connections,
          ({ person }) => person,
          async (keys, group) => void (await redis.run(ARRIVE, keys, [String(KEPT_MS), ...group.map(fieldOf)])),
        ),
      ),
    leave: (departures) =>
      asked(() =>
        eachShard(
          departures,
          ({ person }) => person,
          async (keys, group) =>
            void (await redis.run(LEAVE, keys, [String(KEPT_MS), ...group.flatMap((one) => [fieldOf(one), String(Math.round(one.agoMs))])])),
        ),
      ),
    statusOf: (people) =>
      asked(async () => {
        const statuses = new Map<PersonId, Status>(people.map((person) => [person, { status: 'offline', lastActiveAt: null }]));
        await eachShard(
          [...statuses.keys()],
          (person) => person,
          async (keys, group) => {
            const answer = (await redis.run(STATUS_OF, keys, [])) as readonly number[];
            for (const [i, person] of group.entries()) {
              const [isOnline, activeMs] = [answer[2 * i] === 1, answer[2 * i + 1] ?? 0];
              if (activeMs > 0) statuses.set(person, { status: isOnline ? 'online' : 'offline', lastActiveAt: instant(activeMs) });
            }
          },
        );
        return statuses;
      }),
    delivered: (person, _device, channel, seq) => move(deliveredKey(person, channel), seq),
    received: (person, _device, channel, seq) => move(receivedKey(person, channel), seq),
    deliveredTo: (people, channel) => furthestOf(people, (person) => [deliveredKey(person, channel), receivedKey(person, channel)]),
    receivedBy: (people, channel) => furthestOf(people, (person) => [receivedKey(person, channel)]),
    [Symbol.asyncDispose]: async () => undefined, // the connection is its owner's
  };
}

/** Names of gateways have no space. */
const fieldOf = ({ gateway, device }: DevicePresence): string => `${gateway} ${device}`;

/** Waits for the others where one fails: what follows in the same adapter comes after all of them. */
async function allOf<Result>(runs: readonly Promise<Result>[]): Promise<readonly Result[]> {
  await Promise.allSettled(runs);
  return Promise.all(runs);
}

/**
 * KEYS[1]: by gateway, when it was last heard of and until when it is alive, `seen:until`. Other keys: of a person, a field for each
 * connection, and `@`, when the person was last active. All in milliseconds of the server's clock.
 */
const COMMON = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local signs = {}
local function sign(connection)
  local gateway = string.match(connection, '^(%S+) ')
  if not signs[gateway] then
    local seen, untilMs = string.match(redis.call('HGET', KEYS[1], gateway) or '0:0', '(%d+):(%d+)')
    signs[gateway] = { seen = tonumber(seen), alive = tonumber(untilMs) > now }
  end
  return signs[gateway]
end
local function touch(key, active, kept)
  local fields = redis.call('HGETALL', key)
  for i = 1, #fields, 2 do
    if fields[i] == '@' then
      active = math.max(active, tonumber(fields[i + 1]))
    else
      local gateway = sign(fields[i])
      active = math.max(active, gateway.seen)
      if gateway.seen > 0 and not gateway.alive then redis.call('HDEL', key, fields[i]) end
    end
  end
  redis.call('HSET', key, '@', string.format('%.0f', active))
  redis.call('PEXPIRE', key, kept)
end
`;

/** Gateways that are forgotten are looked for when one is new. */
const KEEP_ALIVE = redisScript(`${COMMON}
local known = redis.call('HEXISTS', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f:%.0f', now, now + ARGV[2]))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if known == 0 then
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do
    if tonumber(string.match(all[i + 1], '%d+')) < now - ARGV[3] then redis.call('HDEL', KEYS[1], all[i]) end
  end
end
return known
`);

const ARRIVE = redisScript(`${COMMON}
for i = 2, #KEYS do
  touch(KEYS[i], now, ARGV[1])
  redis.call('HSET', KEYS[i], ARGV[i], '')
end
`);

const LEAVE = redisScript(`${COMMON}
for i = 2, #KEYS do
  redis.call('HDEL', KEYS[i], ARGV[2 * i - 2])
  touch(KEYS[i], now - ARGV[2 * i - 1], ARGV[1])
end
`);

const STATUS_OF = redisScript(`${COMMON}
local statuses = {}
for i = 2, #KEYS do
  local online, active = 0, 0
  local fields = redis.call('HGETALL', KEYS[i])
  for f = 1, #fields, 2 do
    if fields[f] == '@' then
      active = math.max(active, tonumber(fields[f + 1]))
    else
      local gateway = sign(fields[f])
      active = math.max(active, gateway.seen)
      if gateway.alive then online = 1 end
    end
  end
  statuses[2 * i - 3] = online
  statuses[2 * i - 2] = active
end
return statuses
`);

const MOVE = redisScript(`
local seq = tonumber(redis.call('GET', KEYS[1]) or '-1')
redis.call('SET', KEYS[1], string.format('%.0f', math.max(seq, tonumber(ARGV[1]))), 'PX', ARGV[2])
`);
