import type { ScheduledMessageEvent } from '../../chat/scheduled/events.ts';
import type { ScheduledPostEvent } from '../../feed/scheduled/events.ts';
import type { ChannelId, MediaId, PersonId, PostId, ScheduledMessageId, ScheduledPostId } from '../../shared/ids.ts';
import { at, later, type Samples } from '../samples.ts';

const author = '0f6f2c1e-6a0b-5f0e-9a51-3d1c52d6a001' as PersonId;
const scheduled = '7d9a1a3e-2f5d-5c38-8a55-0b8e5d1e4c02' as ScheduledPostId;
const media = '1b4e28ba-2fa1-41d2-883f-0016d3cca427' as MediaId;
const post = '01JPB2Z5E7TSV4RRFFQ69G5FAV' as PostId;

export const scheduledPostSamples: Samples<ScheduledPostEvent> = {
  'feed.post-scheduled.v1': { scheduled, author, draft: { text: 'Pi day', visibility: 'friends', media: [{ media, alt: 'A pie.' }] }, publishAt: later },
  'feed.scheduled-post-changed.v1': { scheduled, author, draft: { text: 'Happy pi day' }, publishAt: later },
  'feed.scheduled-post-begun.v1': { scheduled, author, at },
  'feed.scheduled-post-ended.v1': { scheduled, author, post },
  'feed.scheduled-post-cancelled.v1': { scheduled, author },
};

const bob = '7d1b8a44-2f4e-5c0b-8f3e-94f1a3c7b002' as PersonId;
const channel = 'c-2c26b46b68ff' as ChannelId;
const message = '4c8f1d2e-7a3b-5e90-9b61-2d3e4f5a6b7c' as ScheduledMessageId;

export const scheduledMessageSamples: Samples<ScheduledMessageEvent> = {
  'chat.message-scheduled.v1': {
    scheduled: message,
    channel,
    sender: author,
    draft: { text: 'Rehearsal in an hour, @Bob', replyTo: 0, mentions: [bob] },
    sendAt: later,
  },
  'chat.scheduled-message-changed.v1': { scheduled: message, channel, sender: author, draft: { text: 'Rehearsal in two hours' }, sendAt: later },
  'chat.scheduled-message-begun.v1': { scheduled: message, channel, sender: author, at },
  'chat.scheduled-message-ended.v1': { scheduled: message, channel, sender: author, message: 2 },
  'chat.scheduled-message-cancelled.v1': { scheduled: message, channel, sender: author },
};
