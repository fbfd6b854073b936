/** One attempt to hand one message to one vendor. Retrying, failing over and giving up are left to the delivery workers. */
import { Outage } from '../outage.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Behaviours } from './outbox/behaviour.ts';
import type { SentChannel, Platform } from '../../domain/people/notification-channels.ts';
import type { ChannelContent } from '../../domain/notifications/content.ts';
import type { SenderIdentity } from '../../domain/notifications/apps/events.ts';
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

/** A vendor that is asked what became of a message can’t be reached, or doesn’t answer in time. */
export class VendorUnavailable extends Outage {
  override readonly name = 'VendorUnavailable';
}

/** Where a message goes: an endpoint as its vendor needs it. */
export type Target = { readonly [Channel in SentChannel]: { readonly channel: Channel } & TargetFields[Channel] }[SentChannel];

export type Attempt = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly attempt: number;
  readonly target: Target;
  /** As the channel takes it. A sender that has less room than the channel cuts it by `cutBodyToFit`. */
  readonly content: ChannelContent;
  /** In whose name it is sent; the account's own where the app has set none. */
  readonly identity?: SenderIdentity;
  /** Of an email, beside those that every email has: `List-Unsubscribe`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A key of `drawKey`, under which the vendor takes a message once. */
  readonly vendorKey?: string;
  /** What a client needs to open the thing that the message tells of. */
  readonly data: NotificationData;
  readonly category: string;
  readonly priority: 'high' | 'normal' | 'low';
  /** A push replaces an earlier one with the same key on the device, also one that was sent twice. */
  readonly collapseKey: string;
  readonly ttlSeconds: number;
  /** The attempt's place in a trace (W3C Trace Context), where it is traced: a vendor over HTTP gets it as the request's header of that name. */
  readonly traceparent?: string | undefined;
  /** Aborts at the attempt's deadline. */
  readonly signal: AbortSignal;
};

export type Outcome =
  | { readonly outcome: 'accepted'; readonly vendorId: string }
  /**
   * `endpointLost`: the token or address is gone for good, `goneSince` where the vendor says so: one that was registered after that
   * moment is not. `account`: the vendor refuses our credentials, and an operator has to act.
   */
  | {
      readonly outcome: 'rejected';
      readonly reason: string;
      readonly endpointLost?: boolean;
      readonly goneSince?: Instant;
      readonly account?: boolean;
    }
  /** Certainly not accepted: safe to try again. */
  | { readonly outcome: 'retry'; readonly reason: string; readonly retryAfterMs?: number }
  /** It may have been accepted. */
  | { readonly outcome: 'unknown'; readonly reason: string };

export type ResolvedAttempt = Extract<Outcome, { outcome: 'accepted' | 'retry' }>;

/** An attempt whose answer was lost, as a vendor may be asked about it. */
export type AttemptToResolve = Pick<Attempt, 'delivery' | 'attempt'> & {
  readonly startedAt?: Instant;
  readonly vendorKey?: string;
  /** What was sent and where to, made again of the log; undefined where that can't be told any more. */
  readonly message?: () => Promise<Pick<Attempt, 'target' | 'content' | 'identity'> | undefined>;
};

export type Sender = AsyncDisposable & {
  /**
   * The account's name at its vendor: the vendor's own for the first account, `twilio-eu` for another one. Each has queues, a breaker
   * and a token bucket of its own.
   */
  readonly vendor: string;
  readonly channel: SentChannel;
  /** Each message goes to a server that whoever gets it has named, as browsers do: what one answers says nothing of the others, and spares none of them. */
  readonly isManyServers?: true;
  /** It keeps messages instead of sending them, and serves sandboxes, and a channel that no vendor serves. */
  readonly isLocal?: true;
  /** Of texts: the number or messaging service that it sends from where the app has none of its own. */
  readonly from?: string;
  /** The platforms that a push service serves; absent where it serves all, and on other channels. */
  readonly platforms?: readonly Platform[];
  /** The number of ours that the message goes out from, where that has a pace of its own. */
  readonly numberOf?: (message: Pick<Attempt, 'content' | 'identity'>) => PacedNumber | undefined;
  /** Never throws for anything the vendor or the network does. */
  send(attempt: Attempt): Promise<Outcome>;
  /** A key that makes the vendor take a message once, for the next attempt; absent where it has none, undefined where none can be had now. */
  readonly drawKey?: () => Promise<string | undefined>;
  /**
   * The outcome of an attempt whose answer was lost; absent where the vendor can't be asked, `undefined` where it doesn't know.
   * Called after the attempt's deadline only: a message that was not accepted by then will not be, and once `retry` was answered
   * never is. Throws an outage where the vendor can't be reached: ask again.
   */
  readonly resolveAttempt?: (attempt: AttemptToResolve) => Promise<ResolvedAttempt | undefined>;
  /** Whether the vendor takes these credentials, asked by its sandbox: nobody gets anything. Absent where it has none. Never throws. */
  readonly check?: (signal: AbortSignal) => Promise<AccountCheck>;
};

/** A number in E.164 that texts go out from, what this one takes of its pace, and the pace. */
export type PacedNumber = { readonly number: string; readonly segments: number; readonly segmentsPerSecond: number };

export type AccountCheck = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/** A message that was kept instead of being sent. A second one of the same delivery is a duplicate, unless the answer to the first was lost. */
export type OutboxMessage = {
  readonly id: string;
  readonly channel: SentChannel;
  readonly at: Instant;
  /** The token, phone number or address. */
  readonly to: string;
  readonly platform?: Platform;
  readonly name?: string;
  readonly title?: string;
  readonly body: string;
  readonly url?: string;
  readonly html?: string;
  readonly push?: ChannelContent['push'];
  readonly identity?: SenderIdentity;
  readonly headers?: Attempt['headers'];
  /** Absent in messages of older versions. */
  readonly data?: Attempt['data'];
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly attempt: number;
  readonly category: string;
  readonly priority: Attempt['priority'];
  readonly collapseKey: string;
  readonly ttlSeconds: number;
};

export type OutboxListOptions = { readonly channel?: SentChannel; readonly limit: number; readonly before?: string };

/** Messages in one page of `list`. */
export const OUTBOX_LIST_MAX = 5_000;

export function checkOutboxLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > OUTBOX_LIST_MAX) throw new RangeError(`limit must be between 1 and ${OUTBOX_LIST_MAX} messages.`);
}

/**
 * A vendor for each channel that keeps messages where developers can look at them, and fails in any way that it is told to. Any
 * process that has it open lists what all have sent, and `behave` holds for the senders of all once it has resolved. Each channel keeps
 * its newest messages, about as many as the adapter was told. `list`, `get` and `behave` throw `OutboxUnavailable`.
 */
export type Outbox = AsyncDisposable & {
  readonly senders: readonly Sender[];
  /** Newest first; `before` is the last id of the previous page. Throws `RangeError` for a limit that isn't between 1 and `OUTBOX_LIST_MAX`. */
  list(options: OutboxListOptions): Promise<readonly OutboxMessage[]>;
  get(id: string): Promise<OutboxMessage | undefined>;
  behave(behaviours: Behaviours): Promise<void>;
};
