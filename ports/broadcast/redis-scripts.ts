/**
 * Who listens where, on Redis: of each person (`live:{group}:<person>`) the set of channels on which processes that hold the person
 * hear hints. A channel lives as long as one connection of its process; whoever publishes to one that nobody hears takes it away.
 */
import { EPOCH_LUA } from '../redis/epoch.ts';
import { redisScript } from '../redis/script.ts';

/** KEYS: the group's generation, the people. ARGV: a generation for the group that has none, the channel, time to live in ms, a character for each person: 1 held, 0 not any more. Answers the epoch. */
export const HOLD = redisScript(`${EPOCH_LUA}
redis.call('SET', KEYS[1], ARGV[1], 'NX')
for i = 2, #KEYS do
  if string.sub(ARGV[4], i - 1, i - 1) == '1' then
    redis.call('SADD', KEYS[i], ARGV[2])
    redis.call('PEXPIRE', KEYS[i], ARGV[3])
  else
    redis.call('SREM', KEYS[i], ARGV[2])
  end
end
return epochOf(KEYS[1])`);

/** KEYS: the group's generation. Answers the epoch, or nil where the group is gone. */
export const EPOCH = redisScript(`${EPOCH_LUA}
return epochOf(KEYS[1])`);

/** KEYS: people. Answers the channels of each. */
export const HOLDERS = redisScript(`
local channels = {}
for i = 1, #KEYS do channels[i] = redis.call('SMEMBERS', KEYS[i]) end
return channels`);

/** KEYS: people. ARGV: a channel that nobody hears. */
export const FORGET = redisScript(`
for i = 1, #KEYS do redis.call('SREM', KEYS[i], ARGV[1]) end`);
