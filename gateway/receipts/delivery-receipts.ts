/** How far devices have received, passed on to the presence store a few times a second: only the newest of each matters, and losing it costs a push too many. */
import type { ChannelId, DeviceId, PersonId } from '../../domain/shared/ids.ts';
import type { Presence } from '../../ports/presence/port.ts';

type Mark = { readonly person: PersonId; readonly device: DeviceId; readonly channel: ChannelId; readonly seq: number };

export type DeliveryReceipts = {
  received(mark: Mark): void;
  flush(): Promise<void>;
};

export function createDeliveryReceipts(presence: Pick<Presence, 'received'>, failed: (error: unknown) => void): DeliveryReceipts {
  let waiting = new Map<string, Mark>();
  return {
    received: (mark) => {
      const key = `${mark.person}/${mark.device}/${mark.channel}`;
      const before = waiting.get(key);
      if (before === undefined || before.seq < mark.seq) waiting.set(key, mark);
    },
    flush: async () => {
      const marks = waiting;
      waiting = new Map();
      try {
        await Promise.all(Array.from(marks.values(), ({ person, device, channel, seq }) => presence.received(person, device, channel, seq)));
      } catch (error) {
        failed(error);
      }
    },
  };
}
