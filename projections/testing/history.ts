/** A history with every event that a projector handles, of three people of whom one is erased. */
import type { AppId, ChannelId, DeliveryId, DeviceId, EndpointId, NotificationId, PersonId, TemplateId } from '../../domain/shared/ids.ts';
import { friendshipOf } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import type { TidingsEvent } from '../../domain/events.ts';
import { friendshipStream } from '../../domain/shared/streams.ts';
import { feed } from './feed-history.ts';
import { centreHistory } from './centre-history.ts';
import { lists } from './list-history.ts';
import { mediaHistory } from './media-history.ts';
import { moderationHistory } from './moderation-history.ts';
import { webhooks } from './webhook-history.ts';
import { schedules } from './schedule-history.ts';

/** Streams by name, with the events of each. */
export type History = Readonly<Record<string, readonly TidingsEvent[]>>;

export const at: Instant = instant(Date.UTC(2030, 0, 1));

const cyd = 'cyd' as PersonId;
export const ann = 'ann' as PersonId;
export const bob = 'bob' as PersonId;
export const room = 'room' as ChannelId;
export const hall = 'hall' as ChannelId;
export const pair = 'pair' as ChannelId;
export const refused = 'refused' as ChannelId;
const shop = 'shop' as AppId;
const [mail, mobile, phone] = ['mail', 'mobile', 'phone'] as unknown as readonly [EndpointId, EndpointId, EndpointId];
const [d1, d2] = ['d1', 'd2'] as unknown as readonly [DeviceId, DeviceId];
const n1 = 'n1' as NotificationId;
const n2 = 'n2' as NotificationId;
const receipt = 'receipt' as TemplateId;
const delivery = 'x1' as DeliveryId;
const lost = 'x2' as DeliveryId;

