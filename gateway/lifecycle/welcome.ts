/** Makes a connection live: sends the welcome and the missed messages, and catches up on messages that were posted while those were read. */
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { FIRST_EPOCH, type LogEpoch } from '../../ports/event-log/port.ts';
import { followAnnouncements, type Announcements } from '../channels/announcements.ts';
import { requestCatchUp, type CatchUp } from '../channels/catch-up.ts';
import { noteSender } from '../channels/recent-senders.ts';
import type { ResumeResult } from '../channels/load-resume.ts';
import type { Connection, Identity } from '../connection/connection.ts';
import { openCursor } from '../connection/cursors.ts';
import { sendFrame } from '../connection/send-queue.ts';
import type { ClientFrame } from '../protocol/frames.ts';
import { startPinging, type Keepalive } from './keepalive.ts';

export type WelcomeDependencies = {
  readonly catchUp: CatchUp;
  readonly announcements: Announcements;
  readonly keepalive: Keepalive;
  readonly clock: () => Instant;
  readonly gateway: string;
  readonly epoch: LogEpoch;
  readonly pingEveryMs: number;
  readonly heartbeatEveryMs: number;
};

/** Answers the frames that came too early, to be handled now. */
export function welcome(dependencies: WelcomeDependencies, connection: Connection, { person }: Identity, resumed: ResumeResult): readonly ClientFrame[] {
  const { catchUp, announcements, keepalive, clock, gateway, epoch, pingEveryMs, heartbeatEveryMs } = dependencies;
  const { recovered, heads } = resumed;
  sendFrame(connection, {
    type: 'welcome',
    serverTime: clock(),
    person,
    gateway,
    ...(epoch === FIRST_EPOCH ? {} : { epoch }),
    recovered,
    heads: Object.fromEntries(heads),
    pingEveryMs,
    heartbeatEveryMs,
  });
  if (resumed.recovered) {
    for (const { channel, entries, lastSeq, hiddenUpTo } of resumed.missed) {
      if (hiddenUpTo !== undefined) sendFrame(connection, { type: 'heads', heads: { [channel]: hiddenUpTo } });
      for (const entry of entries) {
        noteSender(catchUp.delivery.senders, channel, entry);
        sendFrame(connection, { type: 'message', channel, ...entry });
      }
      openCursor(connection, channel, lastSeq);
    }
  } else for (const channel of resumed.openedChannels) openCursor(connection, channel, heads.get(channel) ?? -1);
  for (const channel of resumed.announcements)
    followAnnouncements(announcements, connection, channel, connection.cursors?.get(channel) ?? heads.get(channel) ?? -1);
  startPinging(keepalive, connection);
  const { buffered } = connection;
  connection.buffered = undefined;
  for (const [channel, seq] of buffered?.lagging ?? []) catchUpOn(catchUp, connection, { channel, seq, toldHead: heads.get(channel) });
  return buffered?.frames ?? [];
}

/** A message was posted while the resume was read. A channel of the client's cursors is open; of another the client knows the head that it was told. */
function catchUpOn(
  catchUp: CatchUp,
  connection: Connection,
  { channel, seq, toldHead }: { readonly channel: ChannelId; readonly seq: number; readonly toldHead: number | undefined },
): void {
  if (connection.cursors?.has(channel) !== true) {
    openCursor(connection, channel, toldHead ?? seq);
    if (toldHead === undefined) return sendFrame(connection, { type: 'heads', heads: { [channel]: seq } });
  }
  if ((connection.cursors?.get(channel) ?? seq) < seq) requestCatchUp(catchUp, connection, channel);
}
