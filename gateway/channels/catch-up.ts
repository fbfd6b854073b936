/**
 * Fills gaps from the log. One read a channel serves every connection that is behind in it; what is read is offered to each in
 * order, and those that have it drop it. A read that fails is not tried again here, and who is slow to take the pages is left
 * behind: the next look at the heads finds the gap.
 */
import type { MessageEntry } from '../../domain/chat/message-entry.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import type { MembershipLookup } from './membership.ts';
import { drop } from '../connection/cursors.ts';
import type { History } from './history.ts';
import type { Connection } from '../connection/connection.ts';

const PAGE_EVENTS = 100;
/** A page goes out at once, and must leave room in a connection's queue for what comes meanwhile. */
const PAGE_BYTES_MAX = 256 * 1024;

type Cursors = Pick<Connection, 'cursors' | 'dropped' | 'who'>;

export type CatchUp<Behind extends Cursors = Connection> = {
  readonly need: (session: Behind, channel: ChannelId) => void;
  /** Channels that are being read. */
  readonly reading: () => number;
};

export type CatchUpDependencies<Behind extends Cursors> = {
  readonly history: Pick<History, 'page'>;
  readonly deliver: (sessions: Iterable<Behind>, channel: ChannelId, entry: MessageEntry) => void;
  readonly belonging: MembershipLookup;
  /** Whether it has taken most of what it was sent. */
  readonly isTaking: (session: Behind) => boolean;
  readonly failed: (error: unknown) => void;
};

export function createCatchUp<Behind extends Cursors>({ history, deliver, belonging, isTaking, failed }: CatchUpDependencies<Behind>): CatchUp<Behind> {
  const channels = new Map<ChannelId, { readonly behind: Set<Behind>; again: boolean }>();

  const readAll = async (channel: ChannelId, work: { readonly behind: Set<Behind>; again: boolean }) => {
    try {
      for (;;) {
        work.again = false;
        for (const session of work.behind) if (!isTaking(session)) work.behind.delete(session);
        const from = Math.min(...Array.from(work.behind, (session) => session.cursors?.get(channel) ?? Infinity)) + 1;
        if (from === Infinity) return;
        const { entries, lastSeq, isCut } = await pageFrom(history, channel, from);
        const belongs = await belonging(channel); // only now: who was removed before any of this was said is known to have been
        for (const session of work.behind) {
          if (session.cursors?.has(channel) === true && session.who !== undefined && belongs(session.who.person)) continue;
          drop(session, channel);
          work.behind.delete(session);
        }
        for (const entry of entries) {
          for (const session of work.behind) passOver(session, channel, entry.seq - 1, from);
          deliver(work.behind, channel, entry);
        }
        if (lastSeq !== undefined) for (const session of work.behind) passOver(session, channel, lastSeq, from);
        if ((lastSeq === undefined || lastSeq - from + 1 < PAGE_EVENTS) && !isCut && !work.again) return;
      }
    } catch (error) {
      failed(error);
    } finally {
      channels.delete(channel);
    }
  };

  return {
    need: (session, channel) => {
      const reading = channels.get(channel);
      if (reading !== undefined) {
        reading.behind.add(session);
        reading.again = true;
        return;
      }
      const work = { behind: new Set([session]), again: false };
      channels.set(channel, work);
      void readAll(channel, work);
    },
    reading: () => channels.size,
  };
}

/** One thing said may be larger than a page. */
async function pageFrom(history: Pick<History, 'page'>, channel: ChannelId, from: number): ReturnType<History['page']> {
  const page = await history.page(channel, { from, limit: PAGE_EVENTS, bytesMax: PAGE_BYTES_MAX });
  return page.lastSeq === undefined && page.isCut ? { ...(await history.page(channel, { from, limit: 1 })), isCut: true } : page;
}

/** What could not be decoded is passed over, or the channel would stand still for ever; the client sees the jump and asks the history. */
function passOver(session: Cursors, channel: ChannelId, lastSeq: number, from: number): void {
  const cursor = session.cursors?.get(channel);
  if (cursor !== undefined && cursor >= from - 1 && cursor < lastSeq) session.cursors?.set(channel, lastSeq);
}
