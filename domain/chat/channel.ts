/** A channel, its members and who may become one. Its messages are another stream, so that loading membership never means reading messages. */
import { refusalToInteract, type Counterpart } from '../people/counterpart.ts';
import { accept, refuse, type Decider, type Decision } from '../shared/decider.ts';
import type { ChannelId, PersonId } from '../shared/ids.ts';
import type { Instant } from '../shared/instant.ts';
import { has, valueOf } from '../shared/persistent-map.ts';
import { refusalOfText } from '../shared/text/text.ts';
import { evolveChannel, isMember, isRequestTo, roleOf, type ChannelState, type OpenChannel } from './channel-state.ts';
import { changePins, type PinCommand } from './content/change-pins.ts';
import { setDisappearing, type SetDisappearing } from './disappearing.ts';
import type { ChannelEvent, HistoryAccess } from './events.ts';
import {
  decideForMember,
  joinByLink,
  joined,
  refusalIfFull,
  withdrawJoinRequest,
  type Arrival,
  type GroupCommand,
  type MemberCommand,
} from './groups/group-commands.ts';
import { CHANNEL_MEMBERS_MAX, INVITATIONS_MAX } from './groups/limits.ts';
import { isAtLeast, refusalByRole } from './groups/roles.ts';
import { admittedAmong, isBlockedAmong, type MemberRelationships, type Newcomer } from './newcomers.ts';

export const TITLE_LENGTH_MAX_CHARACTERS = 100;

type About = { readonly channel: ChannelId; readonly actor: PersonId };

export type ChannelCommand =
  /** `friends`: whether the two are; between strangers the channel is a message request. */
  | (About & { readonly type: 'open-direct'; readonly other: Counterpart; readonly friends: boolean; readonly at: Instant })
  | (About & {
      readonly type: 'open-group';
      readonly kind?: 'group' | 'announcement';
      readonly others: readonly Newcomer[];
      readonly title?: string;
      readonly history?: HistoryAccess;
      readonly at: Instant;
    })
  | (About & { readonly type: 'rename'; readonly title: string })
  /** `members` are those of the group as the caller read them. */
  | (About & Arrival & { readonly type: 'add'; readonly member: Newcomer; readonly members: readonly MemberRelationships[] })
  | (About & Arrival & { readonly type: 'accept-invitation'; readonly self: MemberRelationships; readonly members: readonly MemberRelationships[] })
  | (About & { readonly type: 'refuse-invitation' })
  | (About & { readonly type: 'withdraw-invitation'; readonly member: PersonId })
  | (About & { readonly type: 'leave' })
  | (About & { readonly type: 'remove'; readonly member: PersonId })
  | (About & { readonly type: 'accept-request' })
  | (About & { readonly type: 'refuse-request' })
  | GroupCommand
  | PinCommand
  | SetDisappearing;

type Command<Type extends ChannelCommand['type']> = Extract<ChannelCommand, { type: Type }>;

export const channel: Decider<ChannelState, ChannelCommand, ChannelEvent> = {
  snapshotVersion: 3,
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
      case 'pin':
      case 'unpin':
        return changePins(state, command);
      case 'set-disappearing':
        return setDisappearing(state, command);
      case 'join-by-link':
        return state.status === 'open' && state.kind !== 'direct' ? joinByLink(state, command) : refuse('invitation-link-invalid');
      case 'withdraw-join-request':
        return state.status === 'open' ? withdrawJoinRequest(state, command) : refuse('join-request-unknown');
      case 'rename':
      case 'add':
      case 'withdraw-invitation':
      case 'leave':
      case 'remove':
      case 'set-role':
      case 'hand-over':
      case 'describe':
      case 'set-picture':
      case 'set-history':
      case 'create-link':
      case 'revoke-link':
      case 'approve-join-request':
      case 'refuse-join-request':
        return asMember(state, command);
    }
  },
};

