/** The events of digests: what one app tells one person of a category on a channel, several notifications as one. */
import type { NotificationChannel } from '../../people/notification-channels.ts';
import type { SealingOf } from '../../shared/event.ts';
import type { AppId, DeliveryId, DigestId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { Priority } from '../priority.ts';

/** Where a delivery waits for others. Windows of a digest count from 1. */
export type DigestWindow = { readonly digest: DigestId; readonly window: number };

/** The notification that tells those of a window as one. */
export type DigestNotification = {
  readonly notification: NotificationId;
  /** The highest of them. */
  readonly priority: Priority;
  /** Where one of them may never be sent twice. */
  readonly atMostOnce: boolean;
  /** The latest of them: until then there is something to tell. */
  readonly expiresAt: Instant;
};

/** `digest-<UUIDv5(person, app, category, channel)>` */
export type DigestEvent =
  | {
      readonly type: 'notifications.digest-opened.v1';
      readonly data: DigestWindow & {
        readonly person: PersonId;
        readonly app: AppId;
        readonly category: string;
        readonly channel: NotificationChannel;
        readonly closesAt: Instant;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'notifications.digest-collected.v1';
      readonly data: DigestWindow & {
        readonly delivery: DeliveryId;
        readonly notification: NotificationId;
        readonly priority: Priority;
        readonly atMostOnce: boolean;
        readonly expiresAt: Instant;
        readonly at: Instant;
      };
    }
  | {
      readonly type: 'notifications.digest-closed.v1';
      readonly data: DigestWindow & {
        /** Those that were still waiting, the oldest first. */
        readonly notifications: readonly NotificationId[];
        /** Absent where it is one alone, which is told as itself, or none. */
        readonly into?: DigestNotification;
        readonly at: Instant;
      };
    };

export const digestSealing: SealingOf<DigestEvent> = {
  'notifications.digest-opened.v1': {},
  'notifications.digest-collected.v1': {},
  'notifications.digest-closed.v1': {},
};
