/** Parking: messages that no consumer could handle are linked from the group's parked stream until an operator replays them. */
import { randomUUID } from 'node:crypto';
import type { EventStore, StoredEvent } from '../../store.ts';
import type { Logger } from '../calls/calls.ts';
import type { GroupName } from '../wire/refusals.ts';
import { LINK_TYPE, linkDataTo, readEventOf, type ResolvedEvent } from '../../read/links.ts';
import { groupKeyOf } from './checkpoint.ts';

export const parkedStreamOf = (name: GroupName) => `$persistentsubscription-${groupKeyOf(name)}-parked`;

type Store = Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata'>;

const PARK_ATTEMPTS_MAX = 5;

export type ParkingLot = ReturnType<typeof parkingLot>;

export function parkingLot({ store, logger, now }: { readonly store: Store; readonly logger: Logger; readonly now: () => number }, name: GroupName) {
  const stream = parkedStreamOf(name);
  const truncatedBefore = () => store.streamMetadata(stream).metadata.$tb ?? 0;
  /** Messages before this revision were replayed; the stream keeps them until they are done. */
  let replayedBefore = 0; // revision
  let forgotBefore = 0; // revision
  const first = () => Math.max(replayedBefore, truncatedBefore());
  async function park(resolved: ResolvedEvent, reason: string): Promise<void> {
    const original = readEventOf(resolved);
    const metadata = { added: new Date(now()).toISOString(), reason, subscriptionEventNumber: original.revision };
    const data = resolved.event === undefined ? Buffer.from(original.data) : Buffer.from(linkDataTo(resolved.event));
    const event = {
      id: randomUUID(),
      type: LINK_TYPE,
      contentType: 'application/octet-stream',
      data,
      metadata: Buffer.from(JSON.stringify(metadata)),
    } as const;
    await store.append(stream, [event], 'any');
  }

  return {
    /** Whether the message is parked; it tries several times. */
    tryToPark: async (resolved: ResolvedEvent, reason: string): Promise<boolean> => {
      for (let attempt = 1; attempt <= PARK_ATTEMPTS_MAX; attempt++) {
        try {
          await park(resolved, reason);
          return true;
        } catch (error) {
          logger.error({ err: error, ...name, attempt }, 'message not parked');
        }
      }
      return false;
    },
    /** The links before revision `stopAt`, in order of parking; each is taken once. */
    takeParked: (stopAt: number): readonly StoredEvent[] => {
      const read = store.readStream(stream, { from: first() });
      if (read.outcome !== 'found') return [];
      const links: StoredEvent[] = [];
      for (const link of read.events) {
        if (link.revision >= stopAt) break;
        links.push(link);
      }
      const last = links.at(-1);
      if (last !== undefined) replayedBefore = last.revision + 1;
      return links;
    },
    /** Whether the stream still keeps messages that were replayed. */
    isReplaying: () => replayedBefore > forgotBefore,
    /** Truncates the stream before the first of `unfinished`: the revisions of replayed messages that are not done. */
    forgetFinished: async (unfinished: readonly number[]): Promise<void> => {
      const before = unfinished.reduce((lowest, revision) => Math.min(lowest, revision), replayedBefore);
      if (before <= forgotBefore) return;
      forgotBefore = before;
      const { metadata } = store.streamMetadata(stream);
      if (before > truncatedBefore()) await store.setStreamMetadata(stream, { ...metadata, $tb: before });
    },
    count: (): number => {
      const read = store.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 });
      return read.outcome === 'found' ? Math.max(read.lastRevision - first() + 1, 0) : 0;
    },
  };
}
