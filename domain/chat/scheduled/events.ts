/** The events of a message that is to be sent later (`scheduledMessageStream`). */
import type { AskedQuote } from '../content/cut-quote.ts';
import type { MessageEntity } from '../content/message-entities.ts';
import type { MessageAttachment } from '../content/message-media.ts';
import type { EndingOf, Personal, SealingOf } from '../../shared/event.ts';
import type { ChannelId, PersonId, ScheduledMessageId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { RefusalCode } from '../../shared/refusals.ts';

/** What the sender wrote. Everything that depends on others is decided when it is sent. */
export type MessageDraft = {
  readonly text: string;
  readonly replyTo?: number;
  readonly mentions?: readonly PersonId[];
  readonly entities?: readonly MessageEntity[];
  readonly media?: readonly MessageAttachment[];
  readonly quote?: AskedQuote;
};

/** `expiresAt`: of what is scheduled for a channel in which it disappears. From then on nobody reads the draft. */
type Drafted = { readonly draft: Personal<MessageDraft>; readonly sendAt: Instant; readonly expiresAt?: Instant };

type OfScheduled<Data = object> = { readonly scheduled: ScheduledMessageId; readonly channel: ChannelId; readonly sender: PersonId } & Data;

export type ScheduledMessageEvent =
  | { readonly type: 'chat.message-scheduled.v1'; readonly data: OfScheduled<Drafted> }
  | { readonly type: 'chat.scheduled-message-changed.v1'; readonly data: OfScheduled<Drafted> }
  | { readonly type: 'chat.scheduled-message-cancelled.v1'; readonly data: OfScheduled }
  /** From now on nothing about it is changed: a worker sends it, under one id however often. */
  | { readonly type: 'chat.scheduled-message-begun.v1'; readonly data: OfScheduled<{ readonly at: Instant }> }
  /** It became the message with this seq, or it was refused. */
  | { readonly type: 'chat.scheduled-message-ended.v1'; readonly data: OfScheduled<{ readonly message: number } | { readonly refusal: RefusalCode }> };

export const scheduledMessageSealing: SealingOf<ScheduledMessageEvent> = {
  'chat.message-scheduled.v1': { draft: 'sender' },
  'chat.scheduled-message-changed.v1': { draft: 'sender' },
  'chat.scheduled-message-cancelled.v1': {},
  'chat.scheduled-message-begun.v1': {},
  'chat.scheduled-message-ended.v1': {},
};

type Ending<Type extends ScheduledMessageEvent['type']> = EndingOf<Extract<ScheduledMessageEvent, { readonly type: Type }>>;
type DraftedType = 'chat.message-scheduled.v1' | 'chat.scheduled-message-changed.v1';

export const scheduledMessageEnding: { readonly [Type in DraftedType]: Ending<Type> } = {
  'chat.message-scheduled.v1': { draft: 'expiresAt' },
  'chat.scheduled-message-changed.v1': { draft: 'expiresAt' },
};
