/** The events of notifications (`notification-`) and of their deliveries (`delivery-`). Those of apps, templates and what else stands behind them are in rooms of their own. */
import type { NotificationChannel } from '../people/notification-channels.ts';
import { appSealing, type AppEvent } from './apps/events.ts';
import { centreSealing, type CentreEvent, type ItemEvent } from './centre/events.ts';
import { digestSealing, type DigestEvent, type DigestWindow } from './digests/events.ts';
import type { FailoverStep } from './failover/policy.ts';
import { listSealing, type CampaignEvent, type ListEvent, type RequestedList } from './lists/events.ts';
import { categorySealing, type CategoryEvent } from './categories/events.ts';
import type { Priority } from './priority.ts';
import type { Plan } from './delivery-plan.ts';
import type { Content, RequestedTemplate, SendAtLocal, Source } from './request-fields.ts';
import { routingSealing, type RoutingEvent } from './routing/events.ts';
import { scheduleSealing, type ScheduleEvent } from './schedules/events.ts';
import { smsStopsSealing, type SmsStopsEvent } from './stops/events.ts';
import { webhookSealing, type WebhookEndpointEvent, type WebhookMessageEvent } from './webhooks/events.ts';
import { templateSealing, type PartialEvent, type TemplateEvent, type Tracking } from './templates/events.ts';
import type { Personal, SealingOf } from '../shared/event.ts';
import type { DeliveryId, EndpointId, NotificationId, PersonId, TemplateId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';

/** `notification-<id>` */
export type NotificationEvent =
  | {
      readonly type: 'notifications.requested.v1';
      readonly data: {
        readonly notification: NotificationId;
        readonly source: Source;
        /** None where it goes to a list. */
        readonly recipients: readonly PersonId[];
        readonly list?: RequestedList;
        /** The owner of the key that seals the content: the person whose words it tells, else the recipient where there is one, else the app. */
        readonly subject: string;
        readonly category: string;
        /** Must be read, such as 'your password was changed': preferences, caps and quiet hours don't hold it back. */
        readonly critical: boolean;
        /** Better never than twice: an attempt of unknown outcome is not repeated. */
        readonly atMostOnce: boolean;
        /** In order of preference. */
        readonly channels: readonly NotificationChannel[];
        /** The request has named none: the category's, or the person's own choice, may say others when it is planned. */
        readonly channelsByDefault?: true;
        /** On which channels it is told next where it isn't confirmed in time. */
        readonly failover?: readonly FailoverStep[];
        readonly content?: Personal<Content>;
        readonly template?: RequestedTemplate;
        readonly parameters?: Personal<Readonly<Record<string, unknown>>>;
        /** A digest's: it tells these as one, as they are when it is sent, and has no content of its own. */
        readonly digestOf?: readonly NotificationId[];
        readonly priority: Priority;
        readonly sendAt?: Instant;
        /** On the clock of each recipient, in place of `sendAt`. */
        readonly sendAtLocal?: SendAtLocal;
        readonly expiresAt: Instant;
        /** A later notification with the same key replaces this one on the device. */
        readonly collapseKey?: string;
        /** In place of the template's. */
        readonly tracking?: Tracking;
        readonly at: Instant;
      };
    }
  | { readonly type: 'notifications.cancelled.v1'; readonly data: { readonly notification: NotificationId } }
  /** It is older than such are kept. What was before it in the stream leaves the log. */
  | { readonly type: 'notifications.forgotten.v1'; readonly data: { readonly notification: NotificationId; readonly at: Instant } };

export type SuppressionReason =
  | 'opted-out'
  | 'blocked-stop'
  | 'blocked-hard-bounce'
  | 'blocked-complaint'
  | 'person-erased'
  | 'not-enrolled'
  | 'app-disabled'
  | 'endpoint-removed'
  | 'no-endpoint'
  /** The person has not confirmed the address. */
  | 'unconfirmed'
  | 'frequency-cap'
  /** No texts go to numbers of that country. */
  | 'country-not-allowed'
  /** Too many texts went to that country, or to numbers like it, within the hour. */
  | 'sms-capped'
  | 'received-meanwhile'
  /** What it tells of is withdrawn or deleted, or its author was erased. */
  | 'withdrawn'
  /** The recipient is no member of the channel any more. */
  | 'not-a-member'
  /** The recipient and the author are friends no more. */
  | 'not-a-friend'
  /** The recipient mutes the channel, or the author. */
  | 'muted'
  /** A block stands between the recipient and the author. */
  | 'blocked';
/** What the person did with a message that arrived. */
export type Engagement = 'opened' | 'clicked' | 'unsubscribed' | 'complained';
/** `digest`: it waits for others, to be told with them as one. */
export type DeferralReason = 'scheduled' | 'quiet-hours' | 'frequency-cap' | 'digest';

/** What a template made of a notification for one attempt. `digest`: SHA-256 of the content, before links are tracked, in base64url. */
export type RenderedFrom = { readonly template: TemplateId; readonly version: number; readonly locale: string; readonly digest: string };

type OfDelivery<Data> = { readonly delivery: DeliveryId } & Data;

/** `delivery-<UUIDv5(notification, recipient, channel, device)>`: to one destination of one person: a device, the email address, the phone. The states are in `delivery/delivery-state.ts`. */
export type DeliveryEvent =
  | ItemEvent
  | {
      readonly type: 'notifications.delivery-planned.v1';
      readonly data: Plan & { readonly at: Instant };
    }
  | { readonly type: 'notifications.delivery-suppressed.v1'; readonly data: OfDelivery<{ readonly reason: SuppressionReason; readonly at: Instant }> }
  | {
      readonly type: 'notifications.delivery-deferred.v1';
      readonly data: OfDelivery<{
        readonly reason: DeferralReason;
        readonly until: Instant;
        /** Where it waits for others. */
        readonly digestWindow?: DigestWindow;
        readonly at: Instant;
      }>;
    }
  | { readonly type: 'notifications.delivery-released.v1'; readonly data: OfDelivery<{ readonly at: Instant }> }
  | { readonly type: 'notifications.delivery-digested.v1'; readonly data: OfDelivery<{ readonly into: NotificationId; readonly at: Instant }> }
  | { readonly type: 'notifications.delivery-queued.v1'; readonly data: OfDelivery<{ readonly vendor: string; readonly at: Instant }> }
  | {
      readonly type: 'notifications.attempt-started.v1';
      readonly data: OfDelivery<{
        readonly attempt: number;
        readonly vendor: string;
        /** Where it is sent to: what the vendor reports of the attempt concerns this endpoint. Absent in older events. */
        readonly endpoint?: EndpointId;
        /** The vendor's idempotency key, where it has such keys: an attempt that repeats this one carries it again. */
        readonly vendorKey?: string;
        /** Absent where no template was used. Sealed for `recipient`, who has it alone. */
        readonly rendered?: Personal<RenderedFrom>;
        readonly recipient?: PersonId;
        readonly deadline: Instant;
        readonly mayRepeat: boolean;
        readonly at: Instant;
      }>;
    }
  | {
      readonly type: 'notifications.attempt-accepted.v1';
      readonly data: OfDelivery<{ readonly attempt: number; readonly vendor: string; readonly vendorId: string; readonly at: Instant }>;
    }
  | {
      readonly type: 'notifications.attempt-rejected.v1';
      readonly data: OfDelivery<{
        readonly attempt: number;
        readonly vendor: string;
        readonly reason: string;
        readonly endpointLost: boolean;
        readonly at: Instant;
      }>;
    }
  | {
      readonly type: 'notifications.retry-scheduled.v1';
      readonly data: OfDelivery<{ readonly attempt: number; readonly reason: string; readonly retryAt: Instant; readonly at: Instant }>;
    }
  | {
      readonly type: 'notifications.outcome-unknown.v1';
      readonly data: OfDelivery<{ readonly attempt: number; readonly reason: string; readonly at: Instant }>;
    }
  | { readonly type: 'notifications.delivery-rerouted.v1'; readonly data: OfDelivery<{ readonly vendor: string; readonly at: Instant }> }
  | { readonly type: 'notifications.delivery-failed.v1'; readonly data: OfDelivery<{ readonly reason: string; readonly at: Instant }> }
  | { readonly type: 'notifications.delivery-cancelled.v1'; readonly data: OfDelivery<{ readonly at: Instant }> }
  | { readonly type: 'notifications.cancellation-noted.v1'; readonly data: OfDelivery<{ readonly at: Instant }> }
  | { readonly type: 'notifications.delivery-expired.v1'; readonly data: OfDelivery<{ readonly at: Instant }> }
  | { readonly type: 'notifications.delivery-confirmed.v1'; readonly data: OfDelivery<{ readonly callback?: string; readonly at: Instant }> }
  | {
      readonly type: 'notifications.delivery-undelivered.v1';
      readonly data: OfDelivery<{ readonly reason: string; readonly callback?: string; readonly at: Instant }>;
    }
  | {
      readonly type: 'notifications.engagement-seen.v1';
      readonly data: OfDelivery<{
        readonly what: Engagement;
        readonly callback?: string;
        /** Which of the email's links was followed, from 0, where it was one of ours. */
        readonly link?: number;
        /** A program did it, such as a link scanner: it says nothing of the person. */
        readonly machine?: true;
        readonly at: Instant;
      }>;
    }
  /** As `notifications.forgotten.v1`; it says of itself what was planned, for nothing else does any more. */
  | {
      readonly type: 'notifications.delivery-forgotten.v1';
      readonly data: OfDelivery<{
        readonly notification: NotificationId;
        readonly recipient: PersonId;
        readonly channel: NotificationChannel;
        readonly at: Instant;
      }>;
    };

export type NotificationsEvent =
  | NotificationEvent
  | CategoryEvent
  | CentreEvent
  | DeliveryEvent
  | DigestEvent
  | ScheduleEvent
  | ListEvent
  | CampaignEvent
  | SmsStopsEvent
  | WebhookEndpointEvent
  | WebhookMessageEvent
  | AppEvent
  | RoutingEvent
  | TemplateEvent
  | PartialEvent;

export const notificationsSealing: SealingOf<NotificationsEvent> = {
  ...appSealing,
  ...centreSealing,
  ...categorySealing,
  ...routingSealing,
  ...scheduleSealing,
  ...smsStopsSealing,
  ...webhookSealing,
  ...templateSealing,
  ...digestSealing,
  ...listSealing,
  'notifications.requested.v1': { content: 'subject', parameters: 'subject' },
  'notifications.cancelled.v1': {},
  'notifications.forgotten.v1': {},
  'notifications.delivery-planned.v1': {},
  'notifications.delivery-suppressed.v1': {},
  'notifications.delivery-deferred.v1': {},
  'notifications.delivery-released.v1': {},
  'notifications.delivery-digested.v1': {},
  'notifications.delivery-queued.v1': {},
  'notifications.attempt-started.v1': { rendered: 'recipient' },
  'notifications.attempt-accepted.v1': {},
  'notifications.attempt-rejected.v1': {},
  'notifications.retry-scheduled.v1': {},
  'notifications.outcome-unknown.v1': {},
  'notifications.delivery-rerouted.v1': {},
  'notifications.delivery-failed.v1': {},
  'notifications.delivery-cancelled.v1': {},
  'notifications.cancellation-noted.v1': {},
  'notifications.delivery-expired.v1': {},
  'notifications.delivery-confirmed.v1': {},
  'notifications.delivery-undelivered.v1': {},
  'notifications.engagement-seen.v1': {},
  'notifications.delivery-forgotten.v1': {},
};