const people: History = {
  'user-ann': [
    { type: 'people.registered.v1', data: { name: 'Ann', login: 'h1' } },
    { type: 'people.profile-changed.v1', data: { about: 'sails', timeZone: 'Europe/Vienna' } },
  ],
  'user-bob': [{ type: 'people.registered.v1', data: { name: 'Bob', login: 'h2' } }],
  'user-cyd': [
    { type: 'people.registered.v1', data: { name: 'Cyd', login: 'h3' } },
    { type: 'people.profile-changed.v1', data: { name: 'Cydney', timeZone: 'Pacific/Chatham' } },
    { type: 'people.person-erased.v1', data: { login: 'h3' } },
  ],
  'contacts-ann': [
    { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: mail, address: 'ann@example.org' } },
    { type: 'people.contact-blocked.v1', data: { endpoint: mail, reason: 'hard-bounce' } },
    { type: 'people.contact-unblocked.v1', data: { endpoint: mail } },
    { type: 'people.contact-set.v1', data: { kind: 'phone', endpoint: phone, address: '+43', unconfirmed: true } },
    { type: 'people.contact-confirmed.v1', data: { kind: 'phone', endpoint: phone } },
    { type: 'people.contact-removed.v1', data: { kind: 'phone', endpoint: phone } },
    { type: 'people.device-registered.v1', data: { device: d1, endpoint: mobile, platform: 'fcm', token: 't1', at } },
    { type: 'people.device-registered.v1', data: { device: d2, endpoint: phone, platform: 'apns', token: 't2', app: shop, at } },
    { type: 'people.device-invalidated.v1', data: { device: d1, endpoint: mobile, reason: 'token-unregistered' } },
  ],
  'contacts-cyd': [
    { type: 'people.contact-set.v1', data: { kind: 'email', endpoint: mail, address: 'cyd@example.org' } },
    { type: 'people.device-registered.v1', data: { device: d1, endpoint: mobile, platform: 'fcm', token: 't3', at } },
  ],
  'preferences-ann': [
    { type: 'people.opted-out.v1', data: { category: 'offers', channel: 'sms' } },
    { type: 'people.opted-out.v1', data: { category: '*', channel: 'email' } },
    { type: 'people.opted-in.v1', data: { category: 'offers', channel: 'sms' } },
    { type: 'people.opted-out.v1', data: { app: shop, category: 'offers', channel: 'sms' } },
    { type: 'people.opted-out.v1', data: { app: shop, category: '*', channel: 'email' } },
    { type: 'people.choice-cleared.v1', data: { app: shop, category: 'offers', channel: 'sms' } },
    { type: 'people.quiet-hours-set.v1', data: { zone: 'Europe/Vienna', from: '22:00', until: '07:00' } },
    { type: 'people.quiet-hours-cleared.v1', data: {} },
    { type: 'people.digest-set.v1', data: { category: 'offers', channel: 'email', rule: { kind: 'after-first', minutes: 30 } } },
    { type: 'people.digest-set.v1', data: { category: 'offers', channel: '*', rule: { kind: 'time-of-day', time: '08:00' } } },
    { type: 'people.digest-cleared.v1', data: { category: 'offers', channel: 'email' } },
    { type: 'people.enrolled.v1', data: { app: shop } },
    { type: 'people.withdrawn.v1', data: { app: shop } },
    { type: 'people.enrolled.v1', data: { app: shop } },
  ],
  'connections-ann': [
    { type: 'people.followed.v1', data: { person: bob } },
    { type: 'people.followed.v1', data: { person: cyd } },
    { type: 'people.unfollowed.v1', data: { person: cyd } },
    { type: 'people.muted.v1', data: { person: bob } },
    { type: 'people.unmuted.v1', data: { person: bob } },
    { type: 'people.blocked.v1', data: { person: cyd } },
  ],
  'connections-bob': [
    { type: 'people.blocked.v1', data: { person: cyd } },
    { type: 'people.unblocked.v1', data: { person: cyd } },
    { type: 'people.followed.v1', data: { person: ann } },
    { type: 'people.unfollowed.v1', data: { person: ann } },
    { type: 'people.followed.v1', data: { person: ann } },
  ],
  [friendshipStream(friendshipOf(ann, bob))]: [
    { type: 'people.friend-requested.v1', data: { from: ann, to: bob, round: 1 } },
    { type: 'people.friend-refused.v1', data: { from: ann, to: bob, round: 1 } },
    { type: 'people.friend-requested.v1', data: { from: bob, to: ann, round: 2 } },
    { type: 'people.friend-accepted.v1', data: { from: bob, to: ann, round: 2 } },
  ],
  [friendshipStream(friendshipOf(ann, cyd))]: [
    { type: 'people.friend-requested.v1', data: { from: ann, to: cyd, round: 1 } },
    { type: 'people.friend-accepted.v1', data: { from: ann, to: cyd, round: 1 } },
    { type: 'people.friend-removed.v1', data: { by: cyd, other: ann, round: 1 } },
  ],
  [friendshipStream(friendshipOf(bob, cyd))]: [
    { type: 'people.friend-requested.v1', data: { from: bob, to: cyd, round: 1 } },
    { type: 'people.friend-withdrawn.v1', data: { from: bob, to: cyd, round: 1 } },
    { type: 'people.friend-requested.v1', data: { from: cyd, to: bob, round: 2 } },
  ],
};

