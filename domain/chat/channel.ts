/** A channel and its members. Their messages are another stream, so that loading membership never means reading messages. */
import { refusalToInteract, type Counterpart } from '../people/counterpart.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { emptyMap, has, withEntry, without, type PersistentMap } from '../shared/persistent-map.ts';
import { refusalOfText } from '../shared/text.ts';
import type { ChannelEvent, ChannelKind } from './events.ts';

export const CHANNEL_MEMBERS_MAX = 100;
export const TITLE_LENGTH_MAX_CHARACTERS = 100;

export type ChannelState =
  | { readonly status: 'none' }
  | {
      readonly status: 'open';
      readonly kind: ChannelKind;
      readonly owner: PersonId;
      /** In the order of joining: when the owner leaves, the first of them owns the group. */
      readonly members: readonly PersonId[];
      /** Removed members can't join again by themselves; a member has to add them. */
      readonly removed: PersistentMap<PersonId, true>;
    }
  /** A group that its last member has left. Nobody can join it again. */
  | { readonly status: 'closed' };

type OpenChannel = Extract<ChannelState, { status: 'open' }>;

export type ChannelCommand =
  | { readonly type: 'open-direct'; readonly channel: ChannelId; readonly actor: PersonId; readonly other: Counterpart; readonly at: Instant }
  | {
      readonly type: 'open-group';
      readonly channel: ChannelId;
      readonly actor: PersonId;
      readonly others: readonly Counterpart[];
      readonly title?: string;
      readonly at: Instant;
    }
  | { readonly type: 'rename'; readonly channel: ChannelId; readonly actor: PersonId; readonly title: string }
  | {
      readonly type: 'add';
      readonly channel: ChannelId;
      readonly actor: PersonId;
      readonly member: Counterpart;
      readonly messageCount?: number;
      readonly at: Instant;
    }
  /** A group's id can't be guessed and only its members know it, so a person who has the id counts as invited. */
  | { readonly type: 'join'; readonly channel: ChannelId; readonly actor: PersonId; readonly messageCount?: number; readonly at: Instant }
  | { readonly type: 'leave'; readonly channel: ChannelId; readonly actor: PersonId }
  | { readonly type: 'remove'; readonly channel: ChannelId; readonly actor: PersonId; readonly member: PersonId };

type Command<Type extends ChannelCommand['type']> = Extract<ChannelCommand, { type: Type }>;

export const channel: Decider<ChannelState, ChannelCommand, ChannelEvent> = {
  snapshotVersion: 1,
  initialState: { status: 'none' },

  evolve: (state, event) => {
    if (event.type === 'chat.channel-opened.v1') {
      const { kind, owner, members } = event.data;
      return { status: 'open', kind, owner, members, removed: emptyMap() };
    }
    if (state.status !== 'open') return state;
    switch (event.type) {
      case 'chat.channel-renamed.v1':
        return state;
      case 'chat.member-joined.v1': {
        const { member } = event.data;
        return { ...state, members: [...state.members, member], removed: without(state.removed, member) };
      }
      case 'chat.member-left.v1':
        return withoutMember(state, event.data.member);
      case 'chat.member-removed.v1': {
        const { member } = event.data;
        return withoutMember({ ...state, removed: withEntry(state.removed, member, true) }, member);
      }
    }
  },

  decide: (state, command) => {
    if (command.type === 'open-direct') return openDirect(state, command);
    if (command.type === 'open-group') return openGroup(state, command);
    if (state.status !== 'open') return refuse('channel-unknown');
    if (command.type !== 'join' && !isMember(state, command.actor)) return command.type === 'leave' ? accept() : refuse('not-a-member');
    if (state.kind === 'direct') return refuse('not-a-group');
    switch (command.type) {
      case 'rename':
        return rename(command);
      case 'add':
        return add(state, command);
      case 'join':
        return join(state, command);
      case 'leave':
        return accept({ type: 'chat.member-left.v1', data: { channel: command.channel, member: command.actor } });
      case 'remove':
        return remove(state, command);
    }
  },
};

