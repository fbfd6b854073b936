/** One attempt to hand one message to one vendor. Retrying, failing over and giving up are the delivery worker's. */
import type { NotificationChannel, Platform } from '../../domain/people/events.ts';
import type { Content } from '../../domain/notifications/events.ts';
import type { DeliveryId, NotificationId } from '../../domain/shared/ids.ts';

export type Target =
  | { readonly channel: 'push'; readonly platform: Platform; readonly token: string }
  | { readonly channel: 'sms'; readonly phone: string }
  | { readonly channel: 'email'; readonly address: string; readonly name?: string };

export type Attempt = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly attempt: number;
  readonly target: Target;
  readonly content: Content;
  readonly category: string;
  readonly priority: 'high' | 'normal' | 'low';
  /** Replaces an earlier push of the same key on the device, also one of ours that was sent twice. */
  readonly collapseKey: string;
  readonly ttlSeconds: number;
  /** Aborts at the attempt's deadline. */
  readonly signal: AbortSignal;
};

export type Outcome =
  | { readonly outcome: 'accepted'; readonly vendorId: string }
  /** `endpointLost`: the token or address is gone for good; `account`: our credentials are refused, and the vendor needs a person. */
  | { readonly outcome: 'rejected'; readonly reason: string; readonly endpointLost?: boolean; readonly account?: boolean }
  /** Certainly not taken: safe to try again. */
  | { readonly outcome: 'retry'; readonly reason: string; readonly retryAfterMs?: number }
  /** It may have been taken. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export type ResolvedAttempt = Extract<Outcome, { outcome: 'accepted' | 'retry' }>;

export type Sender = AsyncDisposable & {
  /** The vendor's name: a queue, a breaker and a bucket each. */
  readonly vendor: string;
  readonly channel: NotificationChannel;
  /** Never throws for anything the vendor or the network does. */
  send(attempt: Attempt): Promise<Outcome>;
  /**
   * What became of an attempt that nobody answered for; absent where the vendor can't be asked, `undefined` where it doesn't know.
   * It is asked after the attempt's deadline only: what was not taken by then will not be.
   */
  readonly resolveAttempt?: (attempt: Pick<Attempt, 'delivery' | 'attempt'>) => Promise<ResolvedAttempt | undefined>;
};
