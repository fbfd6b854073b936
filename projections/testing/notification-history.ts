/** The part of the history that is of apps, their templates, notifications and deliveries. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { AppId, ChannelId, DeliveryId, EndpointId, NotificationId, PersonId, TemplateId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';

const at: Instant = instant(Date.UTC(2030, 0, 1));
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
const room = 'room' as ChannelId;
const shop = 'shop' as AppId;
const mobile = 'mobile' as EndpointId;
const [n1, n2, n3] = ['n1', 'n2', 'forgotten'] as unknown as readonly [NotificationId, NotificationId, NotificationId];
const receipt = 'receipt' as TemplateId;
const [delivery, lost, gone] = ['x1', 'x2', 'forgotten'] as unknown as readonly [DeliveryId, DeliveryId, DeliveryId];

const requested = { category: 'offers', critical: false, atMostOnce: false, channels: ['push'], priority: 'normal', expiresAt: at, at } as const;

export const notificationHistory: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'app-shop': [
    { type: 'notifications.app-registered.v1', data: { app: shop, name: 'Shop' } },
    { type: 'notifications.secret-rotated.v1', data: { app: shop } },
    { type: 'notifications.app-disabled.v1', data: { app: shop } },
  ],
  'categories-shop': [
    {
      type: 'notifications.category-declared.v1',
      data: { app: shop, category: 'Offers', defaultLocale: 'en', locales: { en: { title: 'Offers' } }, mandatory: false, byDefault: 'out', perDayMax: 2, at },
    },
    {
      type: 'notifications.category-declared.v1',
      data: { app: shop, category: 'offers', defaultLocale: 'en', locales: { en: { title: 'Our offers' } }, mandatory: false, byDefault: 'out', at },
    },
    {
      type: 'notifications.category-declared.v1',
      data: { app: shop, category: 'terms', defaultLocale: 'en', locales: { en: { title: 'Terms' } }, mandatory: true, byDefault: 'in', at },
    },
    { type: 'notifications.category-removed.v1', data: { app: shop, category: 'terms', at } },
  ],
  'template-receipt': [
    {
      type: 'notifications.template-published.v2',
      data: { template: receipt, version: 1, app: shop, defaultLocale: 'en', locales: { en: { body: 'Thanks' } }, partials: {} },
    },
    {
      type: 'notifications.template-published.v2',
      data: {
        template: receipt,
        version: 2,
        app: shop,
        name: 'Receipt',
        defaultLocale: 'en',
        locales: { en: { title: 'Paid', body: 'Thank you' }, de: { body: 'Danke' } },
        partials: {},
      },
    },
  ],
  'partial-shop:frame': [
    { type: 'notifications.partial-published.v1', data: { app: shop, name: 'frame', version: 1, body: '<p>{% block %}{% endblock %}</p>' } },
  ],
  'notification-n1': [
    {
      type: 'notifications.requested.v1',
      data: { ...requested, notification: n1, source: { kind: 'app', app: shop }, recipients: [ann, bob, ann], subject: shop, content: { body: 'Sale' } },
    },
    { type: 'notifications.cancelled.v1', data: { notification: n1 } },
  ],
  'notification-n2': [
    {
      type: 'notifications.requested.v1',
      data: {
        ...requested,
        notification: n2,
        source: { kind: 'chat', channel: room, seq: 6 },
        recipients: [cyd],
        subject: cyd,
        content: { title: 'Ann', body: '@bob @cyd' },
        template: { template: receipt, version: 1 },
        parameters: { name: 'Cyd' },
        sendAt: at,
        collapseKey: 'room',
      },
    },
  ],
  'delivery-x1': [
    {
      type: 'notifications.delivery-planned.v1',
      data: { ...requested, delivery, notification: n1, recipient: ann, channel: 'push', endpoint: mobile, source: { kind: 'app', app: shop } },
    },
    { type: 'notifications.delivery-deferred.v1', data: { delivery, reason: 'quiet-hours', until: at, at } },
    { type: 'notifications.delivery-released.v1', data: { delivery, at } },
    { type: 'notifications.delivery-queued.v1', data: { delivery, vendor: 'fcm', at } },
    { type: 'notifications.attempt-started.v1', data: { delivery, attempt: 1, vendor: 'fcm', deadline: at, mayRepeat: false, at } },
    { type: 'notifications.retry-scheduled.v1', data: { delivery, attempt: 1, reason: 'unavailable', retryAt: at, at } },
    { type: 'notifications.attempt-started.v1', data: { delivery, attempt: 2, vendor: 'fcm', deadline: at, mayRepeat: false, at } },
    { type: 'notifications.attempt-rejected.v1', data: { delivery, attempt: 2, vendor: 'fcm', reason: 'quota', endpointLost: false, at } },
    { type: 'notifications.delivery-rerouted.v1', data: { delivery, vendor: 'pushy', at } },
    { type: 'notifications.attempt-started.v1', data: { delivery, attempt: 3, vendor: 'pushy', deadline: at, mayRepeat: false, at } },
    { type: 'notifications.outcome-unknown.v1', data: { delivery, attempt: 3, reason: 'no answer', at } },
    { type: 'notifications.cancellation-noted.v1', data: { delivery, at } },
    { type: 'notifications.attempt-accepted.v1', data: { delivery, attempt: 3, vendor: 'pushy', vendorId: 'v1', at } },
    { type: 'notifications.delivery-undelivered.v1', data: { delivery, reason: 'unreachable', at } },
    { type: 'notifications.delivery-confirmed.v1', data: { delivery, at } },
    { type: 'notifications.engagement-seen.v1', data: { delivery, what: 'opened', at } },
    { type: 'notifications.engagement-seen.v1', data: { delivery, what: 'clicked', at } },
  ],
  'delivery-x2': [
    {
      type: 'notifications.delivery-planned.v1',
      data: { ...requested, delivery: lost, notification: n1, recipient: bob, channel: 'push', endpoint: null, source: { kind: 'app', app: shop } },
    },
    { type: 'notifications.delivery-suppressed.v1', data: { delivery: lost, reason: 'no-endpoint', at } },
    { type: 'notifications.delivery-digested.v1', data: { delivery: lost, into: n2, at } },
    { type: 'notifications.delivery-failed.v1', data: { delivery: lost, reason: 'unknown', at } },
    { type: 'notifications.delivery-cancelled.v1', data: { delivery: lost, at } },
    { type: 'notifications.delivery-expired.v1', data: { delivery: lost, at } },
  ],
  // Forgotten, as the log has it before it is truncated.
  'notification-forgotten': [
    {
      type: 'notifications.requested.v1',
      data: { ...requested, notification: n3, source: { kind: 'app', app: shop }, recipients: [bob], subject: shop, content: { body: 'Old' } },
    },
    { type: 'notifications.forgotten.v1', data: { notification: n3, at } },
  ],
  'delivery-forgotten': [
    {
      type: 'notifications.delivered-in-app.v1',
      data: { ...requested, delivery: gone, notification: n3, recipient: bob, channel: 'in-app', endpoint: null, source: { kind: 'app', app: shop } },
    },
    { type: 'notifications.delivery-forgotten.v1', data: { delivery: gone, notification: n3, recipient: bob, channel: 'in-app', at } },
  ],
};
