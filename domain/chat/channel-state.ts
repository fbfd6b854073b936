/** A channel as its events leave it: its members, the people asked to become members, and the message request that it may still be. */
import type { PersonId } from '../shared/ids.ts';
import { emptyMap, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import type { ChannelEvent, ChannelKind } from './events.ts';

/**
 * A direct channel with a stranger, until the recipient accepts it. A recipient who refuses it hears nothing more of the channel, and the
 * sender is not told.
 */
export type MessageRequest = { readonly from: PersonId; readonly status: 'pending' | 'refused' };

export type ChannelState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open';
      readonly kind: ChannelKind;
      readonly owner: PersonId;
      /** In the order of joining: when the owner leaves, the first of them owns the group. */
      readonly members: readonly PersonId[];
      /** People whom the owner removed: nobody else may add them again. */
      readonly removed: PersistentMap<PersonId, true>;
      /** People who left: they are asked before they are added again. */
      readonly departed: PersistentMap<PersonId, true>;
      /** People who were asked to become members, with the member who asked. */
      readonly invited: PersistentMap<PersonId, { readonly by: PersonId }>;
      readonly request?: MessageRequest;
    }
  /** A group that its last member has left. Nobody can join it again. */
  | { readonly status: 'closed' };

export type OpenChannel = Extract<ChannelState, { status: 'open' }>;

export function evolveChannel(state: ChannelState, event: ChannelEvent): ChannelState {
  if (event.type === 'chat.channel-opened.v1') return opened(event.data);
  if (state.status !== 'open') return state;
  switch (event.type) {
    case 'chat.channel-renamed.v1':
      return state;
    case 'chat.member-invited.v1': {
      const { member, by } = event.data;
      return { ...state, invited: withEntry(state.invited, member, { by }) };
    }
    case 'chat.invitation-refused.v1':
    case 'chat.invitation-withdrawn.v1':
      return { ...state, invited: without(state.invited, event.data.member) };
    case 'chat.member-joined.v1': {
      const { member } = event.data;
      return { ...forgetting(state, member), members: [...state.members, member] };
    }
    case 'chat.member-left.v1': {
      const { member } = event.data;
      return withoutMember({ ...state, departed: withEntry(state.departed, member, true) }, member);
    }
    case 'chat.member-removed.v1': {
      const { member } = event.data;
      return withoutMember({ ...state, removed: withEntry(state.removed, member, true) }, member);
    }
    case 'chat.request-accepted.v1': {
      const { request: _accepted, ...accepted } = state;
      return accepted;
    }
    case 'chat.request-refused.v1':
      return state.request === undefined ? state : { ...state, request: { ...state.request, status: 'refused' } };
  }
}

/** Whether the person may read, write and hear of the channel. A person who has refused a message request may not. */
export const isMember = (state: ChannelState, person: PersonId): boolean =>
  state.status === 'open' && state.members.includes(person) && !hasRefused(state, person);

/** The people who hear of the channel. */
export const membersOf = (state: ChannelState): readonly PersonId[] => (state.status === 'open' ? state.members.filter((one) => !hasRefused(state, one)) : []);

/** Whether presence, typing, read receipts and pushes pass in the channel. */
export const isAccepted = (state: ChannelState): boolean => state.status === 'open' && state.request === undefined;

/** The other of a direct channel's two people; undefined in a group. */
export const directPeerOf = (state: ChannelState, person: PersonId): PersonId | undefined =>
  state.status === 'open' && state.kind === 'direct' ? state.members.find((member) => member !== person) : undefined;

/** Whether the person is the one who may accept or refuse the message request. */
export const isRequestTo = (state: OpenChannel, person: PersonId): boolean =>
  state.request !== undefined && state.request.from !== person && state.members.includes(person);

const hasRefused = (state: OpenChannel, person: PersonId): boolean => state.request?.status === 'refused' && state.request.from !== person;

function opened({ kind, owner, members, invited = [], request }: Extract<ChannelEvent, { type: 'chat.channel-opened.v1' }>['data']): OpenChannel {
  return {
    status: 'open',
    kind,
    owner,
    members,
    removed: emptyMap(),
    departed: emptyMap(),
    invited: invited.reduce((map, person) => withEntry(map, person, { by: owner }), emptyMap<PersonId, { readonly by: PersonId }>()),
    ...(request === true ? { request: { from: owner, status: 'pending' } } : {}),
  };
}

const forgetting = (state: OpenChannel, person: PersonId): OpenChannel => ({
  ...state,
  removed: without(state.removed, person),
  departed: without(state.departed, person),
  invited: without(state.invited, person),
});

function withoutMember(state: OpenChannel, member: PersonId): ChannelState {
  const members = state.members.filter((one) => one !== member);
  const [earliest] = members;
  if (earliest === undefined) return { status: 'closed' };
  return { ...state, members, owner: state.owner === member ? earliest : state.owner };
}
