/**
 * What only a group and an announcement channel have: roles, a description and a picture, what new members may read, links that lead
 * into it, and requests to join. `roles.ts` says who may do what. A decision here is about a channel that is open, and its actor is a
 * member but where the command is a newcomer's.
 */
import { attached, refusalOfPicture, type AttachmentTarget } from '../../media/attachments.ts';
import { refusalToInteract } from '../../people/counterpart.ts';
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import type { ChannelId, InvitationLinkId, PersonId } from '../../shared/ids.ts';
import { DAY_MS, plus, type Instant } from '../../shared/instant.ts';
import { entriesOf, has, valueOf } from '../../shared/persistent-map.ts';
import { isBlank } from '../../shared/text/blank-text.ts';
import { refusalOfText } from '../../shared/text/text.ts';
import { isMember, memberCountOf, roleOf, type InvitationLink, type OpenChannel } from '../channel-state.ts';
import type { ChannelEvent, HistoryAccess, MemberRole } from '../events.ts';
import { isBlockedAmong, type MemberRelationships, type Newcomer } from '../newcomers.ts';
import { ANNOUNCEMENT_MEMBERS_MAX, CHANNEL_MEMBERS_MAX } from './limits.ts';
import { refusalByRole } from './roles.ts';

export const DESCRIPTION_LENGTH_MAX_CHARACTERS = 1_000;
/** Beside the owner. */
export const ADMINS_MAX = 50;
/** Links that still lead somewhere. */
export const INVITATION_LINKS_MAX = 20;
export const LINK_USES_MAX = 100_000;
export const LINK_LIFETIME_MAX_DAYS = 365;
/** Requests that wait for an answer. */
export const JOIN_REQUESTS_MAX = 200;

type About = { readonly channel: ChannelId; readonly actor: PersonId };
/**
 * What a decision about somebody who comes in goes by. `messagesRevision`: of the newest event of the channel's messages, -1 where there
 * is none.
 */
export type Arrival = { readonly messageCount?: number; readonly messagesRevision?: number; readonly announcementMembersMax?: number; readonly at: Instant };

export type GroupCommand =
  | (About & { readonly type: 'set-role'; readonly member: PersonId; readonly role: MemberRole })
  | (About & { readonly type: 'hand-over'; readonly member: PersonId })
  /** A blank description takes the old one away. */
  | (About & { readonly type: 'describe'; readonly description: string })
  /** Null takes the picture away. */
  | (About & { readonly type: 'set-picture'; readonly picture: AttachmentTarget | null })
  | (About & { readonly type: 'set-history'; readonly history: HistoryAccess })
  | (About & {
      readonly type: 'create-link';
      readonly link: InvitationLinkId;
      readonly usesMax?: number;
      readonly expiresAt?: Instant;
      readonly approval?: boolean;
      readonly at: Instant;
    })
  | (About & { readonly type: 'revoke-link'; readonly link: InvitationLinkId })
  | (About &
      Arrival & {
        readonly type: 'join-by-link';
        readonly link: InvitationLinkId;
        readonly self: MemberRelationships;
        readonly members: readonly MemberRelationships[];
      })
  | (About & Arrival & { readonly type: 'approve-join-request'; readonly member: Newcomer; readonly members: readonly MemberRelationships[] })
  | (About & { readonly type: 'refuse-join-request'; readonly member: PersonId })
  | (About & { readonly type: 'withdraw-join-request' });

type Command<Type extends GroupCommand['type']> = Extract<GroupCommand, { type: Type }>;
/** The commands of people who are members. */
export type MemberCommand = Exclude<GroupCommand, { type: 'join-by-link' | 'withdraw-join-request' }>;

export function decideForMember(state: OpenChannel, command: MemberCommand): Decision<ChannelEvent> {
  switch (command.type) {
    case 'set-role':
      return setRole(state, command);
    case 'hand-over':
      return handOver(state, command);
    case 'describe':
      return describe(state, command);
    case 'set-picture':
      return setPicture(state, command);
    case 'set-history':
      return setHistory(state, command);
    case 'create-link':
      return createLink(state, command);
    case 'revoke-link':
      return revokeLink(state, command);
    case 'approve-join-request':
      return approve(state, command);
    case 'refuse-join-request':
      return refuseRequest(state, command);
  }
}

