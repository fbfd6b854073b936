/**
 * What Bull doesn't do by itself, in scripts of ours: counting and adding in one step, and the age of the oldest job that is due.
 * Bull's own script adds each job, so that only Bull knows how it keeps them.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import type { BullClient } from './bull-connections.ts';
import type { QueueDepth } from './port.ts';

type BullScript = { readonly content: string };
const { content: BULL_ADD_JOB } = createRequire(import.meta.url)('bull/lib/scripts/addJob-6.js') as BullScript;

/** The keys of a queue share a slot of a cluster, by their hash tag. */
export const bullNameOf = (queue: string): string => `{${queue}}`;
/** Bull keeps a job under its id beside keys of its own: the full stop keeps the two apart. */
export const bullIdOf = (id: string): string => `${id}.`;
export const jobIdOf = (bullId: string): string => bullId.slice(0, -1);

const keyOf = (prefix: string, queue: string, key: string): string => `${prefix}:${bullNameOf(queue)}:${key}`;
/** Jobs that wait, run, or wait for another try, by the moment from which they are due. */
export const dueKey = (prefix: string, queue: string): string => keyOf(prefix, queue, 'due');
/** The names of all queues. */
export const queuesKey = (prefix: string): string => `${prefix}:queues`;

/** A hash without `data` is what is left of a job that was lost, such as the mark of a worker that did not know. */
const ADD = `
local function addJob(KEYS, ARGV)
${BULL_ADD_JOB}
end
local prefix, opts = ARGV[1], cmsgpack.pack(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.ceil(time[2] / 1000)
local known, fresh = {}, {}
for i = 4, #ARGV, 3 do
  local id = ARGV[i]
  if not known[id] and redis.call('HEXISTS', prefix .. id, 'data') == 0 then fresh[#fresh + 1] = i end
  known[id] = true
end
if redis.call('LLEN', KEYS[1]) + redis.call('ZCARD', KEYS[5]) + #fresh > tonumber(ARGV[2]) then return -1 end
for _, i in ipairs(fresh) do
  local id, data, delay = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local dueAt = string.format('%.0f', now + delay)
  redis.call('DEL', prefix .. id, prefix .. id .. ':lock')
  addJob({ KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6] },
    { prefix, id, '__default__', data, opts, string.format('%.0f', now), ARGV[i + 2], delay > 0 and dueAt or '0', '0', 'LPUSH', 'added', '', '', '' })
  redis.call('ZADD', KEYS[7], dueAt, id)
end
return #fresh
`;

/** Jobs that run have a lock; those that are gone are forgotten here. Bull counts the finished ones (`COUNTED_MINUTES`). */
const DEPTH = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local oldest, running = nil, 0
repeat
  local due = redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'WITHSCORES', 'LIMIT', running, 100)
  for i = 1, #due, 2 do
    local key = ARGV[1] .. due[i]
    if redis.call('HEXISTS', key, 'data') == 0 then redis.call('ZREM', KEYS[4], due[i])
    elseif redis.call('EXISTS', key .. ':lock') == 1 then running = running + 1
    else oldest = tonumber(due[i + 1]) break end
  end
until oldest or #due == 0
local age = oldest and now - oldest or 0
local finished = (redis.call('HGET', KEYS[5], 'count') or 0) + (redis.call('HGET', KEYS[6], 'count') or 0)
return { redis.call('LLEN', KEYS[1]), redis.call('ZCARD', KEYS[2]), redis.call('LLEN', KEYS[3]), string.format('%.0f', age), string.format('%.0f', finished) }
`;

/** Of a job that was lost while it was taken. */
const FORGET = `
local key = ARGV[1] .. ARGV[2]
if redis.call('HEXISTS', key, 'data') == 1 then return end
redis.call('DEL', key, key .. ':lock')
redis.call('LREM', KEYS[1], 0, ARGV[2])
redis.call('ZREM', KEYS[2], ARGV[2])
`;

/** To where it came from, by whoever has its lock. */
const PUT_BACK = `
local key = ARGV[1] .. ARGV[2]
if redis.call('GET', key .. ':lock') ~= ARGV[3] or redis.call('LREM', KEYS[1], -1, ARGV[2]) == 0 then return end
redis.call('DEL', key .. ':lock')
redis.call('SREM', KEYS[2], ARGV[2])
redis.call('RPUSH', KEYS[3], ARGV[2])
`;

/** `opts`: Bull's options of each job, as JSON. */
export type AddedJobs = {
  readonly waitingMax: number;
  readonly opts: string;
  readonly jobs: readonly { readonly id: string; readonly data: string; readonly delayMs: number }[];
};

export type BullScripts = {
  /** `full`: none was added. */
  add(queue: string, added: AddedJobs): Promise<'added' | 'full'>;
  depth(queue: string): Promise<QueueDepth>;
  /** Removes what is left of a job whose data are lost. */
  forget(queue: string, bullId: string): Promise<void>;
  /** A job that was taken and not begun waits again, as the first. `token`: of the lock. */
  putBack(queue: string, bullId: string, token: string): Promise<void>;
};

export function bullScripts(client: BullClient, prefix: string): BullScripts {
  const keysOf = (queue: string, names: readonly string[]) => names.map((name) => keyOf(prefix, queue, name));
  return {
    add: async (queue, { waitingMax, opts, jobs }) => {
      const keys = keysOf(queue, ['wait', 'paused', 'meta-paused', 'id', 'delayed', 'priority', 'due']);
      const args = jobs.flatMap(({ id, data, delayMs }) => [bullIdOf(id), data, String(Math.ceil(delayMs))]);
      return (await run(client, ADD, keys, [keyOf(prefix, queue, ''), String(waitingMax), opts, ...args])) === -1 ? 'full' : 'added';
    },
    depth: async (queue) => {
      const answer = await run(client, DEPTH, keysOf(queue, ['wait', 'delayed', 'active', 'due', 'metrics:completed', 'metrics:failed']), [
        keyOf(prefix, queue, ''),
      ]);
      const [waiting = 0, delayed = 0, active = 0, oldestAgeMs = 0, finished = 0] = (answer as readonly (number | string)[]).map(Number);
      return { waiting, delayed, active, oldestAgeMs, finished };
    },
    forget: async (queue, bullId) => void (await run(client, FORGET, keysOf(queue, ['active', 'due']), [keyOf(prefix, queue, ''), bullId])),
    putBack: async (queue, bullId, token) =>
      void (await run(client, PUT_BACK, keysOf(queue, ['active', 'stalled', 'wait']), [keyOf(prefix, queue, ''), bullId, token])),
  };
}

const digests = new Map<string, string>();

/** By its digest; a server that has forgotten it gets its text again. */
async function run(client: BullClient, lua: string, keys: readonly string[], args: readonly string[]): Promise<unknown> {
  let digest = digests.get(lua);
  if (digest === undefined) digests.set(lua, (digest = createHash('sha1').update(lua).digest('hex')));
  try {
    return await client.evalsha(digest, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await client.eval(lua, keys.length, ...keys, ...args);
  }
}
