import type { Priority } from '../../../domain/notifications/priority.ts';
import { SENT_CHANNELS, type NotificationChannel, type SentChannel } from '../../../domain/people/notification-channels.ts';
import type { QueueShares } from '../../../ports/job-queue/port.ts';

type OfVendor = { readonly channel: NotificationChannel; readonly vendor: string };

/** While deliveries of all priorities wait, of ten that start six are of the first, three of the second and one of the third. */
const SHARES: { readonly [Of in Priority]: number } = { high: 6, normal: 3, low: 1 };

/** A vendor of a channel, as one name. */
export const vendorKeyOf = ({ channel, vendor }: OfVendor): string => `${channel}-${vendor}`;

/** Each vendor has queues of its own, so that a slow vendor delays no other vendor's deliveries: one a priority, so that nobody's campaign delays a code to log in with. */
export const vendorQueueOf = ({ channel, vendor, priority }: OfVendor & { readonly priority: Priority }): string =>
  `deliver-${vendorKeyOf({ channel, vendor })}-${priority}`;

const VENDOR_QUEUE = new RegExp(`^deliver-(${SENT_CHANNELS.join('|')})-(.+)-(?:${Object.keys(SHARES).join('|')})$`);

/** Of the name of a vendor's queue; undefined where it is another queue's. */
export function vendorOfQueue(queue: string): { readonly channel: SentChannel; readonly vendor: string } | undefined {
  const [, channel, vendor] = VENDOR_QUEUE.exec(queue) ?? [];
  return channel === undefined || vendor === undefined ? undefined : { channel: channel as SentChannel, vendor };
}

/** How the queues of a vendor share what runs at once. */
export const vendorQueueSharesOf = (vendor: OfVendor): QueueShares =>
  Object.fromEntries((Object.keys(SHARES) as Priority[]).map((priority) => [vendorQueueOf({ ...vendor, priority }), SHARES[priority]]));
