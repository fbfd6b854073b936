import type { Sender } from '../../../ports/sender/port.ts';

/** Each vendor has a queue of its own, so that a slow vendor delays no other vendor's deliveries. */
export const vendorQueueOf = ({ channel, vendor }: Pick<Sender, 'channel' | 'vendor'>): string => `deliver-${channel}-${vendor}`;
