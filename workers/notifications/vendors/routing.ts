/** Which vendor a delivery goes to now: the first that serves it, hasn't rejected it and is available; else the first that serves it and hasn't rejected it. */
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import type { VendorGate } from './vendor-gate.ts';
import { vendorKeyOf } from './vendor-queue.ts';
import { vendorsFor, type RoutedSender, type RoutingRequest } from './vendors-for.ts';

export type Routing = {
  has(channel: NotificationChannel, vendor: string): boolean;
  /** undefined: no vendor serves the destination, or all that do have rejected the message. */
  vendorFor(request: RoutingRequest): string | undefined;
};

/** `gates`: by `vendorKeyOf`. */
export function createRouting(senders: readonly RoutedSender[], gates: ReadonlyMap<string, Pick<VendorGate, 'isAvailable'>>): Routing {
  const isAvailable = (channel: NotificationChannel, vendor: string) => gates.get(vendorKeyOf({ channel, vendor }))?.isAvailable() ?? false;
  return {
    has: (channel, vendor) => senders.some((sender) => sender.channel === channel && sender.vendor === vendor),
    vendorFor: (request) => {
      const vendors = vendorsFor(senders, request);
      return vendors.find((vendor) => isAvailable(request.channel, vendor)) ?? vendors[0];
    },
  };
}
