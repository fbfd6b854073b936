/** The events that workers report: `app/` makes metrics and log lines of them. They contain ids only, nothing personal. */
import type { SuppressionReason } from '../domain/notifications/events.ts';
import type { NotificationChannel } from '../domain/people/notification-channels.ts';
import type { NotificationId, PersonId } from '../domain/shared/ids.ts';

/** Why no push of a chat message is requested for a member: the answer of the first check in `chat/chat-push-checks.ts` that fails. */
export type NotPushedReason =
  | 'not-a-member'
  /** The channel is a message request that nobody has accepted. */
  | 'request-pending'
  | 'muted'
  | 'level-none'
  /** The member has read all messages of others. */
  | 'read'
  /** The newest unread message is too old for a push. */
  | 'too-old'
  /** The unread messages are withdrawn, of erased senders or of people across a block, or the member's own. */
  | 'no-message'
  /** A device of the member has acknowledged the message. */
  | 'received'
  /** A push about this very message is pending or was handed over. */
  | 'already-pushed'
  /** The same of a push about an earlier message of the channel, which the member hasn't read. */
  | 'earlier-push-unread'
  | 'no-device'
  /** No device may be sent to; the reason is the first device's. */
  | SuppressionReason;

export type WorkersEvent =
  | { readonly event: 'sweep-found'; readonly sweep: string; readonly found: number }
  | { readonly event: 'sweep-failed'; readonly sweep: string; readonly error: unknown }
  /** The queue is full; a sweeper adds the jobs that were left out. */
  | { readonly event: 'queue-full'; readonly queue: string; readonly leftOut: number }
  | { readonly event: 'progress-failed'; readonly work: string; readonly error: unknown }
  /** Nothing could be planned for one recipient, because of a fault in that person's own data. An operator has to act; meanwhile it is tried again at intervals. */
  | { readonly event: 'recipient-unplanned'; readonly notification: NotificationId; readonly recipient: PersonId; readonly error: unknown }
  /** Counted for each member that a message's job looks at; `message-too-old`: counted once for a message whose members aren't looked at. */
  | { readonly event: 'push-not-requested'; readonly reason: NotPushedReason | 'message-too-old' }
  | { readonly event: 'delivery-suppressed'; readonly channel: NotificationChannel; readonly reason: SuppressionReason }
  | {
      readonly event: 'attempt-ended';
      readonly channel: NotificationChannel;
      readonly vendor: string;
      readonly outcome: 'accepted' | 'rejected' | 'retry' | 'unknown';
      readonly durationMs: number;
    }
  /** A text that was not sent; `country`: of its number, `none` where it is of none. */
  | { readonly event: 'sms-held-back'; readonly country: string; readonly reason: 'country-not-allowed' | 'sms-capped' }
  /** What was older than it is kept. */
  | { readonly event: 'forgotten'; readonly what: 'deliveries' | 'notifications'; readonly count: number }
  /** An attempt waited for the pace of its account. */
  | { readonly event: 'pace-waited'; readonly vendor: string; readonly waitMs: number }
  /** `account`: the vendor refuses our credentials, and an operator has to act. */
  | { readonly event: 'breaker-opened'; readonly vendor: string; readonly because: 'account' | 'failures'; readonly openMs: number }
  | { readonly event: 'breaker-closed'; readonly vendor: string };

export type WorkersReporter = (event: WorkersEvent) => void;
