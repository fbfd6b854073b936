/** A message that is to be sent later: until its time has come its sender may change or cancel it. */
import { accept, refuse, type Decider, type Decision, type Refusal } from '../../shared/decider.ts';
import type { ChannelId, PersonId, ScheduledMessageId } from '../../shared/ids.ts';
import { DAY_MS, SECOND_MS, plus, type Instant } from '../../shared/instant.ts';
import type { RefusalCode } from '../../shared/refusals.ts';
import type { MessageDraft, ScheduledMessageEvent } from './events.ts';

/** How long before it is sent a message may be scheduled. */
export const SEND_AHEAD_MAX_DAYS = 365;

type Whose = { readonly channel: ChannelId; readonly sender: PersonId };

/** `refused`: it could not be sent, and its sender may still take it away. */
export type ScheduledMessageState =
  | { readonly status: 'none' }
  | ({ readonly status: 'waiting'; readonly sendAt: Instant } & Whose)
  | ({ readonly status: 'begun'; readonly since: Instant } & Whose)
  | ({ readonly status: 'sent' | 'refused' | 'cancelled' } & Whose);

/**
 * How long behind the end of its message a draft can still be read: longer than workers may be away, for a message whose draft has ended is
 * sent no more.
 */
export const DRAFT_KEPT_MS = 7 * DAY_MS;

/** `timeToLiveSeconds`: of what is said in its channel. `fault`: why it would be refused if it were sent now. What can be known to fail is refused when it is asked for. */
type Drafted = Whose & {
  readonly draft: MessageDraft;
  readonly sendAt: Instant;
  readonly timeToLiveSeconds?: number;
  readonly fault?: Refusal;
  readonly at: Instant;
};

type OfScheduled = { readonly scheduled: ScheduledMessageId };

export type ScheduledMessageCommand =
  | ({ readonly type: 'schedule' } & OfScheduled & Drafted)
  | ({ readonly type: 'change' } & OfScheduled & Drafted)
  | ({ readonly type: 'cancel' } & OfScheduled & Whose)
  /** Of the worker, as the next. */
  | ({ readonly type: 'begin'; readonly at: Instant } & OfScheduled)
  | ({ readonly type: 'end'; readonly became: { readonly message: number } | { readonly refusal: RefusalCode } } & OfScheduled);

type Command<Type extends ScheduledMessageCommand['type']> = Extract<ScheduledMessageCommand, { type: Type }>;

export const scheduledMessage: Decider<ScheduledMessageState, ScheduledMessageCommand, ScheduledMessageEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, { type, data }) => {
    const { channel, sender } = data;
    switch (type) {
      case 'chat.message-scheduled.v1':
      case 'chat.scheduled-message-changed.v1':
        return { status: 'waiting', channel, sender, sendAt: data.sendAt };
      case 'chat.scheduled-message-cancelled.v1':
        return { status: 'cancelled', channel, sender };
      case 'chat.scheduled-message-begun.v1':
        return { status: 'begun', channel, sender, since: data.at };
      case 'chat.scheduled-message-ended.v1':
        return { status: 'message' in data ? 'sent' : 'refused', channel, sender };
    }
  },

  decide: (state, command) => {
    switch (command.type) {
      case 'schedule':
        if (state.status === 'none') return drafted('chat.message-scheduled.v1', command);
        return isOf(state, command) ? accept() : refuse('scheduled-message-unknown');
      case 'change':
        return refusalIfNotWaiting(state, command) ?? drafted('chat.scheduled-message-changed.v1', command);
      case 'cancel':
        return cancel(state, command);
      case 'begin': {
        const { scheduled, at } = command;
        if (state.status !== 'waiting' || state.sendAt > at) return accept();
        const { channel, sender } = state;
        return accept({ type: 'chat.scheduled-message-begun.v1', data: { scheduled, channel, sender, at } });
      }
      case 'end': {
        if (state.status !== 'begun') return accept();
        const { channel, sender } = state;
        return accept({ type: 'chat.scheduled-message-ended.v1', data: { scheduled: command.scheduled, channel, sender, ...command.became } });
      }
    }
  },
};

function drafted(
  type: 'chat.message-scheduled.v1' | 'chat.scheduled-message-changed.v1',
  { scheduled, channel, sender, draft, sendAt, timeToLiveSeconds, fault, at }: Command<'schedule' | 'change'>,
): Decision<ScheduledMessageEvent> {
  if (sendAt <= at || sendAt > plus(at, SEND_AHEAD_MAX_DAYS * DAY_MS)) return refuse('message-send-at-out-of-range', { days: SEND_AHEAD_MAX_DAYS });
  if (fault !== undefined) return { outcome: 'refused', refusal: fault };
  const ends = timeToLiveSeconds === undefined ? {} : { expiresAt: plus(sendAt, timeToLiveSeconds * SECOND_MS + DRAFT_KEPT_MS) };
  return accept({ type, data: { scheduled, channel, sender, draft, sendAt, ...ends } });
}

function cancel(state: ScheduledMessageState, command: Command<'cancel'>): Decision<ScheduledMessageEvent> {
  if (state.status === 'cancelled' && isOf(state, command)) return accept();
  const fault = state.status === 'refused' && isOf(state, command) ? undefined : refusalIfNotWaiting(state, command);
  const { scheduled, channel, sender } = command;
  return fault ?? accept({ type: 'chat.scheduled-message-cancelled.v1', data: { scheduled, channel, sender } });
}

/** Nobody learns whether another's exists. A message stays in the channel for which it was scheduled. */
function refusalIfNotWaiting(state: ScheduledMessageState, whose: Whose): Decision<never> | undefined {
  if (!isOf(state, whose) || state.status === 'cancelled') return refuse('scheduled-message-unknown');
  return state.status === 'waiting' ? undefined : refuse('scheduled-message-begun');
}

const isOf = (state: ScheduledMessageState, { channel, sender }: Whose): boolean =>
  state.status !== 'none' && state.sender === sender && state.channel === channel;
