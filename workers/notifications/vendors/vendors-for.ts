/** Which vendors serve a destination, in the order in which they were configured: the order of preference. */
import { REACHED_AT, type NotificationChannel, type Platform } from '../../../domain/people/notification-channels.ts';
import type { Sender } from '../../../ports/sender/port.ts';

export type RoutedSender = Pick<Sender, 'vendor' | 'channel' | 'platforms' | 'isLocal'>;

export type RoutingRequest = {
  readonly channel: NotificationChannel;
  /** Of the device that a push goes to. */
  readonly platform: Platform | undefined;
  /** Vendors that have rejected the message for good. */
  readonly without: readonly string[];
};

export function vendorsFor(senders: readonly RoutedSender[], request: RoutingRequest): readonly string[] {
  const ofChannel = senders.filter(({ channel }) => channel === request.channel);
  const vendors = ofChannel.filter(({ isLocal }) => isLocal !== true);
  return (vendors.length === 0 ? ofChannel : vendors)
    .filter((sender) => isForPlatform(sender, request))
    .filter(({ vendor }) => !request.without.includes(vendor))
    .map(({ vendor }) => vendor);
}

function isForPlatform({ channel, platforms }: RoutedSender, { platform }: RoutingRequest): boolean {
  switch (REACHED_AT[channel]) {
    case 'device':
      return platforms === undefined || (platform !== undefined && platforms.includes(platform));
    case 'phone':
    case 'email':
      return true;
  }
}
