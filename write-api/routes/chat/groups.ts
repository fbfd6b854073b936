/** What a group has beside its members: roles, its description and picture, and what new members may read. */
import { z } from 'zod';
import { ADMINS_MAX, DESCRIPTION_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/groups/group-commands.ts';
import { ALT_LENGTH_MAX_CHARACTERS } from '../../../domain/media/attachments.ts';
import type { RefusalCode } from '../../../domain/shared/refusals.ts';
import { channelStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, mediaId, personId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { PICTURE_REFUSALS } from '../../../edge/media-refusals.ts';

const channel = z.strictObject({ channel: channelId });
const member = z.strictObject({ channel: channelId, person: personId });

export const historyField = z
  .enum(['all', 'since-joining'])
  .meta({ description: 'Whether people who join from now on may read what was said before. It changes nothing for those who are members.' });

const OF_GROUP: readonly RefusalCode[] = ['channel-unknown', 'not-a-group'];
const exampleAt = (revision: number) => ({ stream: channelStream(EXAMPLE.channel), revision });

export function groupRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Channels', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/members/:person/role',
      operationId: 'setMemberRole',
      summary: 'Make a member an admin, or an admin a member',
      description: `Gives a member another role, which the owner of the group may do. An admin gives up the role with their own id. A group has at most ${ADMINS_MAX} admins.`,
      example: { body: { role: 'admin' }, ...exampleAt(4) },
      params: member,
      body: z.strictObject({ role: z.enum(['admin', 'member']).meta({ description: 'The role from now on.' }) }),
      refusals: [...OF_GROUP, 'not-the-owner', 'member-unknown', 'owner-must-hand-over', 'too-many-admins'],
      execute: ({ caller, params, body: { role } }, context) =>
        commands.setMemberRole({ person: caller.person, channel: params.channel, member: params.person, role }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/owner',
      operationId: 'handOverChannel',
      summary: 'Hand a group over',
      description: 'Makes another member the owner. You are an admin from then on.',
      example: { body: { person: EXAMPLE.bob }, ...exampleAt(5) },
      params: channel,
      body: z.strictObject({ person: personId.meta({ description: 'The member who is to own the group.' }) }),
      refusals: [...OF_GROUP, 'not-the-owner', 'member-unknown', 'too-many-admins'],
      execute: ({ caller: { person }, params, body }, context) => commands.handOverChannel({ person, channel: params.channel, member: body.person }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/description',
      operationId: 'describeChannel',
      summary: 'Describe a group',
      description: 'Gives a group another description. An empty one takes it away.',
      example: { body: { description: 'We sing on Fridays.' }, ...exampleAt(6) },
      params: channel,
      body: z.strictObject({
        description: z.string().meta({ description: `At most ${DESCRIPTION_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.` }),
      }),
      refusals: [...OF_GROUP, 'not-an-admin', 'description-too-long', 'text-malformed'],
      execute: ({ caller: { person }, params, body: { description } }, context) =>
        commands.describeChannel({ person, channel: params.channel, description }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/picture',
      operationId: 'setChannelPicture',
      summary: 'Give a group a picture',
      description: 'Shows a picture that you have uploaded as the picture of a group. Only its members see it.',
      example: { body: { media: EXAMPLE.media, alt: 'The choir' }, ...exampleAt(7) },
      params: channel,
      body: z.strictObject({
        media: mediaId.meta({ description: 'A picture of yours that you have uploaded.' }),
        alt: z
          .string()
          .optional()
          .meta({ description: `What is to be seen, in words: at most ${ALT_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.` }),
      }),
      refusals: [...OF_GROUP, 'not-an-admin', ...PICTURE_REFUSALS, 'text-malformed'],
      execute: ({ caller: { person }, params, body: { media, alt } }, context) =>
        commands.setChannelPicture({ person, channel: params.channel, picture: { media, ...(alt === undefined ? {} : { alt }) } }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/picture',
      operationId: 'removeChannelPicture',
      summary: 'Take the picture of a group away',
      description: 'The group has no picture from then on.',
      example: exampleAt(8),
      params: channel,
      refusals: [...OF_GROUP, 'not-an-admin'],
      execute: ({ caller: { person }, params }, context) => commands.setChannelPicture({ person, channel: params.channel, picture: null }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/history',
      operationId: 'setChannelHistory',
      summary: 'Set what new members may read',
      description: 'Says whether people who join a group from now on may read what was said before. The owner and the admins may do so.',
      example: { body: { history: 'since-joining' }, ...exampleAt(9) },
      params: channel,
      body: z.strictObject({ history: historyField }),
      refusals: [...OF_GROUP, 'not-an-admin'],
      execute: ({ caller: { person }, params, body: { history } }, context) =>
        commands.setChannelHistory({ person, channel: params.channel, history }, context),
    }),
  ];
}
