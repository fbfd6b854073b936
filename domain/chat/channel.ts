/** A channel, its members and who may become one. Its messages are another stream, so that loading membership never means reading messages. */
import { refusalToInteract, type Counterpart } from '../people/counterpart.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { has, valueOf } from '../shared/persistent-map.ts';
import { refusalOfText } from '../shared/text.ts';
import { evolveChannel, isMember, isRequestTo, type ChannelState, type OpenChannel } from './channel-state.ts';
import type { ChannelEvent } from './events.ts';
import { admittedAmong, isBlockedAmong, type MemberRelationships, type Newcomer } from './newcomers.ts';

/** People who are invited count as well, so that an invitation can always be accepted. */
export const CHANNEL_MEMBERS_MAX = 100;
export const TITLE_LENGTH_MAX_CHARACTERS = 100;

type About = { readonly channel: ChannelId; readonly actor: PersonId };

export type ChannelCommand =
  /** `friends`: whether the two are; between strangers the channel is a message request. */
  | (About & { readonly type: 'open-direct'; readonly other: Counterpart; readonly friends: boolean; readonly at: Instant })
  | (About & { readonly type: 'open-group'; readonly others: readonly Newcomer[]; readonly title?: string; readonly at: Instant })
  | (About & { readonly type: 'rename'; readonly title: string })
  /** `members` are those of the group as the caller read them. */
  | (About & {
      readonly type: 'add';
      readonly member: Newcomer;
      readonly members: readonly MemberRelationships[];
      readonly messageCount?: number;
      readonly at: Instant;
    })
  | (About & {
      readonly type: 'accept-invitation';
      readonly self: MemberRelationships;
      readonly members: readonly MemberRelationships[];
      readonly messageCount?: number;
      readonly at: Instant;
    })
  | (About & { readonly type: 'refuse-invitation' })
  | (About & { readonly type: 'withdraw-invitation'; readonly member: PersonId })
  | (About & { readonly type: 'leave' })
  | (About & { readonly type: 'remove'; readonly member: PersonId })
  | (About & { readonly type: 'accept-request' })
  | (About & { readonly type: 'refuse-request' });

type Command<Type extends ChannelCommand['type']> = Extract<ChannelCommand, { type: Type }>;

export const channel: Decider<ChannelState, ChannelCommand, ChannelEvent> = {
  snapshotVersion: 2,
  initialState: { status: 'none' },
  evolve: evolveChannel,

  decide: (state, command) => {
    switch (command.type) {
      case 'open-direct':
        return openDirect(state, command);
      case 'open-group':
        return openGroup(state, command);
      case 'accept-invitation':
        return acceptInvitation(state, command);
      case 'refuse-invitation':
        return refuseInvitation(state, command);
      case 'accept-request':
        return acceptRequest(state, command);
      case 'refuse-request':
        return refuseRequest(state, command);
      case 'rename':
      case 'add':
      case 'withdraw-invitation':
      case 'leave':
      case 'remove':
        return asMember(state, command);
    }
  },
};

/** People who don't belong to a channel are told the same as where there is none. */
function asMember(state: ChannelState, command: Command<'rename' | 'add' | 'withdraw-invitation' | 'leave' | 'remove'>): Decision<ChannelEvent> {
  if (state.status !== 'open' || !isMember(state, command.actor)) return refuse('channel-unknown');
  if (state.kind === 'direct') return refuse('not-a-group');
  switch (command.type) {
    case 'rename':
      return rename(command);
    case 'add':
      return add(state, command);
    case 'withdraw-invitation':
      return withdrawInvitation(state, command);
    case 'leave':
      return accept({ type: 'chat.member-left.v1', data: { channel: command.channel, member: command.actor } });
    case 'remove':
      return remove(state, command);
  }
}

/** Opening the channel accepts a request of the other person's. */
function openDirect(state: ChannelState, { channel, actor, other, friends, at }: Command<'open-direct'>): Decision<ChannelEvent> {
  if (other.person === actor) return refuse('self-not-allowed');
  if (state.status === 'none') {
    const data = { channel, kind: 'direct', owner: actor, members: [actor, other.person], ...(friends ? {} : { request: true as const }), at } as const;
    return refusalToInteract(other) ?? accept({ type: 'chat.channel-opened.v1', data });
  }
  // Its id follows from its two people, so it is theirs.
  if (state.status !== 'open' || state.request === undefined || (!friends && !isRequestTo(state, actor))) return accept();
  const by = isRequestTo(state, actor) ? actor : other.person; // the recipient, also where the two are friends by now
  return accept({ type: 'chat.request-accepted.v1', data: { channel, from: state.request.from, by } });
}

