/** Channels: opening them, their members, and one's own settings of them. */
import { z } from 'zod';
import { TITLE_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/channel.ts';
import { CHANNEL_MEMBERS_MAX } from '../../../domain/chat/groups/limits.ts';
import { channelStream, inboxStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, instantField, personId, seq } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { LINE_REFUSALS } from '../../line-refusals.ts';
import { historyField } from './groups.ts';

/** The domain refuses more than it allows, with that number; this only bounds the work. */
const MEMBERS_MAX = 200;

const title = z.string().meta({ description: `One line of at most ${TITLE_LENGTH_MAX_CHARACTERS} characters.`, examples: ['Us'] });
const sharedGroup = channelId.meta({ description: 'A group that you are both in: by it, a person who isn’t your friend is added without being asked.' });
const direct = z.strictObject({
  kind: z.literal('direct').meta({ description: 'A channel of you and one other person.' }),
  members: z.tuple([personId]).meta({ description: 'The other person.' }),
});
const group = z.strictObject({
  kind: z.literal('group').meta({ description: 'A channel of several people, which you own.' }),
  members: z
    .array(personId)
    .max(MEMBERS_MAX)
    .meta({ description: 'The members. You are a member whether you are listed or not. People who are not your friends are invited.' }),
  title: title.optional(),
  history: historyField.optional(),
  sharedGroup: sharedGroup.optional(),
});

const announcement = z.strictObject({
  kind: z.literal('announcement').meta({ description: 'A channel that you own, in which only you and your admins write.' }),
  members: z.array(personId).max(MEMBERS_MAX).optional().meta({ description: 'People who are invited. Any number more come by invitation links.' }),
  title: title.optional(),
  history: historyField.optional(),
});

const channel = z.strictObject({ channel: channelId });
const member = z.strictObject({ channel: channelId, person: personId });

export function channelRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPerson = { callers: ['person'], tag: 'Channels', limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...ofPerson,
      method: 'post',
      path: '/v1/channels',
      operationId: 'openChannel',
      summary: 'Open a channel',
      description: `Opens a group of up to ${CHANNEL_MEMBERS_MAX} members, or the direct channel with another person. Two people have one direct channel: opening it again responds with the same id. With a person who isn’t your friend it is a message request, until that person accepts it, writes in it, or becomes your friend.`,
      example: {
        body: { kind: 'direct', members: [EXAMPLE.bob] },
        result: { id: EXAMPLE.channel },
        stream: channelStream(EXAMPLE.channel),
      },
      body: z.discriminatedUnion('kind', [direct, group, announcement]),
      refusals: ['self-not-allowed', 'person-unknown', 'blocked', 'channel-full', 'title-empty', 'title-too-long', ...LINE_REFUSALS],
      resultFields: { id: channelId },
      execute: ({ caller: { person }, body }, context) => {
        if (body.kind === 'direct') return commands.openDirectChannel({ person, other: body.members[0] }, context);
        const { members = [], title, history } = body;
        const sharedGroup = body.kind === 'group' ? body.sharedGroup : undefined;
        const optional = {
          ...(body.kind === 'announcement' ? { kind: body.kind } : {}),
          ...(history === undefined ? {} : { history }),
          ...(title === undefined ? {} : { title }),
          ...(sharedGroup === undefined ? {} : { sharedGroup }),
        };
        return commands.openGroupChannel({ person, members, ...optional }, context);
      },
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'patch',
      path: '/v1/channels/:channel',
      operationId: 'renameChannel',
      summary: 'Rename a group',
      description: 'Gives a group that you are a member of another title.',
      example: { body: { title: 'All of us' }, stream: channelStream(EXAMPLE.channel), revision: 1 },
      params: channel,
      body: z.strictObject({ title }),
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin', 'title-empty', 'title-too-long', ...LINE_REFUSALS],
      execute: ({ caller: { person }, params, body: { title } }, context) => commands.renameChannel({ person, channel: params.channel, title }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/members/:person',
      operationId: 'addMember',
      summary: 'Add a member to a group',
      description:
        'Adds a person to a group that you are a member of. A friend is a member at once; a person who isn’t, or who has left the group, is invited, and asked first. In an announcement channel the owner and the admins add people. Only they add a person again who was removed.',
      example: { body: {}, result: { membership: 'member' }, stream: channelStream(EXAMPLE.channel), revision: 2 },
      params: member,
      body: z.strictObject({ sharedGroup: sharedGroup.optional() }).optional(),
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin', 'channel-full', 'too-many-invitations', 'person-unknown', 'blocked'],
      resultFields: { membership: z.enum(['member', 'invited']).meta({ description: 'Whether the person is a member now, or was asked to become one.' }) },
      execute: ({ caller, params: { channel: id, person }, body: { sharedGroup } = {} }, context) =>
        commands.addMember({ person: caller.person, channel: id, member: person, ...(sharedGroup === undefined ? {} : { sharedGroup }) }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/members/:person',
      operationId: 'removeMember',
      summary: 'Leave a group, or remove a member',
      description:
        'With your own id you leave the group. With another id you remove that member, which the owner and the admins of the group may do; an admin is removed by the owner.',
      example: { stream: channelStream(EXAMPLE.channel), revision: 3 },
      params: member,
      refusals: ['channel-unknown', 'not-a-group', 'not-an-admin', 'not-the-owner'],
      execute: ({ caller, params: { channel: id, person } }, context) =>
        person === caller.person
          ? commands.leaveChannel({ person, channel: id }, context)
          : commands.removeMember({ person: caller.person, channel: id, member: person }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/read',
      operationId: 'markRead',
      summary: 'Mark a channel as read',
      description: 'Marks everything up to a `seq` as read, on all your devices. A lower `seq` than before changes nothing.',
      example: { body: { seq: 41 }, stream: inboxStream(EXAMPLE.ada) },
      params: channel,
      body: z.strictObject({ seq: seq.meta({ description: 'The last entry that you have read.', examples: [41] }) }),
      refusals: ['channel-unknown', 'message-unknown'],
      execute: ({ caller: { person }, params, body }, context) => commands.markRead({ person, channel: params.channel, seq: body.seq }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/mute',
      operationId: 'muteChannel',
      summary: 'Mute push notifications of a channel',
      description: 'Stops pushes of messages in the channel, for good or until a moment. You still receive the messages.',
      example: { body: { until: EXAMPLE.later }, stream: inboxStream(EXAMPLE.ada), revision: 1 },
      params: channel,
      body: z
        .strictObject({
          until: instantField.optional().meta({ description: 'When it ends by itself. Absent: when you unmute it.', examples: [EXAMPLE.later] }),
        })
        .optional(),
      refusals: ['channel-unknown', 'mute-until-out-of-range'],
      execute: ({ caller: { person }, params, body: { until } = {} }, context) =>
        commands.muteChannel({ person, channel: params.channel, ...(until === undefined ? {} : { until }) }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/mute',
      operationId: 'unmuteChannel',
      summary: 'Unmute push notifications of a channel',
      description: 'Pushes messages in the channel to your devices again.',
      example: { stream: inboxStream(EXAMPLE.ada), revision: 2 },
      params: channel,
      refusals: ['channel-unknown'],
      execute: ({ caller: { person }, params }, context) => commands.unmuteChannel({ person, channel: params.channel }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/level',
      operationId: 'chooseChannelLevel',
      summary: 'Choose of which messages you are told',
      description: 'Chooses whether messages of a channel are pushed and counted for you: all of them, those that mention you, or none.',
      example: { body: { level: 'mentions' }, stream: inboxStream(EXAMPLE.ada), revision: 3 },
      params: channel,
      body: z.strictObject({ level: z.enum(['all', 'mentions', 'none']).meta({ description: 'Of which messages you are told.' }) }),
      refusals: ['channel-unknown'],
      execute: ({ caller: { person }, params, body: { level } }, context) => commands.chooseChannelLevel({ person, channel: params.channel, level }, context),
    }),
  ];
}