/** An admin may give the role up. */
function setRole(state: OpenChannel, { channel, actor, member, role }: Command<'set-role'>): Decision<ChannelEvent> {
  const before = roleOf(state, member);
  const isGivingUp = member === actor && role === 'member' && before === 'admin';
  const refusal = isGivingUp ? undefined : refusalByRole(state, actor, 'change-roles');
  if (refusal !== undefined) return refusal;
  if (before === undefined) return refuse('member-unknown');
  if (before === 'owner') return refuse('owner-must-hand-over');
  if (before === role) return accept();
  if (role === 'admin' && state.admins.size >= ADMINS_MAX) return refuse('too-many-admins', { max: ADMINS_MAX });
  return accept({ type: 'chat.role-changed.v1', data: { channel, member, role, by: actor } });
}

function handOver(state: OpenChannel, { channel, actor, member }: Command<'hand-over'>): Decision<ChannelEvent> {
  const refusal = refusalByRole(state, actor, 'hand-over');
  if (refusal !== undefined) return refusal;
  const role = roleOf(state, member);
  if (role === undefined) return refuse('member-unknown');
  if (member === actor) return accept();
  if (role === 'member' && state.admins.size >= ADMINS_MAX) return refuse('too-many-admins', { max: ADMINS_MAX });
  return accept({ type: 'chat.owner-changed.v1', data: { channel, owner: member, by: actor } });
}

function describe(state: OpenChannel, { channel, actor, description }: Command<'describe'>): Decision<ChannelEvent> {
  const tooLong = refusalOfText(description, { maxCharacters: DESCRIPTION_LENGTH_MAX_CHARACTERS, tooLong: 'description-too-long', lines: 'many' });
  return (
    refusalByRole(state, actor, 'change-details') ??
    tooLong ??
    accept({ type: 'chat.channel-described.v1', data: { channel, by: actor, description: isBlank(description) ? '' : description } })
  );
}

function setPicture(state: OpenChannel, { channel, actor, picture }: Command<'set-picture'>): Decision<ChannelEvent> {
  const refusal = refusalByRole(state, actor, 'change-details') ?? (picture === null ? undefined : refusalOfPicture(picture, actor));
  if (refusal !== undefined) return refusal;
  return accept({ type: 'chat.channel-pictured.v1', data: { channel, by: actor, picture: picture === null ? null : (attached([picture])[0] ?? null) } });
}

function setHistory(state: OpenChannel, { channel, actor, history }: Command<'set-history'>): Decision<ChannelEvent> {
  const refusal = refusalByRole(state, actor, 'change-settings');
  if (refusal !== undefined) return refusal;
  return (state.history ?? 'all') === history ? accept() : accept({ type: 'chat.history-set.v1', data: { channel, by: actor, history } });
}

function createLink(state: OpenChannel, { channel, actor: by, link, usesMax, expiresAt, approval, at }: Command<'create-link'>): Decision<ChannelEvent> {
  const refusal = refusalByRole(state, by, 'manage-links');
  if (refusal !== undefined) return refusal;
  if (has(state.links, link)) return accept();
  const leading = entriesOf(state.links).filter(([, one]) => leads(one, at));
  if (leading.length >= INVITATION_LINKS_MAX) return refuse('too-many-links', { max: INVITATION_LINKS_MAX });
  if (expiresAt !== undefined && (expiresAt <= at || expiresAt > plus(at, LINK_LIFETIME_MAX_DAYS * DAY_MS)))
    return refuse('link-expiry-out-of-range', { days: LINK_LIFETIME_MAX_DAYS });
  // Those that lead nowhere any more make room, so that there is an end of them.
  const ended = entriesOf(state.links).filter(([, one]) => !leads(one, at));
  const revoked = ended.map(([id]): ChannelEvent => ({ type: 'chat.invitation-link-revoked.v1', data: { channel, link: id, by } }));
  const limits = { ...(usesMax !== undefined && { usesMax }), ...(expiresAt !== undefined && { expiresAt }), ...(approval === true && { approval }) };
  return accept(...revoked, { type: 'chat.invitation-link-created.v1', data: { channel, link, by, ...limits, at } });
}

