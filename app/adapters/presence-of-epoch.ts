/**
 * Presence in one epoch of the log. How far devices have received is told by `seq`, which stands for another message once the log was
 * restored: believed on, it would keep pushes from people who have not received what they are about.
 */
import type { ChannelId } from '../../domain/shared/ids.ts';
import { FIRST_EPOCH, type LogEpoch } from '../../ports/event-log/port.ts';
import type { Presence } from '../../ports/presence/port.ts';
import { nameIn } from '../../projections/progress/views-of-epoch.ts';

export function presenceOfEpoch(presence: Presence, epoch: LogEpoch): Presence {
  if (epoch === FIRST_EPOCH) return presence;
  const stored = (channel: ChannelId) => nameIn(epoch, channel) as ChannelId;
  return {
    ...presence,
    delivered: (person, device, channel, seq) => presence.delivered(person, device, stored(channel), seq),
    received: (person, device, channel, seq) => presence.received(person, device, stored(channel), seq),
    deliveredTo: (people, channel) => presence.deliveredTo(people, stored(channel)),
    receivedBy: (people, channel) => presence.receivedBy(people, stored(channel)),
  };
}
