/**
 * A look at how far the open channels of some connections have come, with every ping: what a lost hint would have told is found
 * here, and a person who no longer belongs to a channel is no longer looked after in it.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { CatchUp } from './catch-up.ts';
import { drop } from '../connection/cursors.ts';
import type { ServerFrame } from '../protocol/frames.ts';
import type { ViewQueries } from './view-queries.ts';
import type { Connection } from '../connection/connection.ts';

export type HeadsDependencies = {
  readonly reads: Pick<ViewQueries, 'headsOf' | 'membersOfAll'>;
  readonly catchUp: Pick<CatchUp, 'need'>;
  readonly answer: (connection: Connection, frame: ServerFrame) => void;
};

/** One look serves all of these connections. */
export async function checkHeads({ reads, catchUp, answer }: HeadsDependencies, connections: readonly Connection[]): Promise<void> {
  const looking = connections.filter(({ cursors }) => cursors !== undefined && cursors.size > 0);
  if (looking.length === 0) return;
  const channels = [...new Set(looking.flatMap(({ cursors }) => [...(cursors?.keys() ?? [])]))];
  const [heads, members] = await Promise.all([reads.headsOf(channels), reads.membersOfAll(channels)]);
  for (const connection of looking) {
    if (connection.phase !== 'live' || connection.who === undefined || connection.cursors === undefined) continue;
    const { person } = connection.who;
    const told: Record<ChannelId, number> = {};
    for (const [channel, cursor] of connection.cursors) {
      if (!members.get(channel)?.includes(person)) {
        drop(connection, channel);
        continue;
      }
      told[channel] = cursor;
      if ((heads.get(channel) ?? -1) > cursor) catchUp.need(connection, channel);
    }
    if (Object.keys(told).length > 0) answer(connection, { type: 'heads', heads: told });
  }
}