const chat: History = {
  'channel-room': [
    { type: 'chat.channel-opened.v1', data: { channel: room, kind: 'group', owner: ann, members: [ann, bob], title: 'A room', at } },
    { type: 'chat.member-joined.v1', data: { channel: room, member: cyd, by: ann, at } },
    { type: 'chat.channel-renamed.v1', data: { channel: room, by: cyd, title: 'The room' } },
    { type: 'chat.member-removed.v1', data: { channel: room, member: bob, by: ann } },
    { type: 'chat.member-left.v1', data: { channel: room, member: cyd } },
    { type: 'chat.member-joined.v1', data: { channel: room, member: bob, by: ann, at } },
  ],
  'channel-hall': [
    { type: 'chat.channel-opened.v1', data: { channel: hall, kind: 'group', owner: ann, members: [ann], invited: [bob, cyd], at } },
    { type: 'chat.invitation-withdrawn.v1', data: { channel: hall, member: cyd, by: ann } },
    { type: 'chat.member-invited.v1', data: { channel: hall, member: cyd, by: ann, at } },
    { type: 'chat.invitation-refused.v1', data: { channel: hall, member: bob } },
    { type: 'chat.member-invited.v1', data: { channel: hall, member: bob, by: ann, at } },
    { type: 'chat.member-joined.v1', data: { channel: hall, member: bob, by: bob, at } },
  ],
  'channel-pair': [
    { type: 'chat.channel-opened.v1', data: { channel: pair, kind: 'direct', owner: ann, members: [ann, bob], request: true, at } },
    { type: 'chat.request-refused.v1', data: { channel: pair, from: ann, by: bob } },
    { type: 'chat.request-accepted.v1', data: { channel: pair, from: ann, by: bob } },
  ],
  'channel-refused': [
    { type: 'chat.channel-opened.v1', data: { channel: refused, kind: 'direct', owner: cyd, members: [cyd, bob], request: true, at } },
    { type: 'chat.request-refused.v1', data: { channel: refused, from: cyd, by: bob } },
  ],
  'messages-room': [
    { type: 'chat.message-posted.v1', data: { channel: room, sender: ann, text: 'hi @bob', clientId: 'c0', mentions: [bob], at, messageCount: 1 } },
    { type: 'chat.message-posted.v1', data: { channel: room, sender: cyd, text: 'hello', clientId: 'c1', device: 'd1', replyTo: 0, at, messageCount: 2 } },
    { type: 'chat.message-reacted.v1', data: { channel: room, message: 0, person: bob, emoji: '👍', change: 'added', messageCount: 2 } },
    { type: 'chat.message-reacted.v1', data: { channel: room, message: 0, person: cyd, emoji: '👍', change: 'added', messageCount: 2 } },
    { type: 'chat.message-reacted.v1', data: { channel: room, message: 0, person: bob, emoji: '👍', change: 'removed', messageCount: 2 } },
    { type: 'chat.message-edited.v1', data: { channel: room, message: 1, sender: cyd, text: 'Hello', messageCount: 2 } },
    { type: 'chat.message-posted.v1', data: { channel: room, sender: ann, text: '@bob @cyd', clientId: 'c2', mentions: [bob, cyd], at, messageCount: 3 } },
    { type: 'chat.message-withdrawn.v1', data: { channel: room, message: 0, by: ann, mentions: [bob], messageCount: 3 } },
  ],
  'inbox-bob': [
    { type: 'chat.read-up-to.v1', data: { person: bob, channel: room, seq: 1, messageCount: 2, at } },
    { type: 'chat.channel-muted.v1', data: { person: bob, channel: room } },
  ],
  'inbox-ann': [
    { type: 'chat.channel-muted.v1', data: { person: ann, channel: room } },
    { type: 'chat.channel-unmuted.v1', data: { person: ann, channel: room } },
    { type: 'chat.read-up-to.v1', data: { person: ann, channel: room, seq: 7, messageCount: 3, at } },
  ],
  'presence-bob': [
    { type: 'chat.presence-changed.v1', data: { person: bob, status: 'online', lastActiveAt: at, gateway: 'g1' } },
    { type: 'chat.presence-changed.v1', data: { person: bob, status: 'offline', lastActiveAt: at } },
  ],
  'presence-g1': [{ type: 'chat.gateway-lost.v1', data: { gateway: 'g1', lastSeenAt: at } }],
};

const requested = { category: 'offers', critical: false, atMostOnce: false, channels: ['push'], priority: 'normal', expiresAt: at, at } as const;

const notifications: History = {
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
};

export const everything: History = {
  ...people,
  ...feed,
  ...mediaHistory,
  ...chat,
  ...notifications,
  ...webhooks,
  ...centreHistory,
  ...lists,
  ...schedules,
  ...moderationHistory,
};
