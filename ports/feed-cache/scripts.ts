/**
 * What the feed cache does on Redis, one script each, so that nobody sees a feed half changed.
 *
 * A feed is a sorted set. All scores are 0, so that its members are in the order of their bytes: first a sentinel, then the posts, then
 * the pulled authors, each behind a tilde, which no post begins with. All are in one key, for eviction takes keys one by one. The
 * sentinel is `!`, `b` while the feed is being built or `w`, the epoch, the token of the build, and the floor (nothing for null). Of 64 bytes at most: one member above that
 * (`zset-max-listpack-value`) makes the whole set four times as large.
 *
 * The epoch is the generation of the group, which `invalidateAll` changes, and the server's replication id, which changes when a server
 * restarts, from disk or empty, and when a replica is promoted that may lack the newest posts. A feed of another epoch is cold.
 */
import { EPOCH_CHARACTERS, EPOCH_LUA } from '../redis/epoch.ts';
import { redisScript } from '../redis/script.ts';
import { FEED_POSTS_MAX, FEED_SLACK_POSTS } from './port.ts';

/** What stands before the id of a pulled author. */
export const PULLED = '~';
export const TOKEN_CHARACTERS = 16;
const STATE = 2;
const EPOCH_FROM = STATE + 1;
const TOKEN_FROM = EPOCH_FROM + EPOCH_CHARACTERS;
const FLOOR_FROM = TOKEN_FROM + TOKEN_CHARACTERS;

/** So many arguments go to one call; Lua's stack takes some thousands. */
const ZADD_POSTS_MAX = 500;

const PRELUDE = `${EPOCH_LUA}
local function sentinelOf(feed, epoch)
  if not epoch then return nil end
  local first = redis.call('ZRANGE', feed, 0, 0)[1]
  if first and string.sub(first, ${EPOCH_FROM}, ${TOKEN_FROM - 1}) == epoch then return first end
  return nil
end

local function stateOf(sentinel) return string.sub(sentinel, ${STATE}, ${STATE}) end
local function tokenOf(sentinel) return string.sub(sentinel, ${TOKEN_FROM}, ${FLOOR_FROM - 1}) end
local function floorOf(sentinel) return string.sub(sentinel, ${FLOOR_FROM}) end

-- By bytes, as the sorted set compares: Lua's own comparison goes by the server's locale.
local function isAbove(post, floor)
  for i = 1, #floor do
    local one, other = string.byte(post, i) or -1, string.byte(floor, i)
    if one ~= other then return one > other end
  end
  return #post > #floor
end

local function writeSentinel(feed, old, state, floor)
  local new = '!' .. state .. string.sub(old, ${EPOCH_FROM}, ${FLOOR_FROM - 1}) .. floor
  if new == old then return end
  redis.call('ZREM', feed, old)
  redis.call('ZADD', feed, 0, new)
end

-- The floor that the feed has when it is no larger than its cap, and the posts up to it are gone.
local function trim(feed, floor)
  if redis.call('ZCARD', feed) - 1 <= ${FEED_POSTS_MAX + FEED_SLACK_POSTS} then return floor end
  local posts = redis.call('ZLEXCOUNT', feed, '-', '(${PULLED}') - 1
  if posts <= ${FEED_POSTS_MAX + FEED_SLACK_POSTS} then return floor end
  local removed = posts - ${FEED_POSTS_MAX}
  floor = redis.call('ZRANGE', feed, removed, removed)[1]
  redis.call('ZREMRANGEBYRANK', feed, 1, removed)
  return floor
end
`;

