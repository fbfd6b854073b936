/** Pins messages and takes pins away. What is withdrawn meanwhile is shown to nobody, and keeps its place until it is unpinned. */
import type { Relation } from '../../people/counterpart.ts';
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import type { ChannelId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { isMember, readsFrom, type ChannelState, type OpenChannel } from '../channel-state.ts';
import type { ChannelEvent, MessagesEvent } from '../events.ts';
import { refusalByRole } from '../groups/roles.ts';
import { PINS_MAX, type Pinning } from './pins.ts';

type OfPin = {
  readonly channel: ChannelId;
  readonly actor: PersonId;
  readonly message: number;
  /** In a direct channel, whether a block stands. */ readonly relation: Relation;
};

export type PinCommand =
  /** `target`: the event at the place that the message is named by, if there is one. `isClosed`: it is withdrawn. `hasDisappeared`: its time has come. */
  | (OfPin & {
      readonly type: 'pin';
      readonly target: MessagesEvent | undefined;
      readonly isClosed: boolean;
      readonly hasDisappeared: boolean;
      readonly at: Instant;
    })
  | (OfPin & { readonly type: 'unpin' });

export function changePins(state: ChannelState, command: PinCommand): Decision<ChannelEvent> {
  const { actor, relation } = command;
  if (state.status !== 'open' || !isMember(state, actor)) return refuse('channel-unknown');
  const refusal = relation === 'blocked' ? refuse('blocked') : refusalByRole(state, actor, 'pin');
  return refusal ?? (command.type === 'pin' ? pin(state, command) : unpin(state, command));
}

function pin(
  state: OpenChannel,
  { channel, actor: by, message, target, isClosed, hasDisappeared, at }: Extract<PinCommand, { type: 'pin' }>,
): Decision<ChannelEvent> {
  const { pinned = [] }: Pinning = state;
  // Nobody learns of what was said before they may read, nor shows it to the others.
  if (target?.type !== 'chat.message-posted.v1' || message < (readsFrom(state, by) ?? Infinity)) return refuse('message-unknown');
  if (isClosed) return refuse('message-withdrawn');
  if (hasDisappeared) return refuse('message-disappeared');
  if (pinned.includes(message)) return accept();
  if (pinned.length >= PINS_MAX) return refuse('pins-full', { max: PINS_MAX });
  return accept({ type: 'chat.message-pinned.v1', data: { channel, message, by, at } });
}

const unpin = ({ pinned = [] }: Pinning, { channel, actor: by, message }: PinCommand): Decision<ChannelEvent> =>
  pinned.includes(message) ? accept({ type: 'chat.message-unpinned.v1', data: { channel, message, by } }) : accept();
