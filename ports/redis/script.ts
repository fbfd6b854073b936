import { createHash } from 'node:crypto';

/** Names its keys in KEYS alone, all of them of one slot. Servers know a script by its digest, until they are flushed or restarted. */
export type RedisScript = { readonly lua: string; readonly digest: string };

export const redisScript = (lua: string): RedisScript => ({ lua, digest: createHash('sha1').update(lua).digest('hex') });
