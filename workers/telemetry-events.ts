/** What the workers tell of themselves: each is one line of the log and a metric, made of it in `app/`. Nothing personal, ids only. */
import type { NotificationChannel } from '../domain/people/events.ts';
import type { NotificationId, PersonId } from '../domain/shared/ids.ts';

export type WorkersEvent =
  | { readonly event: 'sweep-found'; readonly sweep: string; readonly found: number }
  | { readonly event: 'sweep-failed'; readonly sweep: string; readonly error: unknown }
  /** The queue takes no more; a sweeper adds what was left out. */
  | { readonly event: 'queue-full'; readonly queue: string; readonly leftOut: number }
  | { readonly event: 'progress-failed'; readonly work: string; readonly error: unknown }
  /** A fault of their own stands in the way, and a person is needed; meanwhile it is tried again now and then. */
  | { readonly event: 'recipient-unplanned'; readonly notification: NotificationId; readonly recipient: PersonId; readonly error: unknown }
  | {
      readonly event: 'attempt-ended';
      readonly channel: NotificationChannel;
      readonly vendor: string;
      readonly outcome: 'accepted' | 'rejected' | 'retry' | 'unknown';
      readonly durationMs: number;
    }
  /** `account`: the vendor refuses our credentials, and a person is needed. */
  | { readonly event: 'breaker-opened'; readonly vendor: string; readonly because: 'account' | 'failures'; readonly openMs: number }
  | { readonly event: 'breaker-closed'; readonly vendor: string };

export type WorkersReporter = (event: WorkersEvent) => void;
