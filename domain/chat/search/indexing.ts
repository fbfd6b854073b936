/**
 * That a channel's messages are kept ready to be searched: from when one of its members first searched it. How far its words have come is
 * in the views, with the words, for they are lost together.
 */
import { accept, refuse, type Decider } from '../../shared/decider.ts';
import type { SealingOf } from '../../shared/event.ts';
import type { ChannelId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import { isMember, type ChannelState } from '../channel-state.ts';

/** `indexingStream` */
export type IndexingEvent = { readonly type: 'chat.indexing-begun.v1'; readonly data: { readonly channel: ChannelId; readonly at: Instant } };

export const indexingSealing: SealingOf<IndexingEvent> = { 'chat.indexing-begun.v1': {} };

export type IndexingState = { readonly status: 'none' | 'begun' };

export type IndexingCommand = {
  readonly type: 'begin';
  readonly channel: ChannelId;
  /** Who searched it. */
  readonly actor: PersonId;
  readonly membership: ChannelState;
  readonly at: Instant;
};

export const indexing: Decider<IndexingState, IndexingCommand, IndexingEvent> = {
  initialState: { status: 'none' },
  evolve: () => ({ status: 'begun' }),
  decide: ({ status }, { channel, actor, membership, at }) => {
    if (!isMember(membership, actor)) return refuse('channel-unknown');
    return status === 'begun' ? accept() : accept({ type: 'chat.indexing-begun.v1', data: { channel, at } });
  },
};
