/**
 * Fills gaps from the log. One read a channel serves every connection that is behind in it; what is read is offered to each in
 * order, and those that have it drop it. A read that fails is not tried again here: the next look at the heads finds the gap.
 */
import type { MessageEntry } from '../domain/chat/message-entry.ts';
import type { ChannelId } from '../domain/shared/ids.ts';
import type { History } from './history.ts';
import type { Session } from './session.ts';

const PAGE_EVENTS = 100;

type Cursors = Pick<Session, 'cursors'>;

export type CatchUp<Behind extends Cursors = Session> = {
  readonly need: (session: Behind, channel: ChannelId) => void;
  /** Channels that are being read. */
  readonly reading: () => number;
};

export type CatchUpDependencies<Behind extends Cursors> = {
  readonly history: Pick<History, 'page'>;
  readonly deliver: (sessions: Iterable<Behind>, channel: ChannelId, entry: MessageEntry) => void;
  readonly failed: (error: unknown) => void;
};

export function createCatchUp<Behind extends Cursors>({ history, deliver, failed }: CatchUpDependencies<Behind>): CatchUp<Behind> {
  const channels = new Map<ChannelId, { readonly behind: Set<Behind>; again: boolean }>();

  const readAll = async (channel: ChannelId, work: { readonly behind: Set<Behind>; again: boolean }) => {
    try {
      for (;;) {
        work.again = false;
        const from = Math.min(...Array.from(work.behind, (session) => session.cursors?.get(channel) ?? Infinity)) + 1;
        if (from === Infinity) return;
        const { entries, lastSeq } = await history.page(channel, { from, limit: PAGE_EVENTS });
        for (const entry of entries) {
          for (const session of work.behind) passOver(session, channel, entry.seq - 1, from);
          deliver(work.behind, channel, entry);
        }
        if (lastSeq !== undefined) for (const session of work.behind) passOver(session, channel, lastSeq, from);
        if ((lastSeq === undefined || lastSeq - from + 1 < PAGE_EVENTS) && !work.again) return;
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

/** What could not be decoded is passed over, or the channel would stand still for ever; the client sees the jump and asks the history. */
function passOver(session: Cursors, channel: ChannelId, lastSeq: number, from: number): void {
  const cursor = session.cursors?.get(channel);
  if (cursor !== undefined && cursor >= from - 1 && cursor < lastSeq) session.cursors?.set(channel, lastSeq);
}
