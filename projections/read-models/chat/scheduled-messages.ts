/** Messages that are to be sent later, until they are. */
import type { MessageDraft, ScheduledMessageEvent } from '../../../domain/chat/scheduled/events.ts';
import { orErased } from '../../../domain/shared/event.ts';
import type { ChannelId, PersonId, ScheduledMessageId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import type { UserEvent } from '../../../domain/people/events.ts';
import type { Projector } from '../../projection.ts';

/** Id: the scheduled message. Sent and cancelled ones have no document. */
export type ScheduledMessageDocument = {
  readonly scheduled: ScheduledMessageId;
  readonly channel: ChannelId;
  readonly sender: PersonId;
  /** Null: its sender was erased, or it has disappeared. */
  readonly draft: MessageDraft | null;
  readonly sendAt: Instant;
  /** Sorts a sender's by their time: the time, and the id. */
  readonly place: string;
  /** When a worker has to look at it; null where nothing is left to do. */
  readonly dueAt: Instant | null;
  /** Why it could not be sent. */
  readonly refusal: RefusalCode | null;
};

type HandledEvent = ScheduledMessageEvent | Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const scheduledMessages = {
  kind: 'projector',
  name: 'scheduled-messages',
  version: 1,
  handles: [
    'chat.message-scheduled.v1',
    'chat.scheduled-message-changed.v1',
    'chat.scheduled-message-cancelled.v1',
    'chat.scheduled-message-begun.v1',
    'chat.scheduled-message-ended.v1',
    'people.person-erased.v1',
  ],
  indexes: { 'scheduled-messages': [{ fields: ['sender', 'place'] }, { fields: ['dueAt'] }] },

  project: (event, { 'scheduled-messages': all }) => {
    switch (event.type) {
      case 'chat.message-scheduled.v1':
      case 'chat.scheduled-message-changed.v1': {
        const { scheduled, channel, sender, sendAt } = event.data;
        const draft = orErased<MessageDraft | null>(event.data.draft, null);
        // A draft that has ended by itself is still to be looked at: it may not have been sent.
        const isOver = draft === null && event.data.expiresAt === undefined;
        const [place, dueAt] = [`${sendAt}:${scheduled}`, isOver ? null : sendAt];
        all.update(scheduled, event, () => ({ scheduled, channel, sender, draft, sendAt, place, dueAt, refusal: null }));
        return;
      }
      case 'chat.scheduled-message-begun.v1':
        return; // a worker looks at it until it has ended
      case 'chat.scheduled-message-ended.v1': {
        const { data } = event;
        all.update(data.scheduled, event, (before) => ('message' in data ? undefined : before && { ...before, dueAt: null, refusal: data.refusal }));
        return;
      }
      case 'chat.scheduled-message-cancelled.v1':
        all.update(event.data.scheduled, event, () => undefined);
        return;
      case 'people.person-erased.v1':
        all.patch({ sender: event.key }, { draft: null, dueAt: null });
        return;
    }
  },
} as const satisfies Projector<HandledEvent, { 'scheduled-messages': ScheduledMessageDocument }>;
