/** Which vendor a delivery goes to now: the first that fits, has not refused it and is not shut off by its breaker, else the first that fits and has not refused it. */
import type { NotificationChannel } from '../../../domain/people/events.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import type { VendorGate } from './vendor-gate.ts';
import { deliverQueue, vendorsFor, type RoutingRequest } from './vendors.ts';

export type Routing = {
  has(channel: NotificationChannel, vendor: string): boolean;
  /** undefined: nobody delivers there, or nobody is left who would. */
  vendorFor(request: RoutingRequest): string | undefined;
};

/** `gates` by the vendor's queue. */
export function createRouting(senders: readonly Pick<Sender, 'vendor' | 'channel'>[], gates: ReadonlyMap<string, Pick<VendorGate, 'open'>>): Routing {
  const isOpen = (channel: NotificationChannel, vendor: string) => gates.get(deliverQueue({ channel, vendor }))?.open() ?? false;
  return {
    has: (channel, vendor) => senders.some((sender) => sender.channel === channel && sender.vendor === vendor),
    vendorFor: (request) => {
      const vendors = vendorsFor(senders, request);
      return vendors.find((vendor) => isOpen(request.channel, vendor)) ?? vendors[0];
    },
  };
}