function openGroup(state: ChannelState, { channel, actor, others, title, at }: Command<'open-group'>): Decision<ChannelEvent> {
  if (state.status !== 'none') return accept();
  const newcomers = [...new Map(others.filter(({ person }) => person !== actor).map((other) => [other.person, other])).values()];
  if (newcomers.length + 1 > CHANNEL_MEMBERS_MAX) return refuse('channel-full', { max: CHANNEL_MEMBERS_MAX });
  for (const newcomer of newcomers) {
    const refusal = refusalToInteract(newcomer);
    if (refusal !== undefined) return refusal;
  }
  const { members, invited } = admittedAmong(newcomers);
  const data = {
    channel,
    kind: 'group',
    owner: actor,
    members: [actor, ...members],
    ...(invited.length > 0 && { invited }),
    ...(title !== undefined && { title }),
    at,
  } as const;
  return (title === undefined ? undefined : refusalOfTitle(title)) ?? accept({ type: 'chat.channel-opened.v1', data });
}

function rename({ channel, actor, title }: Command<'rename'>): Decision<ChannelEvent> {
  return refusalOfTitle(title) ?? accept({ type: 'chat.channel-renamed.v1', data: { channel, by: actor, title } });
}

function add(state: OpenChannel, { channel, actor, member: newcomer, members, messageCount, at }: Command<'add'>): Decision<ChannelEvent> {
  const { person: member, acquainted } = newcomer;
  if (isMember(state, member)) return accept();
  const refusal = refusalToInteract(newcomer) ?? (has(state.removed, member) && state.owner !== actor ? refuse('not-the-owner') : undefined);
  if (refusal !== undefined) return refusal;
  const isInvited = has(state.invited, member);
  if (!isInvited && state.members.length + state.invited.size >= CHANNEL_MEMBERS_MAX) return refuse('channel-full', { max: CHANNEL_MEMBERS_MAX });
  const isAdmitted = acquainted && !has(state.departed, member) && !isBlockedAmong(newcomer, members);
  if (isAdmitted) return accept(joined({ channel, member, by: actor, messageCount, at }));
  return isInvited ? accept() : accept({ type: 'chat.member-invited.v1', data: { channel, member, by: actor, at } });
}

function acceptInvitation(state: ChannelState, { channel, actor, self, members, messageCount, at }: Command<'accept-invitation'>): Decision<ChannelEvent> {
  if (state.status !== 'open') return refuse('invitation-unknown');
  if (state.kind === 'group' && isMember(state, actor)) return accept();
  if (!has(state.invited, actor) || isBlockedAmong(self, members)) return refuse('invitation-unknown');
  return accept(joined({ channel, member: actor, by: actor, messageCount, at }));
}

function refuseInvitation(state: ChannelState, { channel, actor }: Command<'refuse-invitation'>): Decision<ChannelEvent> {
  if (state.status !== 'open' || !has(state.invited, actor)) return refuse('invitation-unknown');
  return accept({ type: 'chat.invitation-refused.v1', data: { channel, member: actor } });
}

function withdrawInvitation(state: OpenChannel, { channel, actor, member }: Command<'withdraw-invitation'>): Decision<ChannelEvent> {
  const invitation = valueOf(state.invited, member);
  if (invitation === undefined) return accept();
  if (invitation.by !== actor && state.owner !== actor) return refuse('not-the-owner');
  return accept({ type: 'chat.invitation-withdrawn.v1', data: { channel, member, by: actor } });
}

function remove(state: OpenChannel, { channel, actor, member }: Command<'remove'>): Decision<ChannelEvent> {
  if (member === actor) return accept({ type: 'chat.member-left.v1', data: { channel, member } });
  if (state.owner !== actor) return refuse('not-the-owner');
  return isMember(state, member) ? accept({ type: 'chat.member-removed.v1', data: { channel, member, by: actor } }) : accept();
}

function acceptRequest(state: ChannelState, { channel, actor }: Command<'accept-request'>): Decision<ChannelEvent> {
  if (state.status !== 'open' || state.kind !== 'direct' || !state.members.includes(actor)) return refuse('message-request-unknown');
  if (state.request === undefined) return accept();
  if (!isRequestTo(state, actor)) return refuse('not-the-recipient');
  return accept({ type: 'chat.request-accepted.v1', data: { channel, from: state.request.from, by: actor } });
}

function refuseRequest(state: ChannelState, { channel, actor }: Command<'refuse-request'>): Decision<ChannelEvent> {
  if (state.status !== 'open' || state.request === undefined || !state.members.includes(actor)) return refuse('message-request-unknown');
  if (!isRequestTo(state, actor)) return refuse('not-the-recipient');
  if (state.request.status === 'refused') return accept();
  return accept({ type: 'chat.request-refused.v1', data: { channel, from: state.request.from, by: actor } });
}

type JoinedData = Extract<ChannelEvent, { type: 'chat.member-joined.v1' }>['data'];

const joined = ({ messageCount, ...data }: Omit<JoinedData, 'messageCount'> & { readonly messageCount: number | undefined }): ChannelEvent => ({
  type: 'chat.member-joined.v1',
  data: { ...data, ...(messageCount !== undefined && { messageCount }) },
});

const refusalOfTitle = (title: string) =>
  refusalOfText(title, { maxCharacters: TITLE_LENGTH_MAX_CHARACTERS, blank: 'title-empty', tooLong: 'title-too-long', lines: 'one' });
