/** The events of routing: which vendors' accounts serve which deliveries, as the operator says. */
import type { SentChannel, Platform } from '../../people/notification-channels.ts';
import type { SealingOf } from '../../shared/event.ts';
import type { Instant } from '../../shared/instant.ts';

/**
 * An account that serves what its rule is for. Deliveries are shared between those with a `weight`, in proportion to it; one without is
 * for those that the others can't serve.
 */
export type Share = { readonly vendor: string; readonly weight?: number };

/** Who serves deliveries by this channel: to devices of these platforms and people of these countries, or to all where they are absent. */
export type RoutingRule = {
  readonly channel: SentChannel;
  readonly platforms?: readonly Platform[];
  /** ISO 3166-1 alpha-2. */
  readonly countries?: readonly string[];
  readonly vendors: readonly Share[];
};

/** `routing-vendors` */
export type RoutingEvent =
  /** In place of all rules before. The first that fits decides. */
  | { readonly type: 'notifications.routing-set.v1'; readonly data: { readonly rules: readonly RoutingRule[]; readonly at: Instant } }
  /** Nothing is given to it any more, whatever the rules say, until it is plugged in. */
  | { readonly type: 'notifications.vendor-plugged-out.v1'; readonly data: { readonly vendor: string; readonly at: Instant } }
  | { readonly type: 'notifications.vendor-plugged-in.v1'; readonly data: { readonly vendor: string; readonly at: Instant } };

export const routingSealing: SealingOf<RoutingEvent> = {
  'notifications.routing-set.v1': {},
  'notifications.vendor-plugged-out.v1': {},
  'notifications.vendor-plugged-in.v1': {},
};
