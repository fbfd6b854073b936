import type { ChannelEvent, InboxEvent, MessagesEvent, PresenceEvent, ReactionKindEvent } from '../chat/events.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { at, type Samples } from './samples.ts';

const ann = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const bob = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
const cid = 'b2c9e6f0-51d3-5a7e-8c44-0e8f6b1d9003' as PersonId;
const channel = 'c-2c26b46b68ff' as ChannelId;

export const channelSamples: Samples<ChannelEvent> = {
  'chat.channel-opened.v1': { channel, kind: 'group', owner: ann, members: [ann, bob], title: 'Choir', at },
  'chat.channel-renamed.v1': { channel, by: bob, title: 'Both choirs' },
  'chat.member-invited.v1': { channel, member: cid, by: ann, at },
  'chat.invitation-refused.v1': { channel, member: cid },
  'chat.invitation-withdrawn.v1': { channel, member: cid, by: ann },
  'chat.member-joined.v1': { channel, member: cid, by: ann, at },
  'chat.member-left.v1': { channel, member: bob },
  'chat.member-removed.v1': { channel, member: cid, by: ann },
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
  'chat.message-withdrawn.v1': { channel, message: 1, by: ann, messageCount: 2 },
};

export const reactionKindSamples: Samples<ReactionKindEvent> = {
  'chat.reaction-kind-used.v1': { channel, message: 1, emoji: '👍🏽' },
};

export const inboxSamples: Samples<InboxEvent> = {
  'chat.read-up-to.v1': { person: bob, channel, seq: 2, messageCount: 2, at },
  'chat.channel-muted.v1': { person: bob, channel },
  'chat.channel-unmuted.v1': { person: bob, channel },
};

export const presenceSamples: Samples<PresenceEvent> = {
  'chat.presence-changed.v1': { person: ann, status: 'online', lastActiveAt: at, gateway: 'gateway-eu-1' },
  'chat.gateway-lost.v1': { gateway: 'gateway-eu-1', lastSeenAt: at },
};