/** People who don't belong to a channel are told the same as where there is none. */
function asMember(
  state: ChannelState,
  command: Command<'rename' | 'add' | 'withdraw-invitation' | 'leave' | 'remove'> | MemberCommand,
): Decision<ChannelEvent> {
  if (state.status !== 'open' || !isMember(state, command.actor)) return refuse('channel-unknown');
  if (state.kind === 'direct') return refuse('not-a-group');
  switch (command.type) {
    case 'rename':
      return rename(state, command);
    case 'add':
      return add(state, command);
    case 'withdraw-invitation':
      return withdrawInvitation(state, command);
    case 'leave':
      return accept({ type: 'chat.member-left.v1', data: { channel: command.channel, member: command.actor } });
    case 'remove':
      return remove(state, command);
    case 'set-role':
    case 'hand-over':
    case 'describe':
    case 'set-picture':
    case 'set-history':
    case 'create-link':
    case 'revoke-link':
    case 'approve-join-request':
    case 'refuse-join-request':
      return decideForMember(state, command);
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

function openGroup(state: ChannelState, { channel, actor, kind = 'group', others, title, history, at }: Command<'open-group'>): Decision<ChannelEvent> {
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
    kind,
    owner: actor,
    members: [actor, ...(kind === 'group' ? members : [])],
    ...(invited.length > 0 && { invited }),
    ...(title !== undefined && { title }),
    ...(history === 'since-joining' && { history }),
    at,
  } as const;
  return (title === undefined ? undefined : refusalOfTitle(title)) ?? accept({ type: 'chat.channel-opened.v1', data });
}

function rename(state: OpenChannel, { channel, actor, title }: Command<'rename'>): Decision<ChannelEvent> {
  return (
    refusalByRole(state, actor, 'change-details') ?? refusalOfTitle(title) ?? accept({ type: 'chat.channel-renamed.v1', data: { channel, by: actor, title } })
  );
}

function add(state: OpenChannel, command: Command<'add'>): Decision<ChannelEvent> {
  const { channel, actor, member: newcomer, members, at } = command;
  const { person: member, acquainted } = newcomer;
  if (isMember(state, member)) return accept();
  const refusal =
    refusalByRole(state, actor, 'add-members') ??
    refusalToInteract(newcomer) ??
    (has(state.removed, member) ? refusalByRole(state, actor, 'remove-members') : undefined);
  if (refusal !== undefined) return refusal;
  const isInvited = has(state.invited, member);
  const full = refusalIfFull(state, command, isInvited);
  if (full !== undefined) return full;
  const isAdmitted = acquainted && !has(state.departed, member) && !isBlockedAmong(newcomer, members);
  if (isAdmitted) return accept(joined(state, command, { channel, member, by: actor }));
  if (isInvited) return accept();
  if (state.invited.size >= INVITATIONS_MAX) return refuse('too-many-invitations', { max: INVITATIONS_MAX });
  return accept({ type: 'chat.member-invited.v1', data: { channel, member, by: actor, at } });
}

function acceptInvitation(state: ChannelState, command: Command<'accept-invitation'>): Decision<ChannelEvent> {
  const { channel, actor, self, members } = command;
  if (state.status !== 'open') return refuse('invitation-unknown');
  if (state.kind !== 'direct' && isMember(state, actor)) return accept();
  if (!has(state.invited, actor) || isBlockedAmong(self, members)) return refuse('invitation-unknown');
  return accept(joined(state, command, { channel, member: actor, by: actor }));
}

function refuseInvitation(state: ChannelState, { channel, actor }: Command<'refuse-invitation'>): Decision<ChannelEvent> {
  if (state.status !== 'open' || !has(state.invited, actor)) return refuse('invitation-unknown');
  return accept({ type: 'chat.invitation-refused.v1', data: { channel, member: actor } });
}

function withdrawInvitation(state: OpenChannel, { channel, actor, member }: Command<'withdraw-invitation'>): Decision<ChannelEvent> {
  const invitation = valueOf(state.invited, member);
  if (invitation === undefined) return accept();
  const refusal = invitation.by === actor ? undefined : refusalByRole(state, actor, 'withdraw-invitations');
  if (refusal !== undefined) return refusal;
  return accept({ type: 'chat.invitation-withdrawn.v1', data: { channel, member, by: actor } });
}

function remove(state: OpenChannel, { channel, actor, member }: Command<'remove'>): Decision<ChannelEvent> {
  if (member === actor) return accept({ type: 'chat.member-left.v1', data: { channel, member } });
  const refusal = refusalByRole(state, actor, 'remove-members');
  if (refusal !== undefined) return refusal;
  if (isAtLeast(roleOf(state, member), 'admin') && state.owner !== actor) return refuse('not-the-owner');
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

const refusalOfTitle = (title: string) =>
  refusalOfText(title, { maxCharacters: TITLE_LENGTH_MAX_CHARACTERS, blank: 'title-empty', tooLong: 'title-too-long', lines: 'one' });
