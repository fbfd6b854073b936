/** The commands of a delivery, given by planning, by the delivery workers and by vendors' callbacks. */
import type { EndpointId, NotificationId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { ItemMarking } from '../centre/item.ts';
import type { DigestWindow } from '../digests/events.ts';
import type { DeferralReason, Engagement, RenderedFrom, SuppressionReason } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';

/** What happens to a delivery now: `planning/may-send.ts` decides, and the worker chooses the vendor. */
export type SendDecision =
  | { readonly action: 'send'; readonly vendor: string }
  /** In the person's notification centre: it is delivered with that. */
  | { readonly action: 'show' }
  | { readonly action: 'suppress'; readonly reason: SuppressionReason }
  | { readonly action: 'defer'; readonly reason: DeferralReason; readonly until: Instant; readonly digestWindow?: DigestWindow };

/** A vendor's report about a message after it was handed over. It may arrive before the answer to the attempt itself. */
export type Callback = {
  readonly vendor: string;
  /** The vendor's own id for the message; the delivery's where only the app's beacon reports. */
  readonly vendorId: string;
  /** The vendor's id of this callback. */
  readonly callback?: string;
  /** Which attempt it speaks of, where the vendor says so; else the one that waits for its answer. */
  readonly attempt?: number;
  readonly at: Instant;
};

/** `taken`: the vendor has the message, whether its answer to the attempt arrived or not. */
export type CallbackCommand =
  | (Callback & { readonly type: 'taken' })
  | (Callback & { readonly type: 'confirm' })
  | (Callback & { readonly type: 'undelivered'; readonly reason: string })
  | (Callback & {
      readonly type: 'engagement';
      readonly what: Engagement;
      /** Of the email's links, from 0. */
      readonly link?: number;
      /** A program did it. */
      readonly isMachine?: boolean;
    });

export type DeliveryCommand =
  /** Without a decision it stays planned until one of the commands below decides. */
  | (Plan & { readonly type: 'plan'; readonly decision?: SendDecision; readonly at: Instant })
  | { readonly type: 'release'; readonly decision?: SendDecision; readonly at: Instant }
  | { readonly type: 'suppress'; readonly reason: SuppressionReason; readonly at: Instant }
  | { readonly type: 'defer'; readonly reason: DeferralReason; readonly until: Instant; readonly digestWindow?: DigestWindow; readonly at: Instant }
  /** It is told with others, by another notification. */
  | { readonly type: 'digest'; readonly into: NotificationId; readonly at: Instant }
  | { readonly type: 'queue'; readonly vendor: string; readonly at: Instant }
  | { readonly type: 'show'; readonly at: Instant }
  /** By the recipient, of what stands in the centre. */
  | ({ readonly type: 'mark'; readonly at: Instant } & ItemMarking)
  | { readonly type: 'reroute'; readonly vendor: string; readonly at: Instant }
  | {
      readonly type: 'start-attempt';
      /** The one that was prepared, by the attempts before it: refused where another one would be the next. Absent: whichever it is. */
      readonly attempt?: number;
      readonly vendor: string;
      readonly endpoint?: EndpointId;
      readonly vendorKey?: string;
      readonly rendered?: RenderedFrom;
      readonly deadline: Instant;
      readonly at: Instant;
    }
  | { readonly type: 'accept'; readonly attempt: number; readonly vendor: string; readonly vendorId: string; readonly at: Instant }
  | {
      readonly type: 'reject';
      readonly attempt: number;
      readonly vendor: string;
      readonly reason: string;
      /** The token or address is gone for good. */
      readonly endpointLost: boolean;
      /** Another vendor that may be tried. */
      readonly nextVendor?: string;
      readonly at: Instant;
    }
  | { readonly type: 'schedule-retry'; readonly attempt: number; readonly reason: string; readonly retryAt: Instant; readonly at: Instant }
  | { readonly type: 'outcome-unknown'; readonly attempt: number; readonly reason: string; readonly at: Instant }
  | { readonly type: 'fail'; readonly reason: string; readonly at: Instant }
  | { readonly type: 'cancel'; readonly at: Instant }
  | { readonly type: 'expire'; readonly at: Instant }
  | CallbackCommand
  /** It is older than such are kept: nothing is left of it, unless something may still come of it, or has happened to it since `upTo`. */
  | { readonly type: 'forget'; readonly upTo: Instant; readonly at: Instant }
  /** All that one request of a vendor tells of the delivery, at least one, in its order: one append. */
  | { readonly type: 'callbacks'; readonly callbacks: readonly CallbackCommand[]; readonly at: Instant };

export type DeliveryCommandOf<Type extends DeliveryCommand['type']> = Extract<DeliveryCommand, { type: Type }>;
