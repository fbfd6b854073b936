/** Which vendor a delivery goes to now: the first that serves it, hasn't rejected it, is plugged in and available; else the first that is plugged in; else the first. */
import type { LoadState } from '../../../commands/handling/handle.ts';
import { createSharedCalls } from '../../../commands/handling/shared-calls.ts';
import { routing as routingDecider, type RoutingState } from '../../../domain/notifications/routing/routing.ts';
import type { NotificationChannel } from '../../../domain/people/notification-channels.ts';
import { SECOND_MS } from '../../../domain/shared/instant.ts';
import { routingStream } from '../../../domain/shared/streams.ts';
import { Outage } from '../../../ports/outage.ts';
import type { VendorGate } from './vendor-gate.ts';
import { vendorKeyOf } from './vendor-queue.ts';
import { vendorsFor, type RoutedSender, type RoutingRequest } from './vendors-for.ts';

/** How long after an operator's command a process may still route as before: it reads the log no more often for all its deliveries together. */
export const ROUTING_FRESH_MS = SECOND_MS;

export type RoutingNow = {
  /**
   * undefined: no vendor serves the destination, or all that do have rejected the message. One that is plugged out where there is no other:
   * the delivery waits for it.
   */
  vendorFor(request: RoutingRequest): string | undefined;
  isPluggedIn(vendor: string): boolean;
};

export type Routing = {
  /** Whether it is configured here. */
  has(channel: NotificationChannel, vendor: string): boolean;
  /** As the log says. While it can't be reached, as it last said. */
  now(): Promise<RoutingNow>;
};

type RoutingDependencies = {
  readonly senders: readonly RoutedSender[];
  /** By `vendorKeyOf`. */
  readonly gates: ReadonlyMap<string, Pick<VendorGate, 'isAvailable'>>;
  readonly loadState: LoadState;
  readonly monotonicMs: () => number;
};

export function createRouting({ senders, gates, loadState, monotonicMs }: RoutingDependencies): Routing {
  const share = createSharedCalls();
  let read: { readonly state: RoutingState; readonly atMs: number } | undefined;

  const fresh = (): RoutingState | undefined => (read !== undefined && monotonicMs() - read.atMs < ROUTING_FRESH_MS ? read.state : undefined);
  const load = async (): Promise<RoutingState> => {
    const atMs = monotonicMs();
    const { state } = await loadState(routingDecider, routingStream('vendors'));
    read = { state, atMs };
    return state;
  };
  const loadOrRecall = async (): Promise<RoutingState> => {
    try {
      return await share('routing', async () => fresh() ?? (await load()));
    } catch (error) {
      if (error instanceof Outage && read !== undefined) return read.state;
      throw error;
    }
  };

  return {
    has: (channel, vendor) => senders.some((sender) => sender.channel === channel && sender.vendor === vendor),
    now: async () => {
      const state = fresh() ?? (await loadOrRecall());
      const isPluggedIn = (vendor: string) => !state.pluggedOut.includes(vendor);
      return {
        isPluggedIn,
        vendorFor: (request) => {
          const vendors = vendorsFor(senders, state, request);
          const pluggedIn = vendors.filter(isPluggedIn);
          const isAvailable = (vendor: string) => gates.get(vendorKeyOf({ channel: request.channel, vendor }))?.isAvailable() ?? false;
          return pluggedIn.find(isAvailable) ?? pluggedIn[0] ?? vendors[0];
        },
      };
    },
  };
}
