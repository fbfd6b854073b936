/** Changes what a group and an announcement channel have beside their members: roles, description and picture, what new members may read. */
import type { HistoryAccess, MemberRole } from '../../domain/chat/events.ts';
import type { Attachment } from '../../domain/media/attachments.ts';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { CommandContext } from '../handling/command-context.ts';
import { loadMedia } from '../media/load-media.ts';
import { changeChannel, type ChangingChannel } from './channels.ts';

type InChannel = { readonly person: PersonId; readonly channel: ChannelId };
type OfMember = InChannel & { readonly member: PersonId };

export const setMemberRole =
  (dependencies: ChangingChannel) =>
  ({ person, channel, member, role }: OfMember & { readonly role: MemberRole }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'set-role', channel, actor: person, member, role }, context);

export const handOverChannel =
  (dependencies: ChangingChannel) =>
  ({ person, channel, member }: OfMember, context: CommandContext) =>
    changeChannel(dependencies, { type: 'hand-over', channel, actor: person, member }, context);

export const describeChannel =
  (dependencies: ChangingChannel) =>
  ({ person, channel, description }: InChannel & { readonly description: string }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'describe', channel, actor: person, description }, context);

/** `picture`: null for none. */
export const setChannelPicture =
  (dependencies: ChangingChannel) =>
  async ({ person, channel, picture }: InChannel & { readonly picture: Attachment | null }, context: CommandContext) => {
    const { attachments, readRevisions } = await loadMedia(dependencies, picture === null ? [] : [picture]);
    return changeChannel(dependencies, { type: 'set-picture', channel, actor: person, picture: attachments[0] ?? null }, context, readRevisions);
  };

export const setChannelHistory =
  (dependencies: ChangingChannel) =>
  ({ person, channel, history }: InChannel & { readonly history: HistoryAccess }, context: CommandContext) =>
    changeChannel(dependencies, { type: 'set-history', channel, actor: person, history }, context);
