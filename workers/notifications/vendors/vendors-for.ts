/**
 * Which vendors serve a destination, in the order in which they are tried: as the operator's rule says that fits it, else all that are
 * configured, in their order.
 */
import { createHash } from 'node:crypto';
import { isUnreachable, ruleFor, type Routed, type RoutingState } from '../../../domain/notifications/routing/routing.ts';
import type { RoutingRule, Share } from '../../../domain/notifications/routing/events.ts';
import { REACHED_AT } from '../../../domain/people/notification-channels.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import type { Sender } from '../../../ports/sender/port.ts';

export type RoutedSender = Pick<Sender, 'vendor' | 'channel' | 'platforms' | 'isLocal'>;

/** `platform`: of the device that a push goes to. `country`: of the number that a text goes to, else the one that the recipient lives in. */
export type RoutingRequest = Routed & {
  readonly delivery: DeliveryId;
  /** Vendors that have rejected the message for good. */
  readonly without: readonly string[];
  /** Of a sandbox: it goes to the outbox, and to no vendor that anybody configures or routes. */
  readonly sandbox?: boolean | undefined;
};

export function vendorsFor(senders: readonly RoutedSender[], state: RoutingState, request: RoutingRequest): readonly string[] {
  const ofChannel = senders.filter((sender) => sender.channel === request.channel && isForPlatform(sender, request));
  const isServed = senders.some(({ channel, isLocal }) => channel === request.channel && isLocal !== true);
  const names = (sendersOf: readonly RoutedSender[]) => sendersOf.map(({ vendor }) => vendor).filter((vendor) => !request.without.includes(vendor));
  if (request.sandbox === true) return names(ofChannel.filter(({ isLocal }) => isLocal === true));
  if (!isServed) return names(ofChannel);
  const configured = names(ofChannel.filter(({ isLocal }) => isLocal !== true));
  const rule = ruleFor(state, request);
  if (rule === undefined) return isUnreachable(request) ? [] : configured;
  return inOrder(rule, request.delivery).filter((vendor) => configured.includes(vendor));
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

/** Those without a weight come behind those with one, in the order of the rule. */
function inOrder({ vendors }: RoutingRule, delivery: DeliveryId): readonly string[] {
  const drawn = vendors.flatMap(({ vendor, weight }) => (weight === undefined ? [] : [{ vendor, at: drawOf({ vendor, weight }, delivery) }]));
  const others = vendors.filter(({ weight }) => weight === undefined);
  return [...drawn.toSorted((a, b) => a.at - b.at), ...others].map(({ vendor }) => vendor);
}

const DRAW_BYTES = 6;

/**
 * Weighted rendezvous hashing: the vendor with the smallest draw is first, each as often as its weight says, the same for a delivery
 * whoever asks and whenever, and where one vendor is left out no delivery moves but its own.
 */
function drawOf({ vendor, weight }: Required<Share>, delivery: DeliveryId): number {
  const drawn = createHash('sha256').update(`${delivery}\n${vendor}`).digest().readUIntBE(0, DRAW_BYTES);
  return -Math.log((drawn + 1) / (2 ** (8 * DRAW_BYTES) + 1)) / weight;
}
