/** A history with every event that a projector handles, of three people of whom one is erased. */
import type { AppId, ChannelId, DeviceId, EndpointId, InvitationLinkId, MediaId, PersonId } from '../../domain/shared/ids.ts';
import { friendshipOf } from '../../domain/shared/ids.ts';
import { instant, plus, type Instant } from '../../domain/shared/instant.ts';
import type { TidingsEvent } from '../../domain/events.ts';
import { friendshipStream } from '../../domain/shared/streams.ts';
import { feed } from './feed-history.ts';
import { centreHistory } from './centre-history.ts';
import { lists } from './list-history.ts';
import { exportHistory } from './export-history.ts';
import { scheduledMessageHistory } from './scheduled-message-history.ts';
import { mediaHistory, roomPicture } from './media-history.ts';
import { notificationHistory } from './notification-history.ts';
import { moderationHistory } from './moderation-history.ts';
import { webhooks } from './webhook-history.ts';
import { schedules } from './schedule-history.ts';

/** Streams by name, with the events of each. */
export type History = Readonly<Record<string, readonly TidingsEvent[]>>;

export const at: Instant = instant(Date.UTC(2030, 0, 1));
const later: Instant = instant(Date.UTC(2030, 0, 2));

const cyd = 'cyd' as PersonId;
export const ann = 'ann' as PersonId;
export const bob = 'bob' as PersonId;
export const room = 'room' as ChannelId;
export const hall = 'hall' as ChannelId;
export const pair = 'pair' as ChannelId;
export const refused = 'refused' as ChannelId;
const dan = 'dan' as PersonId;
const [roomLink, otherLink] = ['link-1', 'link-2'] as unknown as readonly [InvitationLinkId, InvitationLinkId];
const shop = 'shop' as AppId;
const [mail, mobile, phone] = ['mail', 'mobile', 'phone'] as unknown as readonly [EndpointId, EndpointId, EndpointId];
const [d1, d2] = ['d1', 'd2'] as unknown as readonly [DeviceId, DeviceId];

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
    { type: 'people.privacy-changed.v1', data: { readReceipts: false, presence: 'friends' } },
    { type: 'people.privacy-changed.v1', data: { presence: 'nobody', invisible: true } },
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
    { type: 'chat.disappearing-set.v1', data: { channel: room, by: ann, afterSeconds: 60, at } },
    { type: 'chat.role-changed.v1', data: { channel: room, member: cyd, role: 'admin', by: ann } },
    { type: 'chat.owner-changed.v1', data: { channel: room, owner: cyd, by: ann } },
    { type: 'chat.channel-described.v1', data: { channel: room, by: cyd, description: 'Where we are' } },
    { type: 'chat.channel-pictured.v1', data: { channel: room, by: cyd, picture: roomPicture } },
    { type: 'chat.history-set.v1', data: { channel: room, by: cyd, history: 'since-joining' } },
    { type: 'chat.invitation-link-created.v1', data: { channel: room, link: roomLink, by: cyd, usesMax: 2, expiresAt: later, approval: true, at } },
    { type: 'chat.invitation-link-created.v1', data: { channel: room, link: otherLink, by: ann, at } },
    { type: 'chat.join-requested.v1', data: { channel: room, person: dan, link: roomLink, at } },
    { type: 'chat.join-request-withdrawn.v1', data: { channel: room, person: dan } },
    { type: 'chat.join-requested.v1', data: { channel: room, person: dan, link: roomLink, at } },
    { type: 'chat.join-request-refused.v1', data: { channel: room, person: dan, by: ann } },
    { type: 'chat.invitation-link-revoked.v1', data: { channel: room, link: otherLink, by: ann } },
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
    { type: 'chat.notice-added.v1', data: { channel: room, notice: 'renamed', by: cyd, title: 'The room', noted: 2, messageCount: 3 } },
    {
      type: 'chat.message-previewed.v1',
      data: { channel: room, message: 1, sender: cyd, of: 5, preview: { url: 'https://a.example/', title: 'A' }, messageCount: 3 },
    },
  ],
  'messages-hall': [
    { type: 'chat.message-posted.v1', data: { channel: hall, sender: ann, text: 'Gone soon', clientId: 'c3', at, expiresAt: later, messageCount: 1 } },
    { type: 'chat.message-posted.v1', data: { channel: hall, sender: ann, text: 'Gone later', clientId: 'c4', at, expiresAt: later, messageCount: 2 } },
    { type: 'chat.message-edited.v1', data: { channel: hall, message: 1, sender: ann, text: 'Gone last', expiresAt: later, messageCount: 2 } },
  ],
  'messages-pair': [
    {
      type: 'chat.message-posted.v1',
      data: {
        channel: pair,
        sender: ann,
        text: 'Look',
        entities: [{ kind: 'bold', from: 0, to: 4 }],
        media: [{ kind: 'image', variants: [], media: 'seen' as MediaId, alt: null }],
        mediaCount: 1,
        clientId: 'c5',
        at,
        messageCount: 1,
      },
    },
    {
      type: 'chat.message-posted.v1',
      data: {
        channel: pair,
        sender: bob,
        text: 'This?',
        replyTo: 0,
        quote: { text: 'of cyd', from: 0 },
        quotedSender: cyd,
        clientId: 'c6',
        at,
        messageCount: 2,
      },
    },
    { type: 'chat.message-withdrawn.v1', data: { channel: pair, message: 0, by: ann, mediaCount: 1, messageCount: 2 } },
  ],
  'disappeared-hall': [
    { type: 'chat.messages-disappeared.v1', data: { channel: hall, messages: [0], window: { ends: plus(later, 10_000), seconds: 86_400, upTo: 0 } } },
  ],
  'indexing-room': [{ type: 'chat.indexing-begun.v1', data: { channel: room, at } }],
  'inbox-bob': [
    { type: 'chat.read-up-to.v1', data: { person: bob, channel: room, seq: 1, messageCount: 2, at } },
    { type: 'chat.channel-muted.v1', data: { person: bob, channel: room } },
  ],
  'inbox-ann': [
    { type: 'chat.channel-muted.v1', data: { person: ann, channel: room } },
    { type: 'chat.channel-unmuted.v1', data: { person: ann, channel: room } },
    { type: 'chat.channel-muted.v1', data: { person: ann, channel: hall, until: later } },
    { type: 'chat.level-chosen.v1', data: { person: ann, channel: room, level: 'mentions' } },
    { type: 'chat.read-up-to.v1', data: { person: ann, channel: room, seq: 7, messageCount: 3, at } },
  ],
  'presence-bob': [
    { type: 'chat.presence-changed.v1', data: { person: bob, status: 'online', lastActiveAt: at, gateway: 'g1' } },
    { type: 'chat.presence-changed.v1', data: { person: bob, status: 'offline', lastActiveAt: at } },
  ],
  'presence-g1': [{ type: 'chat.gateway-lost.v1', data: { gateway: 'g1', lastSeenAt: at } }],
};

export const everything: History = {
  ...people,
  ...feed,
  ...mediaHistory,
  ...scheduledMessageHistory,
  ...exportHistory,
  ...chat,
  ...notificationHistory,
  ...webhooks,
  ...centreHistory,
  ...lists,
  ...schedules,
  ...moderationHistory,
};
