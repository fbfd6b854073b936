/** One attempt to hand one message to one vendor. Retrying, failing over and giving up are left to the delivery workers. */
import { Outage } from '../outage.ts';
import type { NotificationChannel, Platform } from '../../domain/people/notification-channels.ts';
import type { Content } from '../../domain/notifications/events.ts';
import type { NotificationData } from '../../domain/notifications/source-content.ts';
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';

/** The outbox can’t be reached, or doesn’t answer in time. */
export class OutboxUnavailable extends Outage {
  override readonly name = 'OutboxUnavailable';
}

type TargetFields = {
  readonly push: { readonly platform: Platform; readonly token: string };
  readonly sms: { readonly phone: string };
  readonly email: { readonly address: string; readonly name?: string };
};

/** Where a message goes: an endpoint as its vendor needs it. */
export type Target = { readonly [Channel in NotificationChannel]: { readonly channel: Channel } & TargetFields[Channel] }[NotificationChannel];

export type Attempt = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly attempt: number;
  readonly target: Target;
  readonly content: Content;
  /** What a client needs to open the thing that the message tells of. */
  readonly data: NotificationData;
  readonly category: string;
  readonly priority: 'high' | 'normal' | 'low';
  /** A push replaces an earlier one with the same key on the device, also one that was sent twice. */
  readonly collapseKey: string;
  readonly ttlSeconds: number;
  /** Aborts at the attempt's deadline. */
  readonly signal: AbortSignal;
};

export type Outcome =
  | { readonly outcome: 'accepted'; readonly vendorId: string }
  /** `endpointLost`: the token or address is gone for good; `account`: the vendor refuses our credentials, and an operator has to act. */
  | { readonly outcome: 'rejected'; readonly reason: string; readonly endpointLost?: boolean; readonly account?: boolean }
  /** Certainly not accepted: safe to try again. */
  | { readonly outcome: 'retry'; readonly reason: string; readonly retryAfterMs?: number }
  /** It may have been accepted. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export type ResolvedAttempt = Extract<Outcome, { outcome: 'accepted' | 'retry' }>;

export type Sender = AsyncDisposable & {
  /** The vendor's name. Each vendor has a queue, a breaker and a token bucket of its own. */
  readonly vendor: string;
  readonly channel: NotificationChannel;
  /** Never throws for anything the vendor or the network does. */
  send(attempt: Attempt): Promise<Outcome>;
  /**
   * The outcome of an attempt whose answer was lost; absent where the vendor can't be asked, `undefined` where it doesn't know.
   * Called after the attempt's deadline only: a message that was not accepted by then will not be.
   */
  readonly resolveAttempt?: (attempt: Pick<Attempt, 'delivery' | 'attempt'>) => Promise<ResolvedAttempt | undefined>;
};
