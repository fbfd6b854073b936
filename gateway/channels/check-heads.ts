/**
 * Detects messages whose hint was lost, by comparing the heads of channels with the cursors of connections; with every ping. Closes
 * channels to which the person no longer belongs.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Connection } from '../connection/connection.ts';
import { closeCursor } from '../connection/cursors.ts';
import { sendFrame } from '../connection/send-queue.ts';
import { checkAnnouncements, type Announcements } from './announcements.ts';
import { requestCatchUp, type CatchUp } from './catch-up.ts';
import { headsOf, membersOfAll, type ViewQueries } from './view-queries.ts';

/** One query of the heads serves all of these connections. */
export async function checkHeads(
  { queries, catchUp, announcements }: { readonly queries: ViewQueries; readonly catchUp: CatchUp; readonly announcements: Announcements },
  connections: readonly Connection[],
): Promise<void> {
  await checkAnnouncements(announcements, queries, connections);
  const withChannels = connections.filter(({ cursors }) => cursors !== undefined && cursors.size > 0);
  if (withChannels.length === 0) return;
  const channels = [...new Set(withChannels.flatMap(({ cursors }) => [...(cursors?.keys() ?? [])]))];
  const [heads, members] = await Promise.all([headsOf(queries, channels), membersOfAll(queries, channels)]);
  for (const connection of withChannels) {
    if (connection.phase !== 'live' || connection.identity === undefined || connection.cursors === undefined) continue;
    const { person } = connection.identity;
    const sentUpTo: Record<ChannelId, number> = {};
    for (const [channel, cursor] of connection.cursors) {
      if (!members.get(channel)?.includes(person)) {
        closeCursor(connection, channel);
        continue;
      }
      sentUpTo[channel] = cursor;
      if ((heads.get(channel) ?? -1) > cursor) requestCatchUp(catchUp, connection, channel);
    }
    if (Object.keys(sentUpTo).length > 0) sendFrame(connection, { type: 'heads', heads: sentUpTo });
  }
}
