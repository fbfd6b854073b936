/** Messages that nobody could handle are parked: links to them in a stream of the group's own, until someone replays them. */
import { randomUUID } from 'node:crypto';
import type { EventStore, StoredEvent } from '../../store.ts';
import type { GroupName } from '../wire/refusals.ts';
import { LINK_TYPE, linkDataTo, readEventOf, type ResolvedEvent } from '../../read/links.ts';
import { groupKeyOf } from './checkpoint.ts';

export const parkedStreamOf = (name: GroupName) => `$persistentsubscription-${groupKeyOf(name)}-parked`;

type Store = Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata'>;

export type ParkingLot = ReturnType<typeof parkingLot>;

export function parkingLot(store: Store, name: GroupName, now: () => number) {
  const stream = parkedStreamOf(name);
  const truncatedBefore = () => store.streamMetadata(stream).metadata.$tb ?? 0;
  /** Those before it were replayed; until they are done with, the stream keeps them. */
  let replayedBefore = 0; // revision
  let forgotBefore = 0; // revision
  const first = () => Math.max(replayedBefore, truncatedBefore());
  return {
    park: async (resolved: ResolvedEvent, reason: string): Promise<void> => {
      const original = readEventOf(resolved);
      const metadata = { added: new Date(now()).toISOString(), reason, subscriptionEventNumber: original.revision };
      const data = resolved.event === undefined ? Buffer.from(original.data) : linkDataTo(resolved.event);
      const event = {
        id: randomUUID(),
        type: LINK_TYPE,
        contentType: 'application/octet-stream',
        data,
        metadata: Buffer.from(JSON.stringify(metadata)),
      } as const;
      await store.append(stream, [event], 'any');
    },
    /** Links in the order they were parked in, before the one numbered `stopAt`. Each is taken once. */
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
    /** Whether something was replayed that the stream still keeps. */
    isReplaying: () => replayedBefore > forgotBefore,
    /** `unfinished` are the revisions of those that were replayed and aren't done with. What was replayed before them needn't come again. */
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
