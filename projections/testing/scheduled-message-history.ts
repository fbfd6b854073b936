/** The part of the history that is of messages that are to be sent later. */
import type { TidingsEvent } from '../../domain/events.ts';
import type { ChannelId, MediaId, PersonId, ScheduledMessageId } from '../../domain/shared/ids.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';

const at: Instant = instant(Date.UTC(2030, 0, 1));
const [ann, bob, cyd] = ['ann', 'bob', 'cyd'] as unknown as readonly [PersonId, PersonId, PersonId];
type Id = ScheduledMessageId;
const [u1, u2, u3, u4] = ['u1', 'u2', 'u3', 'u4'] as unknown as readonly [Id, Id, Id, Id];
const channel = 'room' as ChannelId;
const media = 'm1' as MediaId;

export const scheduledMessageHistory: Readonly<Record<string, readonly TidingsEvent[]>> = {
  'unsent-u1': [
    { type: 'chat.message-scheduled.v1', data: { scheduled: u1, channel, sender: ann, draft: { text: 'soon', media: [{ media }] }, sendAt: at } },
    { type: 'chat.scheduled-message-changed.v1', data: { scheduled: u1, channel, sender: ann, draft: { text: 'sooner' }, sendAt: at } },
    { type: 'chat.scheduled-message-begun.v1', data: { scheduled: u1, channel, sender: ann, at } },
    { type: 'chat.scheduled-message-ended.v1', data: { scheduled: u1, channel, sender: ann, refusal: 'channel-unknown' } },
  ],
  'unsent-u2': [
    { type: 'chat.message-scheduled.v1', data: { scheduled: u2, channel, sender: bob, draft: { text: 'later' }, sendAt: at } },
    { type: 'chat.scheduled-message-begun.v1', data: { scheduled: u2, channel, sender: bob, at } },
    { type: 'chat.scheduled-message-ended.v1', data: { scheduled: u2, channel, sender: bob, message: 3 } },
  ],
  'unsent-u3': [
    { type: 'chat.message-scheduled.v1', data: { scheduled: u3, channel, sender: cyd, draft: { text: 'never' }, sendAt: at } },
    { type: 'chat.scheduled-message-cancelled.v1', data: { scheduled: u3, channel, sender: cyd } },
  ],
  'unsent-u4': [{ type: 'chat.message-scheduled.v1', data: { scheduled: u4, channel, sender: bob, draft: { text: 'in time' }, sendAt: at } }],
};
