/** Links that lead into a group: making and revoking them, following one, and answering those who ask to join. */
import { channel } from '../../domain/chat/channel.ts';
import { isMember } from '../../domain/chat/channel-state.ts';
import type { ChannelId, InvitationLinkId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import { channelStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf } from '../handling/deterministic-ids.ts';
import { refused, type CommandResult } from '../handling/results.ts';
import { arrivalIn, changeChannel, type ChangingChannel } from './channels.ts';
import { linkTargetOf, linkTokenOf } from './link-tokens.ts';
import { loadNewcomers, membersWithRelationships, withRelationships } from './newcomers.ts';

type InChannel = { readonly person: PersonId; readonly channel: ChannelId };
type OfMember = InChannel & { readonly member: PersonId };

type CreateLink = InChannel & { readonly usesMax?: number; readonly expiresAt?: Instant; readonly approval?: boolean };
export type CreateLinkResult = { readonly handled: CommandResult; readonly link: InvitationLinkId; readonly token: string };

/** The token is told to whoever makes the link, and is nowhere kept: the same command tells it again. */
export const createInvitationLink =
  (dependencies: ChangingChannel & Uses<'logins'>) =>
  async ({ person, channel: id, usesMax, expiresAt, approval }: CreateLink, context: CommandContext): Promise<CreateLinkResult> => {
    const link = createdIdOf<InvitationLinkId>(context.command, 'invitation-link');
    const limits = { ...(usesMax !== undefined && { usesMax }), ...(expiresAt !== undefined && { expiresAt }), ...(approval === true && { approval }) };
    const handled = await changeChannel(dependencies, { type: 'create-link', channel: id, actor: person, link, ...limits, at: context.at }, context);
    return { handled, link, token: linkTokenOf(dependencies.logins.secret, { channel: id, link }) };
  };

export const revokeInvitationLink =
  (dependencies: ChangingChannel) =>
  ({ person, channel: id, link }: InChannel & { readonly link: InvitationLinkId }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'revoke-link', channel: id, actor: person, link }, context);

/** `channel`: where the link leads; null where it leads nowhere. `requested`: an admin is asked first. */
export type JoinByLinkResult = { readonly handled: CommandResult; readonly channel: ChannelId | null; readonly membership: 'member' | 'requested' };

export const joinByInvitationLink =
  (dependencies: ChangingChannel & Uses<'logins'>) =>
  async ({ person, token }: { readonly person: PersonId; readonly token: string }, context: CommandContext): Promise<JoinByLinkResult> => {
    const target = linkTargetOf(dependencies.logins.secret, token);
    if (target === undefined) return { handled: refused('invitation-link-invalid'), channel: null, membership: 'requested' };
    const { channel: id, link } = target;
    const { loadState } = dependencies;
    const [group, arrival] = await Promise.all([loadState(channel, channelStream(id)), arrivalIn(dependencies, id, context.at)]);
    const [self, members] = await Promise.all([withRelationships(loadState, person), membersWithRelationships(loadState, group.state)]);
    const handled = await changeChannel(dependencies, { type: 'join-by-link', channel: id, actor: person, link, self, members, ...arrival }, context);
    if (handled.outcome === 'refused') return { handled, channel: null, membership: 'requested' };
    const { state } = await loadState(channel, channelStream(id));
    return { handled, channel: id, membership: isMember(state, person) ? 'member' : 'requested' };
  };

export const approveJoinRequest =
  (dependencies: ChangingChannel) =>
  async ({ person, channel: id, member }: OfMember, context: CommandContext): Promise<CommandResult> => {
    const { loadState } = dependencies;
    const [[loaded], group, arrival] = await Promise.all([
      loadNewcomers(dependencies, { person, others: [member] }),
      loadState(channel, channelStream(id)),
      arrivalIn(dependencies, id, context.at),
    ]);
    if (loaded === undefined) throw new TypeError('one newcomer was asked for');
    const members = await membersWithRelationships(loadState, group.state);
    const { newcomer, readRevisions } = loaded;
    const command = { type: 'approve-join-request', channel: id, actor: person, member: newcomer, members, ...arrival } as const;
    return changeChannel(dependencies, command, context, readRevisions);
  };

export const refuseJoinRequest =
  (dependencies: ChangingChannel) =>
  ({ person, channel: id, member }: OfMember, context: CommandContext) =>
    changeChannel(dependencies, { type: 'refuse-join-request', channel: id, actor: person, member }, context);

export const withdrawJoinRequest =
  (dependencies: ChangingChannel) =>
  ({ person, channel: id }: InChannel, context: CommandContext) =>
    changeChannel(dependencies, { type: 'withdraw-join-request', channel: id, actor: person }, context);
