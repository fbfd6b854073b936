/** The states of a delivery, and which of them are final. */
import type { EndpointId, NotificationId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { ItemState } from '../centre/item.ts';
import type { DigestWindow } from '../digests/events.ts';
import type { DeferralReason, Engagement, SuppressionReason } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';

export type VendorReceipt = { readonly attempt: number; readonly vendor: string; readonly vendorId: string };

export type DeliveryFacts = {
  readonly plan: Plan;
  /** Of its last event. */
  readonly changedAt: Instant;
  /** Attempts count from 1. */
  readonly attempts: number;
  /** Attempts whose outcome is unknown and was not resolved since: any of them may have reached the person. */
  readonly unresolved: readonly number[];
  /** It was cancelled while an attempt could not be stopped: that attempt goes on, and is the last. */
  readonly cancelling: boolean;
  /** The one attempt that was accepted. */
  readonly receipt?: VendorReceipt;
  readonly acceptedAt?: Instant;
  readonly engagements: readonly Engagement[];
  /** What programs did before any person. */
  readonly machineEngagements?: readonly Engagement[];
  /** The last attempt as a vendor may be asked about it, and repeat it under the same key; `keyedAt` is when the first one with that key began, where it was another. */
  readonly lastAttempt?: { readonly vendor: string; readonly startedAt: Instant; readonly vendorKey?: string; readonly keyedAt?: Instant };
  /** Where attempts went, each from the first that went there on; what a vendor reports of an attempt concerns its endpoint. Absent in older deliveries. */
  readonly endpoints?: readonly { readonly from: number; readonly endpoint: EndpointId }[];
  /** What its person has marked it as in the notification centre. */
  readonly item?: ItemState;
  /** Where it waits for others, or waited: it does so once. */
  readonly digestWindow?: DigestWindow;
  /** Whose attempts they were, each vendor's account from the first of its attempts in a row on. Absent before the first one. */
  readonly attemptedBy?: readonly { readonly from: number; readonly vendor: string }[];
  /** Vendors that have rejected it for good. */
  readonly rejectedBy: readonly string[];
};

export type DeliveryPhase =
  | { readonly status: 'planned' }
  | { readonly status: 'deferred'; readonly reason: DeferralReason; readonly until: Instant }
  | { readonly status: 'queued'; readonly vendor: string }
  | { readonly status: 'attempting'; readonly attempt: number; readonly vendor: string; readonly deadline: Instant }
  | { readonly status: 'waiting'; readonly attempt: number; readonly vendor: string; readonly retryAt: Instant }
  | { readonly status: 'unknown'; readonly attempt: number; readonly vendor: string; readonly since: Instant }
  | { readonly status: 'accepted' }
  | { readonly status: 'suppressed'; readonly reason: SuppressionReason }
  | { readonly status: 'digested'; readonly into: NotificationId }
  | { readonly status: 'cancelled' }
  | { readonly status: 'expired' }
  | { readonly status: 'failed'; readonly reason: string }
  | { readonly status: 'delivered' }
  | { readonly status: 'undelivered'; readonly reason: string };

/** A delivery in one of these phases. */
export type DeliveryIn<Status extends DeliveryPhase['status']> = DeliveryFacts & Extract<DeliveryPhase, { status: Status }>;
export type PlannedDelivery = DeliveryFacts & DeliveryPhase;
/** `forgotten`: there was one, which is planned no second time. */
export type DeliveryState = { readonly status: 'none'; readonly forgotten?: true } | PlannedDelivery;

export const ENDED = ['suppressed', 'digested', 'cancelled', 'expired', 'failed', 'delivered', 'undelivered'] as const;
export type EndedDelivery = DeliveryIn<(typeof ENDED)[number]>;

/** Nothing follows a final state, but a late callback that corrects `undelivered`. */
export const isEnded = (state: DeliveryState): state is EndedDelivery => ENDED.some((end) => end === state.status);

/** Whether the delivery waits for the answer to this attempt, and not to a later one. */
export const isCurrentAttempt = (state: PlannedDelivery, attempt: number): state is DeliveryIn<'attempting'> | DeliveryIn<'unknown'> =>
  (state.status === 'attempting' || state.status === 'unknown') && state.attempt === attempt;

/**
 * The attempt that a vendor's account speaks of: undefined where it has made none, or not the one that it names. Of an account that names none
 * it is left open while no other account has made an attempt since.
 */
export function attemptOf(state: PlannedDelivery, vendor: string, told?: number): { readonly attempt: number | undefined } | undefined {
  const { attemptedBy = [], attempts } = state;
  const vendorAt = (attempt: number) => attemptedBy.findLast(({ from }) => from <= attempt)?.vendor;
  if (told !== undefined) return told >= 1 && told <= attempts && vendorAt(told) === vendor ? { attempt: told } : undefined;
  const last = attemptedBy.findLastIndex((one) => one.vendor === vendor);
  if (last < 0) return undefined;
  return { attempt: vendorAt(attempts) === vendor ? undefined : (attemptedBy[last + 1]?.from ?? 1) - 1 };
}

/** Where the attempt went, the last one where none is named; what was planned where that was not recorded. */
export const endpointOf = ({ endpoints = [], plan }: PlannedDelivery, attempt = Infinity): EndpointId | null =>
  endpoints.findLast(({ from }) => from <= attempt)?.endpoint ?? plan.endpoint;
