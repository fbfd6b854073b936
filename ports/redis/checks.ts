/** What a process asks of a Redis when it starts. */
import type { RedisConnection } from './connect.ts';

/**
 * Throws unless every node keeps what it has when its memory is full (`maxmemory-policy noeviction`): presence, limits, jobs and who
 * listens where would vanish one by one otherwise. Only the feed cache may lose its keys.
 */
export async function assertNoEviction(connection: RedisConnection): Promise<void> {
  for (const info of await connection.everywhere(['INFO', 'memory'])) {
    const policy = fieldOf(info, 'maxmemory_policy');
    if (policy !== 'noeviction')
      throw new Error(`This Redis evicts keys (maxmemory-policy ${policy}); it must be noeviction for everything but the feed cache.`);
  }
}

/** SPUBLISH and SSUBSCRIBE came with it. */
const VERSION_MIN = 7;

/** Throws where a node is too old for what the adapters ask of it. */
export async function assertVersion(connection: Pick<RedisConnection, 'everywhere'>): Promise<void> {
  for (const info of await connection.everywhere(['INFO', 'server'])) {
    const version = fieldOf(info, 'redis_version');
    if (Number.parseInt(version, 10) < VERSION_MIN) throw new Error(`This Redis is of version ${version}; it must be ${VERSION_MIN} or later.`);
  }
}

/** Names the history of a node's data: another one after a restart and after the promotion of a replica. */
export async function replicationIds(connection: RedisConnection): Promise<readonly string[]> {
  return (await connection.everywhere(['INFO', 'replication'])).map((info) => fieldOf(info, 'master_replid'));
}

function fieldOf(info: unknown, field: string): string {
  const found = new RegExp(`^${field}:(\\S+)\\r?$`, 'm').exec(String(info))?.[1];
  if (found === undefined) throw new Error(`This Redis doesn’t tell its ${field}.`);
  return found;
}
