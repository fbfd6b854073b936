/** A channel as its events leave it: its members, the people asked to become members, and the message request that it may still be. */
import type { InvitationLinkId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { emptyMap, entriesOf, has, valueOf, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import { withoutPin, withPin } from './content/pins.ts';
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
      /**
       * In the order of joining: when the owner leaves, the first of the admins owns the group, or the first of them all where there is
       * none. Of an announcement channel these are the owner and the admins, and the others are its `readers`.
       */
      readonly members: readonly PersonId[];
      /** Those of the members who have this role. The owner is none of them. */
      readonly admins: PersistentMap<PersonId, true>;
      /** Of an announcement channel, the members who don't write; there may be thousands. */
      readonly readers: PersistentMap<PersonId, true>;
      /** Members who may read from a `seq` on only. */
      readonly readsFrom: PersistentMap<PersonId, number>;
      /** What members who join from now on may read. Absent: everything. */
      readonly history?: 'since-joining';
      /** Links that lead into the group; one that was used up or has expired is still here. */
      readonly links: PersistentMap<InvitationLinkId, InvitationLink>;
      /** People who ask to join. */
      readonly joinRequests: PersistentMap<PersonId, true>;
      /** People who were removed: only an admin may add them again. */
      readonly removed: PersistentMap<PersonId, true>;
      /** People who left: they are asked before they are added again. */
      readonly departed: PersistentMap<PersonId, true>;
      /** People who were asked to become members, with the member who asked. */
      readonly invited: PersistentMap<PersonId, { readonly by: PersonId }>;
      readonly request?: MessageRequest;
      /** What is said disappears so long after it was said. */
      readonly timeToLiveSeconds?: number;
      /** Messages that are pinned, the newest last. */
      readonly pinned?: readonly number[];
    }
  /** A group that its last member has left. Nobody can join it again. */
  | { readonly status: 'closed' };

/** `usesLeft`: absent where it is not counted. */
export type InvitationLink = { readonly by: PersonId; readonly usesLeft?: number; readonly expiresAt?: Instant; readonly approval?: true };

export type OpenChannel = Extract<ChannelState, { status: 'open' }>;

export function evolveChannel(state: ChannelState, event: ChannelEvent): ChannelState {
  if (event.type === 'chat.channel-opened.v1') return opened(event.data);
  if (state.status !== 'open') return state;
  switch (event.type) {
    case 'chat.channel-renamed.v1':
    case 'chat.channel-described.v1':
    case 'chat.channel-pictured.v1':
      return state;
    case 'chat.member-invited.v1': {
      const { member, by } = event.data;
      return { ...state, invited: withEntry(state.invited, member, { by }) };
    }
    case 'chat.invitation-refused.v1':
    case 'chat.invitation-withdrawn.v1':
      return { ...state, invited: without(state.invited, event.data.member) };
    case 'chat.member-joined.v1': {
      const { member, link, readsFrom } = event.data;
      return withMember(withUse(state, link), member, readsFrom);
    }
    case 'chat.member-left.v1': {
      const { member } = event.data;
      return withoutMember({ ...state, departed: withEntry(state.departed, member, true) }, member);
    }
    case 'chat.member-removed.v1': {
      const { member } = event.data;
      return withoutMember({ ...state, removed: withEntry(state.removed, member, true) }, member);
    }
    case 'chat.message-pinned.v1':
      return withPin(state, event.data.message);
    case 'chat.message-unpinned.v1':
      return withoutPin(state, event.data.message);
    case 'chat.disappearing-set.v1': {
      const { timeToLiveSeconds: _before, ...rest } = state;
      const { afterSeconds } = event.data;
      return afterSeconds === null ? rest : { ...rest, timeToLiveSeconds: afterSeconds };
    }
    case 'chat.role-changed.v1':
      return withRole(state, event.data.member, event.data.role);
    case 'chat.owner-changed.v1': {
      const { owner } = event.data;
      const before = state.owner;
      const promoted = withRole(state, owner, 'admin'); // in an announcement channel a reader may come to own it
      return { ...promoted, owner, admins: without(withEntry(promoted.admins, before, true), owner) };
    }
    case 'chat.history-set.v1': {
      const { history: _before, ...rest } = state;
      return event.data.history === 'all' ? rest : { ...rest, history: event.data.history };
    }
    case 'chat.invitation-link-created.v1': {
      const { link, by, usesMax, expiresAt, approval } = event.data;
      const made = { by, ...(usesMax !== undefined && { usesLeft: usesMax }), ...(expiresAt !== undefined && { expiresAt }), ...(approval && { approval }) };
      return { ...state, links: withEntry(state.links, link, made) };
    }
    case 'chat.invitation-link-revoked.v1':
      return { ...state, links: without(state.links, event.data.link) };
    case 'chat.join-requested.v1': {
      const { person, link } = event.data;
      const used = withUse(state, link);
      return { ...used, joinRequests: withEntry(used.joinRequests, person, true) };
    }
    case 'chat.join-request-refused.v1':
    case 'chat.join-request-withdrawn.v1':
      return { ...state, joinRequests: without(state.joinRequests, event.data.person) };
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
  state.status === 'open' && (state.members.includes(person) || has(state.readers, person)) && !hasRefused(state, person);

/** Undefined for a person who is no member. Of a direct channel both are members. */
export function roleOf(state: ChannelState, person: PersonId): 'owner' | 'admin' | 'member' | undefined {
  if (state.status !== 'open' || !isMember(state, person)) return undefined;
  if (state.kind === 'direct') return 'member';
  return state.owner === person ? 'owner' : has(state.admins, person) ? 'admin' : 'member';
}

/** The first `seq` that the person may read: whoever shows something of the channel shows nothing before it. Undefined: the person is no member. */
export const readsFrom = (state: ChannelState, person: PersonId): number | undefined =>
  state.status === 'open' && isMember(state, person) ? (valueOf(state.readsFrom, person) ?? 0) : undefined;

/** The people with a place in the channel, readers too. */
export const memberCountOf = (state: ChannelState): number => (state.status === 'open' ? state.members.length + state.readers.size : 0);

/** The people who hear of each message: of an announcement channel those who write there. */
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

function opened({ kind, owner, members, invited = [], request, history }: Extract<ChannelEvent, { type: 'chat.channel-opened.v1' }>['data']): OpenChannel {
  return {
    status: 'open',
    kind,
    owner,
    members,
    admins: emptyMap(),
    readers: emptyMap(),
    readsFrom: emptyMap(),
    links: emptyMap(),
    joinRequests: emptyMap(),
    ...(history === undefined ? {} : { history }),
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
  joinRequests: without(state.joinRequests, person),
});

function withMember(state: OpenChannel, member: PersonId, from: number | undefined): OpenChannel {
  const welcomed = forgetting(state, member);
  const readsFrom = from === undefined ? state.readsFrom : withEntry(state.readsFrom, member, from);
  return state.kind === 'announcement'
    ? { ...welcomed, readsFrom, readers: withEntry(state.readers, member, true) }
    : { ...welcomed, readsFrom, members: [...state.members, member] };
}

function withUse(state: OpenChannel, id: InvitationLinkId | undefined): OpenChannel {
  const link = id === undefined ? undefined : valueOf(state.links, id);
  if (id === undefined || link?.usesLeft === undefined) return state;
  return { ...state, links: withEntry(state.links, id, { ...link, usesLeft: link.usesLeft - 1 }) };
}

/** Links of somebody who is no admin any more lead nowhere. */
function withRole(state: OpenChannel, member: PersonId, role: 'admin' | 'member'): OpenChannel {
  if (role === 'admin') {
    const members = state.members.includes(member) ? state.members : [...state.members, member];
    return { ...state, members, readers: without(state.readers, member), admins: withEntry(state.admins, member, true) };
  }
  const demoted = { ...state, admins: without(state.admins, member), links: linksWithout(state, member) };
  if (state.kind !== 'announcement') return demoted;
  return { ...demoted, members: state.members.filter((one) => one !== member), readers: withEntry(state.readers, member, true) };
}

const linksWithout = ({ links }: OpenChannel, by: PersonId): OpenChannel['links'] =>
  entriesOf(links).reduce((left, [id, link]) => (link.by === by ? without(left, id) : left), links);

/** An announcement channel that nobody is left to write in is closed. */
function withoutMember(state: OpenChannel, member: PersonId): ChannelState {
  const members = state.members.filter((one) => one !== member);
  const [earliest] = members;
  if (earliest === undefined) return { status: 'closed' };
  const owner = state.owner === member ? (members.find((one) => has(state.admins, one)) ?? earliest) : state.owner;
  return {
    ...state,
    members,
    owner,
    admins: without(without(state.admins, member), owner),
    readers: without(state.readers, member),
    readsFrom: without(state.readsFrom, member),
    links: linksWithout(state, member),
  };
}
