/** Which vendors there are for what: in the order in which they were configured, the first that fits first. */
import type { NotificationChannel, Platform } from '../../../domain/people/events.ts';
import type { Sender } from '../../../ports/sender/port.ts';

const PLATFORMS: ReadonlySet<string> = new Set<Platform>(['fcm', 'apns', 'jpush', 'pushy']);

/** What is to be sent somewhere. */
export type RoutingRequest = {
  readonly channel: NotificationChannel;
  /** Of the device that a push is for. */
  readonly platform: Platform | undefined;
  /** Those that have refused the message for good. */
  readonly without: readonly string[];
};

/** A vendor that is named as a platform takes only its own devices; one that isn't takes any. */
export function vendorsFor(senders: readonly Pick<Sender, 'vendor' | 'channel'>[], { channel, platform, without }: RoutingRequest): readonly string[] {
  return senders
    .filter((sender) => sender.channel === channel && (channel !== 'push' || sender.vendor === platform || !PLATFORMS.has(sender.vendor)))
    .filter(({ vendor }) => !without.includes(vendor))
    .map(({ vendor }) => vendor);
}

/** A queue for each, so that a slow vendor holds up nobody else's deliveries. */
export const deliverQueue = ({ channel, vendor }: Pick<Sender, 'channel' | 'vendor'>): string => `deliver-${channel}-${vendor}`;
