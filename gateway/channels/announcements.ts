/**
 * Announcement channels, which may have thousands of members: nothing of them is delivered. Each has a topic of the broadcast, to which a
 * gateway listens once for all of its connections, and a connection is told by which `seq` something was said: its client fetches it.
 * What a connection missed it is told with its next check, as far as the heads have come.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import { announcementsTopicOf, type LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import { inboxId } from '../../projections/read-models/chat/inbox.ts';
import type { Connection } from '../connection/connection.ts';
import { sendFrame } from '../connection/send-queue.ts';
import { headsOf, type ViewQueries } from './view-queries.ts';

const ROWS_READ_AT_ONCE_MAX = 1_000;

type Followed = { readonly connections: Set<Connection>; readonly subscription: Disposable };

export type Announcements = { readonly broadcast: Pick<Broadcast, 'listen'>; readonly channels: Map<ChannelId, Followed> };

export const createAnnouncements = (broadcast: Pick<Broadcast, 'listen'>): Announcements => ({ broadcast, channels: new Map() });

/** `head`: up to where the client knows. */
export function followAnnouncements(announcements: Announcements, connection: Connection, channel: ChannelId, head: number): void {
  connection.announced ??= new Map();
  if (connection.announced.has(channel)) return;
  connection.announced.set(channel, head);
  (announcements.channels.get(channel) ?? listenTo(announcements, channel)).connections.add(connection);
}

export function unfollowAnnouncements({ channels }: Announcements, connection: Connection, channel: ChannelId): void {
  if (connection.announced?.delete(channel) !== true) return;
  const followed = channels.get(channel);
  followed?.connections.delete(connection);
  if (followed === undefined || followed.connections.size > 0) return;
  followed.subscription[Symbol.dispose]();
  channels.delete(channel);
}

export function unfollowAllAnnouncements(announcements: Announcements, connection: Connection): void {
  for (const channel of connection.announced?.keys() ?? []) unfollowAnnouncements(announcements, connection, channel);
}

/** Of connections that follow any: tells what no hint told of, and stops where the person has left. */
export async function checkAnnouncements(announcements: Announcements, queries: ViewQueries, connections: readonly Connection[]): Promise<void> {
  const following = connections.filter(({ announced }) => announced !== undefined && announced.size > 0);
  if (following.length === 0) return;
  const heads = await headsOf(queries, [...new Set(following.flatMap(({ announced }) => [...(announced?.keys() ?? [])]))]);
  const rows = following.flatMap((connection) => [...(connection.announced?.keys() ?? [])].map((channel) => ({ connection, channel })));
  for (let at = 0; at < rows.length; at += ROWS_READ_AT_ONCE_MAX) {
    const some = rows.slice(at, at + ROWS_READ_AT_ONCE_MAX);
    const found = await queries.views.getMany(
      'inbox',
      some.map(({ connection, channel }) => inboxId(connection.identity?.person ?? ('' as never), channel)),
    );
    for (const [i, { connection, channel }] of some.entries()) {
      if (found[i]?.member === true) tell(connection, channel, heads.get(channel) ?? -1);
      else unfollowAnnouncements(announcements, connection, channel);
    }
  }
}

function listenTo({ broadcast, channels }: Announcements, channel: ChannelId): Followed {
  const connections = new Set<Connection>();
  const subscription = broadcast.listen(announcementsTopicOf(channel), (published) => {
    const hint = published as LiveHint;
    if (hint.kind === 'announced') for (const connection of connections) tell(connection, channel, hint.seq);
  });
  const followed = { connections, subscription };
  channels.set(channel, followed);
  return followed;
}

function tell(connection: Connection, channel: ChannelId, seq: number): void {
  if (connection.phase !== 'live' || seq <= (connection.announced?.get(channel) ?? seq)) return;
  connection.announced?.set(channel, seq);
  sendFrame(connection, { type: 'announced', channel, seq });
}
