/** Which vendors serve a destination, in the order in which they were configured: the order of preference. */
import { REACHED_AT, type NotificationChannel, type Platform } from '../../../domain/people/notification-channels.ts';
import type { Sender } from '../../../ports/sender/port.ts';

export type RoutingRequest = {
  readonly channel: NotificationChannel;
  /** Of the device that a push goes to. */
  readonly platform: Platform | undefined;
  /** Vendors that have rejected the message for good. */
  readonly without: readonly string[];
};

export function vendorsFor(senders: readonly Pick<Sender, 'vendor' | 'channel' | 'platforms'>[], request: RoutingRequest): readonly string[] {
  return senders
    .filter((sender) => sender.channel === request.channel && isForPlatform(sender, request))
    .filter(({ vendor }) => !request.without.includes(vendor))
    .map(({ vendor }) => vendor);
}

function isForPlatform({ channel, platforms }: Pick<Sender, 'channel' | 'platforms'>, { platform }: RoutingRequest): boolean {
  switch (REACHED_AT[channel]) {
    case 'device':
      return platforms === undefined || (platform !== undefined && platforms.includes(platform));
    case 'phone':
    case 'email':
      return true;
  }
}
