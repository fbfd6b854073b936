/** A channel with its members and their read receipts. A person who is no member can't even see that it exists. */
import { z } from 'zod';
import type { PersonId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { channelId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { ChannelDocument } from '../../projections/read-models/channels.ts';
import { isOneBlocked } from '../../projections/query/blocks.ts';
import { inboxId } from '../../projections/read-models/inbox.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { isMember } from '../membership.ts';
import { loadNames, namedPersonSchema } from '../named-person.ts';
import { query, refused } from '../query.ts';
import { idField, optionalSeqField, timeField } from '../response-fields.ts';

const channelSchema = z.object({
  id: idField('The id of the channel.', EXAMPLE.channel),
  kind: z.enum(['direct', 'group']).meta({ description: 'A direct channel of two people, or a group.' }),
  title: z.string().nullable().meta({ description: 'The title of a group. null: it has none.' }),
  owner: idField('The id of the person who opened it.', EXAMPLE.ada),
  members: z.array(
    z.object({
      ...namedPersonSchema.shape,
      readUpTo: optionalSeqField('The last `seq` that the member has read. null: none, or one of you blocks the other.'),
    }),
  ),
  openedAt: timeField('When it was opened.'),
  headSeq: optionalSeqField('The last `seq` of the channel. null: it is empty.'),
});

export function channelRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
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
        openedAt: EXAMPLE.at,
        headSeq: 41,
      },
      callers: ['person'],
      params: z.strictObject({ channel: channelId }),
      response: channelSchema.meta({ id: 'Channel' }),
      refusals: ['channel-unknown'],
      reads: ['channels', 'inbox', 'messages', 'profile', 'relationships'],
      handle: async ({ caller: { person }, params }) => {
        const [channel, belongs] = await Promise.all([views.get('channels', params.channel), isMember(views, person, params.channel)]);
        return channel === undefined || !belongs ? refused('channel-unknown') : await present(channel, person);
      },
    }),
  ];

  /** When one of two people blocks the other, neither sees how far the other has read. */
  async function present({ channel, kind, title, owner, members, openedAt }: ChannelDocument, reader: PersonId): Promise<z.infer<typeof channelSchema>> {
    const [people, rows, head, isBlocked] = await Promise.all([
      loadNames(views, members),
      views.getMany(
        'inbox',
        members.map((member) => inboxId(member, channel)),
      ),
      views.get('channel-heads', channel),
      kind === 'direct' && isOneBlocked(views, members),
    ]);
    const isShown = (member: PersonId | undefined) => !isBlocked || member === reader;
    const read = people.map((person, i) => ({ ...person, readUpTo: isShown(members[i]) ? (rows[i]?.readUpTo ?? null) : null }));
    return { id: channel, kind, title, owner, members: read, openedAt, headSeq: head?.headSeq ?? null };
  }
}