/** KEYS: of each group its generation and its feeds. ARGV: the post, and of each group the number of its feeds. Answers how many feeds are warm or being built, and the indexes, from 0, of those in which it is new. */
export const ADD = redisScript(`${PRELUDE}
local post = ARGV[1]
local new = {}
local key, index, warm = 1, 0, 0
for group = 2, #ARGV do
  local epoch = epochOf(KEYS[key])
  for i = 1, tonumber(ARGV[group]) do
    local feed = KEYS[key + i]
    local sentinel = sentinelOf(feed, epoch)
    if sentinel then warm = warm + 1 end
    if sentinel and isAbove(post, floorOf(sentinel)) and redis.call('ZADD', feed, 'NX', 0, post) == 1 then
      new[#new + 1] = index
      local floor = floorOf(sentinel)
      local raised = trim(feed, floor)
      if raised ~= floor then writeSentinel(feed, sentinel, stateOf(sentinel), raised) end
    end
    index = index + 1
  end
  key = key + 1 + tonumber(ARGV[group])
end
return { warm, new }`);

/** KEYS: of each group its generation and its feeds. ARGV: the author, and of each group the number of its feeds. Answers how many feeds are warm or being built. */
export const PULL = redisScript(`${PRELUDE}
local key, warm = 1, 0
for group = 2, #ARGV do
  local epoch = epochOf(KEYS[key])
  for i = 1, tonumber(ARGV[group]) do
    if sentinelOf(KEYS[key + i], epoch) then
      warm = warm + 1
      redis.call('ZADD', KEYS[key + i], 0, '${PULLED}' .. ARGV[1])
    end
  end
  key = key + 1 + tonumber(ARGV[group])
end
return warm`);

/** KEYS: generation, feed. ARGV: time to live in ms, limit, the post before which to read or nothing. Answers the floor, the posts and the pulled authors, or nil where the feed is cold. */
export const PAGE = redisScript(`${PRELUDE}
local feed = KEYS[2]
local sentinel = sentinelOf(feed, epochOf(KEYS[1]))
if not sentinel or stateOf(sentinel) ~= 'w' then return nil end
redis.call('PEXPIRE', feed, ARGV[1])
local before = '(' .. (ARGV[3] == '' and '${PULLED}' or ARGV[3])
return {
  floorOf(sentinel),
  redis.call('ZRANGE', feed, before, '(' .. sentinel, 'BYLEX', 'REV', 'LIMIT', 0, ARGV[2]),
  redis.call('ZRANGE', feed, '[${PULLED}', '+', 'BYLEX')
}`);

/** KEYS: generation, feed. ARGV: time to live in ms. Answers the token, or nil where the feed is cold. */
export const WARM_TOKEN = redisScript(`${PRELUDE}
local sentinel = sentinelOf(KEYS[2], epochOf(KEYS[1]))
if not sentinel or stateOf(sentinel) ~= 'w' then return nil end
redis.call('PEXPIRE', KEYS[2], ARGV[1])
return tokenOf(sentinel)`);

/** KEYS: generation, feed. ARGV: a generation for the group that has none, the token, how long the build may take in ms. */
export const BEGIN_BUILD = redisScript(`${PRELUDE}
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('DEL', KEYS[2])
redis.call('ZADD', KEYS[2], 0, '!b' .. epochOf(KEYS[1]) .. ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])`);

/** KEYS: generation, feed. ARGV: time to live in ms, the token, the floor or nothing, the posts and the pulled authors as they are kept. */
export const WARM = redisScript(`${PRELUDE}
local feed = KEYS[2]
local sentinel = sentinelOf(feed, epochOf(KEYS[1]))
if not sentinel or stateOf(sentinel) ~= 'b' or tokenOf(sentinel) ~= ARGV[2] then return end
for from = 4, #ARGV, ${ZADD_POSTS_MAX} do
  local scored = {}
  for i = from, math.min(from + ${ZADD_POSTS_MAX - 1}, #ARGV) do
    scored[#scored + 1] = 0
    scored[#scored + 1] = ARGV[i]
  end
  redis.call('ZADD', feed, unpack(scored))
end
local floor = floorOf(sentinel)
if isAbove(ARGV[3], floor) then floor = ARGV[3] end
if floor ~= '' then redis.call('ZREMRANGEBYLEX', feed, '(' .. sentinel, '[' .. floor) end
writeSentinel(feed, sentinel, 'w', trim(feed, floor))
redis.call('PEXPIRE', feed, ARGV[1])`);
