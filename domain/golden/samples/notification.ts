import type { DeliveryEvent, NotificationEvent } from '../../notifications/events.ts';
import { itemSamples } from './centre.ts';
import type { AppEvent } from '../../notifications/apps/events.ts';
import type { PartialEvent, TemplateEvent } from '../../notifications/templates/events.ts';
import type { AppId, AppKeyId, DeliveryId, EndpointId, NotificationId, PersonId, TemplateId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { at, later, type Samples } from '../samples.ts';

const recipient = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const app = 'shop-7Qm3' as AppId;
const notification = 'n-fcde2b2edba5' as NotificationId;
const delivery = 'e3b0c442-98fc-5c14-9afb-f4c8996fb924' as DeliveryId;
const template = 'order-shipped' as TemplateId;
const expiresAt = '2025-03-15T15:09:26.535Z' as Instant;

export const notificationSamples: Samples<NotificationEvent> = {
  'notifications.requested.v1': {
    notification,
    source: { kind: 'app', app },
    recipients: [recipient],
    subject: recipient,
    category: 'orders',
    critical: false,
    atMostOnce: false,
    channels: ['push', 'email'],
    content: { title: 'Shipped', body: 'Your order is on its way.', url: 'https://shop.example/orders/1' },
    template: { template, version: 2 },
    parameters: { name: 'Ann' },
    priority: 'normal',
    sendAt: later,
    expiresAt,
    collapseKey: 'order-1',
    at,
  },
  'notifications.cancelled.v1': { notification },
  'notifications.forgotten.v1': { notification, at: later },
};

/** Not every later event could follow from all of the earlier ones. */
export const deliverySamples: Samples<DeliveryEvent> = {
  ...itemSamples,
  'notifications.delivery-planned.v1': {
    delivery,
    notification,
    recipient,
    channel: 'push',
    endpoint: 'e-3f9a1c' as EndpointId,
    source: { kind: 'app', app },
    category: 'orders',
    critical: false,
    atMostOnce: false,
    priority: 'normal',
    expiresAt,
    at,
  },
  'notifications.delivery-deferred.v1': { delivery, reason: 'quiet-hours', until: later, at },
  'notifications.delivery-released.v1': { delivery, at: later },
  'notifications.delivery-queued.v1': { delivery, vendor: 'fcm', at: later },
  'notifications.delivery-rerouted.v1': { delivery, vendor: 'pushy', at: later },
  'notifications.attempt-started.v1': {
    delivery,
    attempt: 1,
    vendor: 'pushy',
    deadline: '2025-03-14T16:09:36.535Z' as Instant,
    mayRepeat: false,
    at: later,
  },
  'notifications.retry-scheduled.v1': { delivery, attempt: 1, reason: '503', retryAt: '2025-03-14T16:10:26.535Z' as Instant, at: later },
  'notifications.outcome-unknown.v1': { delivery, attempt: 1, reason: 'no-answer', at: later },
  'notifications.cancellation-noted.v1': { delivery, at: later },
  'notifications.attempt-rejected.v1': { delivery, attempt: 1, vendor: 'pushy', reason: 'UNREGISTERED', endpointLost: true, at: later },
  'notifications.attempt-accepted.v1': { delivery, attempt: 1, vendor: 'pushy', vendorId: '5ea9b214b47cad768a35f13a', at: later },
  'notifications.delivery-undelivered.v1': { delivery, reason: '30003', callback: 'SM9f1c:undelivered', at: later },
  'notifications.delivery-confirmed.v1': { delivery, callback: 'SM9f1c:delivered', at: later },
  'notifications.engagement-seen.v1': { delivery, what: 'opened', callback: 'sg-14c5d75ce93', at: later },
  'notifications.delivery-suppressed.v1': { delivery, reason: 'opted-out', at: later },
  'notifications.delivery-digested.v1': { delivery, into: 'n-4e07408562be' as NotificationId, at: later },
  'notifications.delivery-failed.v1': { delivery, reason: 'UNREGISTERED', at: later },
  'notifications.delivery-cancelled.v1': { delivery, at: later },
  'notifications.delivery-expired.v1': { delivery, at: expiresAt },
  'notifications.delivery-forgotten.v1': { delivery, notification, recipient, channel: 'push', at: later },
};

export const appSamples: Samples<AppEvent> = {
  'notifications.app-registered.v1': { app, name: 'Shop' },
  'notifications.secret-rotated.v1': { app },
  'notifications.app-key-added.v1': { app, key: 'k-9f2c41' as AppKeyId, name: 'Sends orders', scopes: ['read', 'send'] },
  'notifications.app-key-removed.v1': { app, key: 'k-9f2c41' as AppKeyId },
  'notifications.app-quota-set.v1': { app, quota: { requestsPerHour: 1_000, requestsPerDay: 10_000, recipientsPerHour: 50_000, recipientsPerDay: 200_000 } },
  'notifications.app-disabled.v1': { app },
  'notifications.sender-identity-set.v1': {
    app,
    identity: {
      email: { from: 'orders@shop.example', name: 'Shop', replyTo: 'help@shop.example' },
      sms: { from: '+15005550006' },
      apns: { topic: 'example.shop' },
      fcm: { project: 'shop-7a3f1' },
      webPush: { subject: 'mailto:push@shop.example' },
    },
  },
};

export const templateSamples: Samples<TemplateEvent> = {
  'notifications.template-published.v2': {
    template,
    version: 3,
    app,
    name: 'Order shipped',
    defaultLocale: 'en',
    locales: {
      en: {
        title: 'Shipped',
        body: 'Dear {{ name }}, your order is on its way.',
        url: 'https://shop.example/orders/{{ number }}',
        push: { title: 'On its way', body: 'Your order {{ number }}' },
        sms: { body: 'Order {{ number }} is on its way.' },
        email: { subject: 'Order {{ number }}', body: 'Dear {{ name }}', html: "{% layout 'frame' %}<p>Dear {{ name }}</p>" },
        inApp: { title: 'Shipped', body: 'Order {{ number }}' },
      },
      de: { body: 'Ihre Bestellung {{ number }} ist unterwegs.' },
    },
    partials: { frame: '<html>{% block %}{% endblock %}</html>' },
    parameters: { properties: { name: { type: 'string', maxLength: 100 }, number: { type: 'integer', minimum: 1 } }, required: ['number'] },
    tracking: { links: true, opens: false },
  },
};

export const partialSamples: Samples<PartialEvent> = {
  'notifications.partial-published.v1': { app, name: 'frame', version: 2, body: '<html>{% block %}{% endblock %}</html>' },
};