export const isMember = (state: ChannelState, person: PersonId): boolean => state.status === 'open' && state.members.includes(person);

/** The other of a direct channel's two people; undefined in a group. */
export const directPeerOf = (state: ChannelState, person: PersonId): PersonId | undefined =>
  state.status === 'open' && state.kind === 'direct' ? state.members.find((member) => member !== person) : undefined;

function withoutMember(state: OpenChannel, member: PersonId): ChannelState {
  const members = state.members.filter((one) => one !== member);
  const [earliest] = members;
  if (earliest === undefined) return { status: 'closed' };
  return { ...state, members, owner: state.owner === member ? earliest : state.owner };
}

function openDirect(state: ChannelState, { channel, actor, other, at }: Command<'open-direct'>): Decision<ChannelEvent> {
  if (other.person === actor) return refuse('self-not-allowed');
  if (state.status !== 'none') return accept(); // its id follows from its two people, so it is theirs
  return (
    refusalToInteract(other) ?? accept({ type: 'chat.channel-opened.v1', data: { channel, kind: 'direct', owner: actor, members: [actor, other.person], at } })
  );
}

function openGroup(state: ChannelState, { channel, actor, others, title, at }: Command<'open-group'>): Decision<ChannelEvent> {
  if (state.status !== 'none') return accept();
  const members = [...new Set([actor, ...others.map(({ person }) => person)])];
  if (members.length > CHANNEL_MEMBERS_MAX) return refuse('channel-full', { max: CHANNEL_MEMBERS_MAX });
  for (const other of others) {
    const refusal = other.person === actor ? undefined : refusalToInteract(other);
    if (refusal !== undefined) return refusal;
  }
  const fault = title === undefined ? undefined : refusalOfTitle(title);
  const data = { channel, kind: 'group', owner: actor, members, ...(title !== undefined && { title }), at } as const;
  return fault ?? accept({ type: 'chat.channel-opened.v1', data });
}

function rename({ channel, actor, title }: Command<'rename'>): Decision<ChannelEvent> {
  return refusalOfTitle(title) ?? accept({ type: 'chat.channel-renamed.v1', data: { channel, by: actor, title } });
}

function add(state: OpenChannel, { channel, actor, member, messageCount, at }: Command<'add'>): Decision<ChannelEvent> {
  if (isMember(state, member.person)) return accept();
  const refusal = refusalToInteract(member) ?? refusalIfFull(state);
  return (
    refusal ??
    accept({ type: 'chat.member-joined.v1', data: { channel, member: member.person, by: actor, ...(messageCount !== undefined && { messageCount }), at } })
  );
}

function join(state: OpenChannel, { channel, actor, messageCount, at }: Command<'join'>): Decision<ChannelEvent> {
  if (isMember(state, actor)) return accept();
  if (has(state.removed, actor)) return refuse('removed-from-channel');
  return (
    refusalIfFull(state) ??
    accept({ type: 'chat.member-joined.v1', data: { channel, member: actor, by: actor, ...(messageCount !== undefined && { messageCount }), at } })
  );
}

function remove(state: OpenChannel, { channel, actor, member }: Command<'remove'>): Decision<ChannelEvent> {
  if (member === actor) return accept({ type: 'chat.member-left.v1', data: { channel, member } });
  if (state.owner !== actor) return refuse('not-the-owner');
  return isMember(state, member) ? accept({ type: 'chat.member-removed.v1', data: { channel, member, by: actor } }) : accept();
}

const refusalIfFull = (state: OpenChannel) => (state.members.length >= CHANNEL_MEMBERS_MAX ? refuse('channel-full', { max: CHANNEL_MEMBERS_MAX }) : undefined);

const refusalOfTitle = (title: string) =>
  refusalOfText(title, { maxCharacters: TITLE_LENGTH_MAX_CHARACTERS, blank: 'title-empty', tooLong: 'title-too-long', lines: 'one' });
