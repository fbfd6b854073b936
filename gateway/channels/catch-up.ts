/**
 * Fills gaps from the log. One read of a channel serves every connection that lags in it: each is offered the messages in order, and
 * those that it has are duplicates. A read that fails is not tried again here, and a client that takes its pages slowly is left
 * lagging: the next check of the heads finds the gap.
 */
import type { LoadState } from '../../commands/handling/handle.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { Connection } from '../connection/connection.ts';
import { closeCursor, openCursor, skipTo } from '../connection/cursors.ts';
import { hasCapacity, sendFrame } from '../connection/send-queue.ts';
import { deliver, type MessageDelivery } from './deliver-to-connections.ts';
import { readPage, type HistoryPage, type StreamReader } from './history.ts';
import { membershipFromLog } from './membership.ts';

const PAGE_EVENTS = 100;
/** A page goes out at once, and must leave room in a send queue for messages that come meanwhile. */
const PAGE_BYTES_MAX = 256 * 1024;

export type CatchUpDependencies = {
  readonly history: StreamReader;
  readonly loadState: LoadState;
  readonly delivery: MessageDelivery;
  readonly reportError: (error: unknown) => void;
};

/** `readAgain`: a connection was added while the last page was read. */
type ChannelRead = { readonly lagging: Set<Connection>; readAgain: boolean };

export type CatchUp = CatchUpDependencies & { readonly reads: Map<ChannelId, ChannelRead> };

export const createCatchUp = (dependencies: CatchUpDependencies): CatchUp => ({ ...dependencies, reads: new Map() });

/** Sends the connection what it lacks in the channel, from its cursor on. */
export function requestCatchUp(catchUp: CatchUp, connection: Connection, channel: ChannelId): void {
  const read = catchUp.reads.get(channel);
  if (read !== undefined) {
    read.lagging.add(connection);
    read.readAgain = true;
    return;
  }
  const started = { lagging: new Set([connection]), readAgain: false };
  catchUp.reads.set(channel, started);
  void readToHead(catchUp, channel, started);
}

async function readToHead({ history, loadState, delivery, reads, reportError }: CatchUp, channel: ChannelId, read: ChannelRead): Promise<void> {
  const { lagging } = read;
  try {
    for (;;) {
      read.readAgain = false;
      for (const connection of lagging) if (!hasCapacity(connection)) lagging.delete(connection);
      const from = Math.min(...Array.from(lagging, ({ cursors }) => cursors?.get(channel) ?? Infinity)) + 1;
      if (from === Infinity) return;
      const { entries, lastSeq, isCut } = await readSomePage(history, channel, from);
      const readsFrom = await membershipFromLog(loadState, channel); // only now: a removal before any of these messages is known
      for (const connection of lagging) {
        const cursor = connection.cursors?.get(channel);
        const first = cursor === undefined || connection.identity === undefined ? undefined : readsFrom(connection.identity.person);
        if (first !== undefined) {
          if (cursor !== undefined && cursor < first - 1) openFrom(connection, channel, first - 1);
          continue;
        }
        closeCursor(connection, channel);
        lagging.delete(connection);
      }
      for (const entry of entries) {
        for (const connection of lagging) {
          skipTo(connection, channel, { seq: entry.seq - 1, after: from - 1 });
          if (connection.phase === 'live') deliver(delivery, connection, channel, entry);
        }
      }
      if (lastSeq !== undefined) for (const connection of lagging) skipTo(connection, channel, { seq: lastSeq, after: from - 1 });
      if ((lastSeq === undefined || lastSeq - from + 1 < PAGE_EVENTS) && !isCut && !read.readAgain) return;
    }
  } catch (error) {
    reportError(error);
  } finally {
    reads.delete(channel);
  }
}

/** What was said before a member may read is not sent, and the client is told up to where. */
function openFrom(connection: Connection, channel: ChannelId, seq: number): void {
  openCursor(connection, channel, seq);
  sendFrame(connection, { type: 'heads', heads: { [channel]: seq } });
}

/** One message may be larger than a page: it is read alone. */
async function readSomePage(history: StreamReader, channel: ChannelId, from: number): Promise<HistoryPage> {
  const page = await readPage(history, channel, { from, limit: PAGE_EVENTS, bytesMax: PAGE_BYTES_MAX });
  return page.lastSeq === undefined && page.isCut ? { ...(await readPage(history, channel, { from, limit: 1 })), isCut: true } : page;
}
