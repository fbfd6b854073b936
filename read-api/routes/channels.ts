/** A channel with its members and their read receipts. A person who is no member can't even see that it exists. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { channelId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { ChannelDocument } from '../../projections/read-models/channels.ts';
import { blockedAmong } from '../../projections/view-access/blocks.ts';
import { inboxId } from '../../projections/read-models/inbox.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { loadKnownNames, namedPersonSchema } from '../named-person.ts';
import { query, refused } from '../query.ts';
import { readAsMember } from '../read-as-member.ts';
import { idField, optionalSeqField, timeField } from '../response-fields.ts';

export const requestField = z.enum(['sent', 'received']).nullable().meta({
  description:
    'Whether a direct channel is a message request: one that you sent, or one that you received. Until it is accepted neither sees the other’s presence, typing and read receipts, and nothing is pushed. null: it is none.',
});

const channelSchema = z.object({
  id: idField('The id of the channel.', EXAMPLE.channel),
  kind: z.enum(['direct', 'group']).meta({ description: 'A direct channel of two people, or a group.' }),
  title: z.string().nullable().meta({ description: 'The title of a group. null: it has none.' }),
  owner: idField('The id of the person who opened it.', EXAMPLE.ada),
  members: z.array(
    z.object({
      ...namedPersonSchema.shape,
      readUpTo: optionalSeqField('The last `seq` that the member has read. null: none, or one of you blocks the other, or the channel is a message request.'),
    }),
  ),
  invited: z.array(namedPersonSchema).meta({ description: 'The people who were asked to become members of a group, and have not answered.' }),
  request: requestField,
  openedAt: timeField('When it was opened.'),
  headSeq: optionalSeqField('The last `seq` of the channel. null: it is empty.'),
});

export function channelRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel',
      operationId: 'getChannel',
      summary: 'Get a channel',
      description: 'Returns a channel that you are a member of, with its members and how far each has read.',
      tag: 'Channels',
      example: {
        id: EXAMPLE.channel,
        kind: 'direct',
        title: null,
        owner: EXAMPLE.ada,
        members: [
          { id: EXAMPLE.ada, name: 'Ada', readUpTo: 41 },
          { id: EXAMPLE.bob, name: 'Bob', readUpTo: 40 },
        ],
        invited: [],
        request: null,
        openedAt: EXAMPLE.at,
        headSeq: 41,
      },
      callers: ['person'],
      params: z.strictObject({ channel: channelId }),
      response: channelSchema.meta({ id: 'Channel' }),
      refusals: ['channel-unknown'],
      reads: ['channels', 'inbox', 'messages', 'profile', 'relationships'],
      handle: async ({ caller: { person }, params }) => {
        const shown = await readAsMember(logFacts, { person, channel: params.channel }, async () => {
          const channel = await views.get('channels', params.channel);
          return channel === undefined ? undefined : present(channel, person);
        });
        return shown ?? refused('channel-unknown');
      },
    }),
  ];

  /** Nobody sees how far a person has read who is across a block, or with whom the channel is still a message request. */
  async function present(
    { channel, kind, title, owner, members, invited, request, openedAt }: ChannelDocument,
    reader: PersonId,
  ): Promise<z.infer<typeof channelSchema>> {
    const [people, invitedPeople, rows, head, blocked] = await Promise.all([
      loadKnownNames({ views, logFacts }, reader, members),
      loadKnownNames(
        { views, logFacts },
        reader,
        invited.map(({ person }) => person),
      ),
      views.getMany(
        'inbox',
        members.map((member) => inboxId(member, channel)),
      ),
      views.get('channel-heads', channel),
      blockedAmong(views, reader, members),
    ]);
    const isShown = (member: PersonId | undefined) => member === reader || (member !== undefined && request === null && !blocked.has(member));
    return {
      id: channel,
      kind,
      title,
      owner,
      members: people.map((person, i) => ({ ...person, readUpTo: isShown(members[i]) ? (rows[i]?.readUpTo ?? null) : null })),
      invited: [...invitedPeople],
      request: request === null ? null : request.from === reader ? 'sent' : 'received',
      openedAt,
      headSeq: head?.headSeq ?? null,
    };
  }
}
