import type { NotificationChannel } from '../people/notification-channels.ts';
import type { DeliveryId, DeviceId, EndpointId, NotificationId, PersonId, TemplateId } from '../shared/ids.ts';
import type { Day, Instant } from '../shared/instant.ts';
import type { FailoverPlace } from './failover/policy.ts';
import type { Priority } from './priority.ts';
import type { Source } from './request-fields.ts';

/** What planning decides about a delivery, and never changes. */
export type Plan = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  readonly channel: NotificationChannel;
  /** Null where the recipient has none, for which the delivery is suppressed. It is sent to the endpoint that has replaced this one by then. */
  readonly endpoint: EndpointId | null;
  /** Of a push; absent where it was planned before devices were named. */
  readonly device?: DeviceId;
  readonly source: Source;
  readonly category: string;
  readonly critical: boolean;
  readonly atMostOnce: boolean;
  readonly priority: Priority;
  readonly expiresAt: Instant;
  /** The one that the request names, under which the delivery is counted. Absent where it names none, and in older events. */
  readonly template?: TemplateId;
  /** Under which the delivery is counted (`countedDayOf`). Absent in older events. */
  readonly day?: Day;
  /** Its app is a sandbox: it goes to the outbox, whatever routing says. */
  readonly sandbox?: true;
  /** Where the notification has a failover. */
  readonly failover?: FailoverPlace;
};
