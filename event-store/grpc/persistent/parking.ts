/** Messages that nobody could handle are parked: links to them in a stream of the group's own, until someone replays them. */
import { randomUUID } from 'node:crypto';
import type { EventStore, StoredEvent } from '../../store.ts';
import type { GroupName } from '../errors.ts';
import { LINK_TYPE, linkTo, originalOf, type ResolvedEvent } from '../links.ts';
import { groupKey } from './checkpoint.ts';

export const parkedStream = (name: GroupName) => `$persistentsubscription-${groupKey(name)}-parked`;

type Store = Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata' | 'streamMetadata'>;

export type ParkingLot = ReturnType<typeof parkingLot>;

export function parkingLot(store: Store, name: GroupName, now: () => number) {
  const stream = parkedStream(name);
  const first = () => store.streamMetadata(stream).metadata.$tb ?? 0;
  return {
    park: async (resolved: ResolvedEvent, reason: string): Promise<void> => {
      const original = originalOf(resolved);
      const metadata = { added: new Date(now()).toISOString(), reason, subscriptionEventNumber: original.revision };
      const data = resolved.event === undefined ? Buffer.from(original.data) : linkTo(resolved.event);
      const event = {
        id: randomUUID(),
        type: LINK_TYPE,
        contentType: 'application/octet-stream',
        data,
        metadata: Buffer.from(JSON.stringify(metadata)),
      } as const;
      await store.append(stream, [event], 'any');
    },
    /** Links in the order they were parked in, before the one numbered `stopAt`. */
    parked: function* (stopAt: number): Generator<StoredEvent> {
      const read = store.readStream(stream, { from: first() });
      if (read.outcome !== 'found') return;
      for (const link of read.events) {
        if (link.revision >= stopAt) return;
        yield link;
      }
    },
    /** Those before `revision` have been replayed. */
    forget: async (revision: number): Promise<void> => {
      await store.setStreamMetadata(stream, { ...store.streamMetadata(stream).metadata, $tb: revision });
    },
    count: (): number => {
      const read = store.readStream(stream, { from: 'end', direction: 'backwards', limit: 1 });
      return read.outcome === 'found' ? Math.max(read.lastRevision - first() + 1, 0) : 0;
    },
  };
}
