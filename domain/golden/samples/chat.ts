import type { ChannelEvent, DisappearanceEvent, InboxEvent, MessagesEvent } from '../../chat/events.ts';
import type { MessageMarkEvent } from '../../chat/message-marks.ts';
import type { PresenceEvent } from '../../chat/presence-events.ts';
import type { IndexingEvent } from '../../chat/search/indexing.ts';
import type { ObjectKey } from '../../media/media-facts.ts';
import type { ChannelId, InvitationLinkId, MediaId, PersonId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const ann = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const bob = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
const cid = 'b2c9e6f0-51d3-5a7e-8c44-0e8f6b1d9003' as PersonId;
const dan = '9e4f1a2b-3c5d-5e6f-8a90-1b2c3d4e5f04' as PersonId;
const channel = 'c-2c26b46b68ff' as ChannelId;
const link = '5d2e8f10-9b4c-5a71-8d22-3c4d5e6f7a81' as InvitationLinkId;

export const channelSamples: Samples<ChannelEvent> = {
  'chat.channel-opened.v1': { channel, kind: 'group', owner: ann, members: [ann, bob], title: 'Choir', at },
  'chat.channel-renamed.v1': { channel, by: bob, title: 'Both choirs' },
  'chat.disappearing-set.v1': { channel, by: bob, afterSeconds: 86_400, at },
  'chat.member-invited.v1': { channel, member: cid, by: ann, at },
  'chat.invitation-refused.v1': { channel, member: cid },
  'chat.invitation-withdrawn.v1': { channel, member: cid, by: ann },
  'chat.member-joined.v1': { channel, member: cid, by: ann, at },
  'chat.member-left.v1': { channel, member: bob },
  'chat.member-removed.v1': { channel, member: cid, by: ann },
  'chat.role-changed.v1': { channel, member: bob, role: 'admin', by: ann },
  'chat.owner-changed.v1': { channel, owner: bob, by: ann },
  'chat.channel-described.v1': { channel, by: bob, description: 'We sing on Fridays.' },
  'chat.channel-pictured.v1': {
    channel,
    by: bob,
    picture: {
      media: '4c1d9f2e-7a3b-5d60-8e11-2b3c4d5e6f70' as MediaId,
      alt: 'The choir',
      kind: 'image',
      blurHash: 'LEHV6nWB2yk8pyo0adR*.7kCMdnj',
      variants: [
        { name: 'full', object: 'b7Jm0x2Zt5oYw1fQ9dV3kR8uN6cH4sLpAeGiTjXvK0I' as ObjectKey, type: 'image/jpeg', bytes: 120_000, width: 512, height: 512 },
      ],
    },
  },
  'chat.history-set.v1': { channel, by: bob, history: 'since-joining' },
  'chat.invitation-link-created.v1': { channel, link, by: bob, usesMax: 20, expiresAt: later, approval: true, at },
  'chat.invitation-link-revoked.v1': { channel, link, by: bob },
  'chat.join-requested.v1': { channel, person: dan, link, at },
  'chat.join-request-refused.v1': { channel, person: dan, by: bob },
  'chat.join-request-withdrawn.v1': { channel, person: dan },
  'chat.message-pinned.v1': { channel, message: 1, by: bob, at },
  'chat.message-unpinned.v1': { channel, message: 1, by: ann },
  'chat.request-accepted.v1': { channel, from: ann, by: bob },
  'chat.request-refused.v1': { channel, from: ann, by: bob },
};

export const messagesSamples: Samples<MessagesEvent> = {
  'chat.message-posted.v1': {
    channel,
    sender: ann,
    text: 'Rehearsal at eight, @Bob 👋',
    clientId: '0195957c-5c87-7abc-8def-0123456789ab',
    device: 'c1b0a9d8-phone',
    replyTo: 0,
    mentions: [bob],
    at,
    messageCount: 2,
  },
  'chat.message-edited.v1': { channel, message: 1, sender: ann, text: 'Rehearsal at nine, @Bob 👋', messageCount: 2 },
  'chat.message-reacted.v1': { channel, message: 1, person: bob, emoji: '👍🏽', change: 'added', messageCount: 2 },
  'chat.message-previewed.v1': {
    channel,
    message: 1,
    sender: ann,
    of: 1,
    preview: { url: 'https://example.com/choir', title: 'The choir', description: 'When and where it sings.', site: 'Music' },
    messageCount: 2,
  },
  'chat.notice-added.v1': { channel, notice: 'renamed', by: bob, title: 'Both choirs', noted: 1, messageCount: 2 },
  'chat.message-withdrawn.v1': { channel, message: 1, by: ann, messageCount: 2 },
};

export const disappearanceSamples: Samples<DisappearanceEvent> = {
  'chat.messages-disappeared.v1': { channel, messages: [1, 4] },
};

export const messageMarkSamples: Samples<MessageMarkEvent> = {
  'chat.reaction-kind-used.v1': { channel, message: 1, emoji: '👍🏽' },
  'chat.message-closed.v1': { channel, message: 1, by: ann, at },
};

export const indexingSamples: Samples<IndexingEvent> = {
  'chat.indexing-begun.v1': { channel, at },
};

export const inboxSamples: Samples<InboxEvent> = {
  'chat.read-up-to.v1': { person: bob, channel, seq: 2, messageCount: 2, at },
  'chat.channel-muted.v1': { person: bob, channel },
  'chat.channel-unmuted.v1': { person: bob, channel },
  'chat.level-chosen.v1': { person: bob, channel, level: 'mentions' },
};

export const presenceSamples: Samples<PresenceEvent> = {
  'chat.presence-changed.v1': { person: ann, status: 'online', lastActiveAt: at, gateway: 'gateway-eu-1' },
  'chat.gateway-lost.v1': { gateway: 'gateway-eu-1', lastSeenAt: at },
};
