/** Answers and withdraws invitations to groups, and answers message requests. */
import { channel } from '../../domain/chat/channel.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import { directChannelOf } from '../handling/deterministic-ids.ts';
import { arrivalIn, changeChannel, type ChangingChannel } from './channels.ts';
import { membersWithRelationships, withRelationships } from './newcomers.ts';

type Dependencies = ChangingChannel;
type InChannel = { readonly person: PersonId; readonly channel: ChannelId };

export const acceptInvitation =
  (dependencies: Dependencies) =>
  async ({ person, channel: id }: InChannel, context: CommandContext) => {
    const { loadState } = dependencies;
    const [group, arrival] = await Promise.all([loadState(channel, channelStream(id)), arrivalIn(dependencies, id, context.at)]);
    const [self, members] = await Promise.all([withRelationships(loadState, person), membersWithRelationships(loadState, group.state)]);
    const command = { type: 'accept-invitation', channel: id, actor: person, self, members, ...arrival } as const;
    return changeChannel(dependencies, command, context);
  };

export const refuseInvitation =
  (dependencies: Dependencies) =>
  ({ person, channel: id }: InChannel, context: CommandContext) =>
    changeChannel(dependencies, { type: 'refuse-invitation', channel: id, actor: person }, context);

export const withdrawInvitation =
  (dependencies: Dependencies) =>
  ({ person, channel: id, member }: InChannel & { readonly member: PersonId }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'withdraw-invitation', channel: id, actor: person, member }, context);

const answerRequest =
  (type: 'accept-request' | 'refuse-request') =>
  (dependencies: Dependencies) =>
  ({ person, channel: id }: InChannel, context: CommandContext) =>
    changeChannel(dependencies, { type, channel: id, actor: person }, context);

export const acceptMessageRequest = answerRequest('accept-request');
export const refuseMessageRequest = answerRequest('refuse-request');

/** For two people who have become friends: whichever of them was asked accepts. */
export const acceptRequestBetweenFriends =
  (dependencies: Dependencies) =>
  async ({ one, other }: { readonly one: PersonId; readonly other: PersonId }, context: CommandContext): Promise<void> => {
    const id = directChannelOf(one, other);
    const { state } = await dependencies.loadState(channel, channelStream(id));
    if (state.status !== 'open' || state.request === undefined) return;
    await changeChannel(dependencies, { type: 'accept-request', channel: id, actor: state.request.from === one ? other : one }, context);
  };