function revokeLink(state: OpenChannel, { channel, actor, link }: Command<'revoke-link'>): Decision<ChannelEvent> {
  const refusal = refusalByRole(state, actor, 'manage-links');
  if (refusal !== undefined) return refusal;
  return has(state.links, link) ? accept({ type: 'chat.invitation-link-revoked.v1', data: { channel, link, by: actor } }) : accept();
}

/**
 * One refusal for every link that leads nowhere: it tells nothing of the group to somebody who was removed, or who is across a block from
 * one of its members.
 */
export function joinByLink(state: OpenChannel, command: Command<'join-by-link'>): Decision<ChannelEvent> {
  const { channel, actor, link: id, self, members, at } = command;
  const link = valueOf(state.links, id);
  if (isMember(state, actor)) return accept();
  if (link === undefined || !leads(link, at) || has(state.removed, actor) || isBlockedAmong(self, members)) return refuse('invitation-link-invalid');
  const isInvited = has(state.invited, actor);
  if (link.approval === true && !isInvited) {
    if (has(state.joinRequests, actor)) return accept();
    if (state.joinRequests.size >= JOIN_REQUESTS_MAX) return refuse('too-many-join-requests', { max: JOIN_REQUESTS_MAX });
    return accept({ type: 'chat.join-requested.v1', data: { channel, person: actor, link: id, at } });
  }
  return refusalIfFull(state, command, isInvited) ?? accept(joined(state, command, { channel, member: actor, by: actor, link: id }));
}

/** Somebody across a block from a member is no more let in than added: there is nothing to answer. */
function approve(state: OpenChannel, command: Command<'approve-join-request'>): Decision<ChannelEvent> {
  const { channel, actor, member: newcomer, members } = command;
  const { person: member } = newcomer;
  const refusal = refusalByRole(state, actor, 'answer-join-requests');
  if (refusal !== undefined) return refusal;
  if (isMember(state, member)) return accept();
  if (!has(state.joinRequests, member) || isBlockedAmong(newcomer, members)) return refuse('join-request-unknown');
  return (
    refusalToInteract(newcomer) ?? refusalIfFull(state, command, has(state.invited, member)) ?? accept(joined(state, command, { channel, member, by: actor }))
  );
}

function refuseRequest(state: OpenChannel, { channel, actor, member }: Command<'refuse-join-request'>): Decision<ChannelEvent> {
  const refusal = refusalByRole(state, actor, 'answer-join-requests');
  if (refusal !== undefined) return refusal;
  if (!has(state.joinRequests, member)) return refuse('join-request-unknown');
  return accept({ type: 'chat.join-request-refused.v1', data: { channel, person: member, by: actor } });
}

export const withdrawJoinRequest = (state: OpenChannel, { channel, actor }: Command<'withdraw-join-request'>): Decision<ChannelEvent> =>
  has(state.joinRequests, actor) ? accept({ type: 'chat.join-request-withdrawn.v1', data: { channel, person: actor } }) : refuse('join-request-unknown');

/** People who are invited have a place. */
export function refusalIfFull(
  state: OpenChannel,
  { announcementMembersMax = ANNOUNCEMENT_MEMBERS_MAX }: Pick<Arrival, 'announcementMembersMax'>,
  isInvited: boolean,
): Decision<never> | undefined {
  const max = state.kind === 'announcement' ? announcementMembersMax : CHANNEL_MEMBERS_MAX;
  return !isInvited && memberCountOf(state) + state.invited.size >= max ? refuse('channel-full', { max }) : undefined;
}

/** What the new member may read is decided here, once. */
export function joined(
  state: OpenChannel,
  { messageCount, messagesRevision = -1, at }: Arrival,
  who: { readonly channel: ChannelId; readonly member: PersonId; readonly by: PersonId; readonly link?: InvitationLinkId },
): ChannelEvent {
  const from = state.history === 'since-joining' ? { readsFrom: messagesRevision + 1 } : {};
  const announcement = state.kind === 'announcement' && { announcement: true as const };
  return { type: 'chat.member-joined.v1', data: { ...who, ...(messageCount !== undefined && { messageCount }), ...from, ...announcement, at } };
}

const leads = ({ usesLeft, expiresAt }: InvitationLink, at: Instant): boolean =>
  (usesLeft === undefined || usesLeft > 0) && (expiresAt === undefined || at < expiresAt);
