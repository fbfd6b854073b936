/** Channels: opening them, who belongs to them, and one's own place in them. */
import { z } from 'zod';
import { channelId, personId, seq } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

/** More are refused by the domain, with the number that is allowed; this only bounds the work. */
const MEMBERS_MAX = 200;

const direct = z.strictObject({
  kind: z.literal('direct'),
  members: z.tuple([personId]).meta({ description: 'The other of the two.' }),
});
const group = z.strictObject({
  kind: z.literal('group'),
  members: z.array(personId).max(MEMBERS_MAX).meta({ description: 'With or without oneself.' }),
  title: z.string().optional(),
});

const channel = z.strictObject({ channel: channelId });
const member = z.strictObject({ channel: channelId, person: personId });

export function channelRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }] } as const;
  return [
    command(contextFor, {
      ...ofPerson,
      method: 'post',
      path: '/v1/channels',
      operationId: 'openChannel',
      summary: 'Open a channel. There is one direct channel between two people: opening it again answers it.',
      body: z.discriminatedUnion('kind', [direct, group]),
      refusals: ['self-not-allowed', 'person-unknown', 'blocked', 'channel-full', 'title-empty', 'title-too-long', 'text-malformed'],
      more: { id: channelId },
      act: ({ caller: { person }, body }, context) => {
        if (body.kind === 'direct') return commands.openDirectChannel({ person, other: body.members[0] }, context);
        const { members, title } = body;
        return commands.openGroupChannel({ person, members, ...(title === undefined ? {} : { title }) }, context);
      },
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'patch',
      path: '/v1/channels/:channel',
      operationId: 'renameChannel',
      summary: 'Give a group another title.',
      params: channel,
      body: z.strictObject({ title: z.string() }),
      refusals: ['channel-unknown', 'not-a-member', 'channel-direct', 'title-empty', 'title-too-long', 'text-malformed'],
      act: ({ caller: { person }, params, body: { title } }, context) => commands.renameChannel({ person, channel: params.channel, title }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/members/:person',
      operationId: 'addMember',
      summary: 'Add somebody to a group that one belongs to.',
      params: member,
      refusals: ['channel-unknown', 'not-a-member', 'channel-direct', 'channel-full', 'person-unknown', 'blocked'],
      act: ({ caller, params: { channel: id, person } }, context) => commands.addMember({ person: caller.person, channel: id, member: person }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/members/:person',
      operationId: 'removeMember',
      summary: 'Leave a group, or as its owner remove somebody.',
      params: member,
      refusals: ['channel-unknown', 'not-a-member', 'channel-direct', 'not-the-owner'],
      act: ({ caller, params: { channel: id, person } }, context) =>
        person === caller.person
          ? commands.leaveChannel({ person, channel: id }, context)
          : commands.removeMember({ person: caller.person, channel: id, member: person }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/read',
      operationId: 'markRead',
      summary: 'Say how far one has read.',
      params: channel,
      body: z.strictObject({ seq }),
      refusals: ['not-a-member', 'message-unknown'],
      act: ({ caller: { person }, params, body }, context) => commands.markRead({ person, channel: params.channel, seq: body.seq }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/channels/:channel/mute',
      operationId: 'muteChannel',
      summary: 'Be pushed nothing of a channel.',
      params: channel,
      refusals: ['not-a-member'],
      act: ({ caller: { person }, params }, context) => commands.muteChannel({ person, channel: params.channel }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/channels/:channel/mute',
      operationId: 'unmuteChannel',
      summary: 'Be pushed what is said in a channel again.',
      params: channel,
      refusals: [],
      act: ({ caller: { person }, params }, context) => commands.unmuteChannel({ person, channel: params.channel }, context),
    }),
  ];
}
