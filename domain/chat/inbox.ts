/**
 * A person's read pointers and muted channels. The stream grows with every reading, so only its last event is known here, which may
 * be about another channel. A pointer never goes back because every fold of these events takes the furthest
 * (`advanceReadPointer`); the pointer that a caller last knew only saves appends that would change nothing. The gateway, which knows
 * what is live, limits them to one in 10 s.
 */
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../shared/instant.ts';
import { isMember, type ChannelState } from './channel-state.ts';
import type { ChannelLevel, InboxEvent, MessagesEvent } from './events.ts';

/** At most one append per person and channel in so long, and one when their last connection is gone. */
export const READ_POINTER_INTERVAL_MS = 10_000;
/** Whoever wants it for longer mutes the channel without an end. */
const MUTED_MAX_DAYS = 366;

/** `seq` is the last event read, `messageCount` the number of messages up to it: unread is the channel's count minus this. */
export type ReadPointer = { readonly seq: number; readonly messageCount: number };

export type InboxState =
  | { readonly status: 'none' }
  | { readonly status: 'read'; readonly channel: ChannelId; readonly seq: number }
  | { readonly status: 'muted'; readonly channel: ChannelId; readonly until?: Instant }
  | { readonly status: 'unmuted'; readonly channel: ChannelId }
  | { readonly status: 'level-chosen'; readonly channel: ChannelId; readonly level: ChannelLevel };

export type InboxCommand =
  | {
      readonly type: 'read';
      readonly actor: PersonId;
      readonly channel: ChannelId;
      readonly membership: ChannelState;
      readonly seq: number;
      /** The event at `seq`: it proves that there is something to have read, and carries the count. */
      readonly target: MessagesEvent | undefined;
      /** The `seq` of the pointer that the caller last knew, if any. */
      readonly known?: number;
      readonly at: Instant;
    }
  /** Without `until` the channel is muted until it is unmuted. */
  | (About & { readonly type: 'mute'; readonly until?: Instant; readonly at: Instant })
  | (About & { readonly type: 'unmute' })
  | (About & { readonly type: 'choose-level'; readonly level: ChannelLevel });

type About = { readonly actor: PersonId; readonly channel: ChannelId; readonly membership: ChannelState };

export const inbox: Decider<InboxState, InboxCommand, InboxEvent> = {
  reads: 'tail',
  initialState: { status: 'none' },

  evolve: (_, event) => {
    const { channel } = event.data;
    switch (event.type) {
      case 'chat.read-up-to.v1':
        return { status: 'read', channel, seq: event.data.seq };
      case 'chat.channel-muted.v1':
        return { status: 'muted', channel, ...(event.data.until !== undefined && { until: event.data.until }) };
      case 'chat.channel-unmuted.v1':
        return { status: 'unmuted', channel };
      case 'chat.level-chosen.v1':
        return { status: 'level-chosen', channel, level: event.data.level };
    }
  },

  decide: (state, command) => {
    const { actor: person, channel, membership } = command;
    if (!isMember(membership, person)) return refuse('channel-unknown');
    switch (command.type) {
      case 'read':
        return read(state, command);
      case 'mute':
        return mute(state, command);
      case 'unmute':
        return state.status === 'unmuted' && state.channel === channel ? accept() : accept({ type: 'chat.channel-unmuted.v1', data: { person, channel } });
      case 'choose-level': {
        const { level } = command;
        const isSame = state.status === 'level-chosen' && state.channel === channel && state.level === level;
        return isSame ? accept() : accept({ type: 'chat.level-chosen.v1', data: { person, channel, level } });
      }
    }
  },
};

/** The pointer after one more event. Events may be seen in any order and more than once. */
export const advanceReadPointer = (before: ReadPointer | undefined, { seq, messageCount }: ReadPointer): ReadPointer =>
  before !== undefined && before.seq >= seq ? before : { seq, messageCount };

function read(state: InboxState, command: Extract<InboxCommand, { type: 'read' }>): Decision<InboxEvent> {
  const { actor: person, channel, seq, target, known, at } = command;
  if (target === undefined) return refuse('message-unknown');
  const reached = state.status === 'read' && state.channel === channel ? Math.max(state.seq, known ?? -1) : (known ?? -1);
  if (seq <= reached) return accept();
  return accept({ type: 'chat.read-up-to.v1', data: { person, channel, seq, messageCount: target.data.messageCount, at } });
}

function mute(state: InboxState, { actor: person, channel, until, at }: Extract<InboxCommand, { type: 'mute' }>): Decision<InboxEvent> {
  if (until !== undefined && (until <= at || until > plus(at, MUTED_MAX_DAYS * DAY_MS))) return refuse('mute-until-out-of-range', { days: MUTED_MAX_DAYS });
  const isSame = state.status === 'muted' && state.channel === channel && state.until === until;
  return isSame ? accept() : accept({ type: 'chat.channel-muted.v1', data: { person, channel, ...(until !== undefined && { until }) } });
}
