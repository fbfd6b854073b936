/** The states of a delivery, and which of them are an end. Everything that decides about deliveries stands on this. */
import type { NotificationId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { DeferralReason, Engagement, Plan, SuppressionReason } from '../events.ts';

export type Receipt = { readonly attempt: number; readonly vendor: string; readonly vendorId: string };

export type Delivery = {
  readonly plan: Plan;
  /** Attempts count from 1. */
  readonly attempts: number;
  /** Attempts that ended unknown and that nothing has settled since: any of them may have reached the person. */
  readonly open: readonly number[];
  /** Cancelled while it couldn't be stopped: the attempt goes on, and is the last. */
  readonly cancelling: boolean;
  /** The one attempt that was accepted. */
  readonly receipt?: Receipt;
  readonly seen: readonly Engagement[];
  /** Vendors that certainly won't take it. */
  readonly rejectedBy: readonly string[];
};

export type Phase =
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

/** A delivery that is in one of these phases. */
export type In<Status extends Phase['status']> = Delivery & Extract<Phase, { status: Status }>;
export type Planned = Delivery & Phase;
export type DeliveryState = { readonly status: 'none' } | Planned;

const ENDS = ['suppressed', 'digested', 'cancelled', 'expired', 'failed', 'delivered', 'undelivered'] as const;
export type Ended = In<(typeof ENDS)[number]>;

/** Nothing leaves an end, but a late callback that corrects `undelivered`. */
export const isEnded = (state: DeliveryState): state is Ended => ENDS.some((end) => end === state.status);

/** Whether an answer to this attempt is what the delivery stands at, and not one to an attempt before it. */
export const isCurrent = (state: Planned, attempt: number): state is In<'attempting'> | In<'unknown'> =>
  (state.status === 'attempting' || state.status === 'unknown') && state.attempt === attempt;
