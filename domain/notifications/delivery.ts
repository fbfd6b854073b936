/**
 * One way to one device or address, from planning to what the vendor says last. An attempt is written down before the vendor is
 * called, nobody judges it before its deadline has passed, and after a clean acceptance or rejection there is no second one. The
 * transitions stand as one table in `delivery.test.ts`; how a state follows from events is in `delivery-evolve.ts`.
 */
import type { NotificationChannel } from '../people/events.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { DeliveryId, EndpointId, NotificationId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { acceptAttempt, judgeUnknown, rejectAttempt, scheduleRetry, startAttempt } from './delivery-attempts.ts';
import { confirm, seeEngagement, undeliver } from './delivery-callbacks.ts';
import { evolve } from './delivery-evolve.ts';
import { cancel, defer, digest, expire, fail, plan, queue, release, reroute, suppress } from './delivery-planning.ts';
import type { DeferralReason, DeliveryEvent, Priority, Source, SuppressionReason } from './events.ts';

/** What was planned, and never changes. */
export type Plan = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  readonly channel: NotificationChannel;
  /** Nothing where the recipient has none; the delivery is suppressed for it. */
  readonly endpoint: EndpointId | null;
  readonly source: Source;
  readonly category: string;
  readonly critical: boolean;
  readonly atMostOnce: boolean;
  readonly priority: Priority;
  readonly expiresAt: Instant;
};

export type Engagement = 'opened' | 'clicked' | 'unsubscribed' | 'complained';
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

/** What is to become of a delivery now: `may-send.ts` says it, and the vendor is the worker's choice. */
export type Verdict =
  | { readonly verdict: 'send'; readonly vendor: string }
  | { readonly verdict: 'suppress'; readonly reason: SuppressionReason }
  | { readonly verdict: 'defer'; readonly reason: DeferralReason; readonly until: Instant };

/** What is said of a message after it was handed over, perhaps before we have heard that it was taken. */
export type Callback = {
  readonly vendor: string;
  /** The vendor's own id for the message; the delivery's where only the app's beacon speaks. */
  readonly vendorId: string;
  /** The vendor's id of this callback. */
  readonly callback?: string;
  readonly at: Instant;
};

export type DeliveryCommand =
  /** Without a verdict it stays planned, for one of the commands below to say. */
  | (Plan & { readonly type: 'plan'; readonly verdict?: Verdict; readonly at: Instant })
  | { readonly type: 'release'; readonly verdict?: Verdict; readonly at: Instant }
  | { readonly type: 'suppress'; readonly reason: SuppressionReason; readonly at: Instant }
  | { readonly type: 'defer'; readonly reason: DeferralReason; readonly until: Instant; readonly at: Instant }
  | { readonly type: 'digest'; readonly into: NotificationId; readonly at: Instant }
  | { readonly type: 'queue'; readonly vendor: string; readonly at: Instant }
  | { readonly type: 'reroute'; readonly vendor: string; readonly at: Instant }
  | { readonly type: 'start-attempt'; readonly vendor: string; readonly deadline: Instant; readonly at: Instant }
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
  | (Callback & { readonly type: 'confirm' })
  | (Callback & { readonly type: 'undelivered'; readonly reason: string })
  | (Callback & { readonly type: 'engagement'; readonly what: Engagement });

export type Command<Type extends DeliveryCommand['type']> = Extract<DeliveryCommand, { type: Type }>;

export const delivery: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  initialState: { status: 'none' },

  evolve,

  decide: (state, command) => {
    if (command.type === 'plan') return state.status === 'none' ? plan(command) : accept();
    return state.status === 'none' ? refuse('delivery-unknown') : decidePlanned(state, command);
  },
};

/** The statuses that nothing leaves, but a late callback that corrects `undelivered`. */
export const isTerminal = ({ status }: DeliveryState): boolean => TERMINAL.has(status);

const TERMINAL: ReadonlySet<DeliveryState['status']> = new Set(['suppressed', 'digested', 'cancelled', 'expired', 'failed', 'delivered', 'undelivered']);

function decidePlanned(state: Planned, command: Exclude<DeliveryCommand, { type: 'plan' }>): Decision<DeliveryEvent> {
  switch (command.type) {
    case 'release':
      return release(state, command);
    case 'suppress':
      return suppress(state, command);
    case 'defer':
      return defer(state, command);
    case 'digest':
      return digest(state, command);
    case 'queue':
      return queue(state, command);
    case 'reroute':
      return reroute(state, command);
    case 'start-attempt':
      return startAttempt(state, command);
    case 'accept':
      return acceptAttempt(state, command);
    case 'reject':
      return rejectAttempt(state, command);
    case 'schedule-retry':
      return scheduleRetry(state, command);
    case 'outcome-unknown':
      return judgeUnknown(state, command);
    case 'fail':
      return fail(state, command);
    case 'cancel':
      return cancel(state, command);
    case 'expire':
      return expire(state, command);
    case 'confirm':
      return confirm(state, command);
    case 'undelivered':
      return undeliver(state, command);
    case 'engagement':
      return seeEngagement(state, command);
  }
}
