/** A channel with its members and their read receipts. A person who is no member can't even see that it exists. */
import { z } from 'zod';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ChannelDocument } from '../../../projections/read-models/chat/channels.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { mediaSchema, presentChannelPicture } from '../../media/media-view.ts';
import { loadKnownNames, namedPersonSchema } from '../../named-person.ts';
import { query, refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';
import { loadDeliveredUpTo, loadReadUpTo } from './receipts.ts';
import { idField, optionalSeqField, seqField, timeField } from '../../response-fields.ts';

export const requestField = z.enum(['sent', 'received']).nullable().meta({
  description:
    'Whether a direct channel is a message request: one that you sent, or one that you received. Until it is accepted neither sees the other’s presence, typing and read receipts, and nothing is pushed. null: it is none.',
});

export const channelKindField = z.enum(['direct', 'group', 'announcement']).meta({
  description: 'A direct channel of two people, a group, or an announcement channel, in which only the owner and the admins write.',
});

const channelSchema = z.object({
  id: idField('The id of the channel.', EXAMPLE.channel),
  kind: channelKindField,
  title: z.string().nullable().meta({ description: 'The title of a group. null: it has none.' }),
  description: z.string().nullable().meta({ description: 'What a group says of itself. null: nothing.' }),
  picture: mediaSchema.nullable().meta({ description: 'The picture of a group. null: it has none.' }),
  owner: idField('The id of the person who opened it, or to whom it was handed over.', EXAMPLE.ada),
  role: z.enum(['owner', 'admin', 'member']).meta({ description: 'Your role. In a direct channel both are members.' }),
  history: z.enum(['all', 'since-joining']).meta({ description: 'What people who join now may read: all of it, or what is said from then on.' }),
  readsFrom: seqField('The first `seq` that you may read.'),
  memberCount: z.int().meta({ description: 'The number of members.', examples: [2] }),
  members: z.array(
    z.object({
      ...namedPersonSchema.shape,
      role: z.enum(['owner', 'admin', 'member']).meta({ description: 'The role of the member.' }),
      readUpTo: optionalSeqField(
        'The last `seq` that the member has read. null: none, or one of you blocks the other, or tells nobody what they have read, or the channel is a message request.',
      ),
      deliveredUpTo: optionalSeqField(
        'Of the other person of a direct channel: the last `seq` that a device of theirs has received. null: it is not known. In a group ask for the receipts of a message.',
      ),
    }),
  ),
  invited: z.array(namedPersonSchema).meta({
    description: 'The people who were asked to become members of a group, and have not answered. In an announcement channel only admins see them.',
  }),
  request: requestField,
  disappearAfterSeconds: z
    .int()
    .nullable()
    .meta({ description: 'What is said disappears so many seconds after it was said. null: it stays.', examples: [86_400] }),
  openedAt: timeField('When it was opened.'),
  headSeq: optionalSeqField('The last `seq` of the channel. null: it is empty.'),
});

const roleIn = ({ kind, owner, admins }: ChannelDocument, person: PersonId | undefined): 'owner' | 'admin' | 'member' =>
  kind === 'direct' || person === undefined ? 'member' : person === owner ? 'owner' : admins.includes(person) ? 'admin' : 'member';

export function channelRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, mediaUrls } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel',
      operationId: 'getChannel',
      summary: 'Get a channel',
      description:
        'Returns a channel that you are a member of, with its members and how far each has read. Of an announcement channel these are the owner and the admins; `GET /v1/channels/{channel}/members` lists all.',
      tag: 'Channels',
      example: {
        id: EXAMPLE.channel,
        kind: 'direct',
        title: null,
        description: null,
        picture: null,
        owner: EXAMPLE.ada,
        role: 'member',
        history: 'all',
        readsFrom: 0,
        memberCount: 2,
        members: [
          { id: EXAMPLE.ada, name: 'Ada', role: 'member', readUpTo: 41, deliveredUpTo: null },
          { id: EXAMPLE.bob, name: 'Bob', role: 'member', readUpTo: 40, deliveredUpTo: 41 },
        ],
        invited: [],
        request: null,
        disappearAfterSeconds: null,
        openedAt: EXAMPLE.at,
        headSeq: 41,
      },
      callers: ['person'],
      revalidates: true,
      params: z.strictObject({ channel: channelId }),
      response: channelSchema.meta({ id: 'Channel' }),
      refusals: ['channel-unknown'],
      reads: ['channels', 'inbox', 'messages', 'profile', 'relationships', 'preferences'],
      handle: async ({ caller: { person }, params }) => {
        const shown = await readAsMember(logFacts, { person, channel: params.channel }, async (from) => {
          const channel = await views.get('channels', params.channel);
          return channel === undefined ? undefined : present(channel, person, from);
        });
        return shown ?? refused('channel-unknown');
      },
    }),
  ];

  async function present(document: ChannelDocument, reader: PersonId, readsFrom: number): Promise<z.infer<typeof channelSchema>> {
    const { channel, kind, title, description, owner, history, memberCount, members, request, timeToLiveSeconds, openedAt } = document;
    const role = roleIn(document, reader);
    const invited = kind === 'announcement' && role === 'member' ? [] : document.invited;
    const [people, invitedPeople, head, readUpTo, deliveredUpTo] = await Promise.all([
      loadKnownNames({ views, logFacts }, reader, members),
      loadKnownNames(
        { views, logFacts },
        reader,
        invited.map(({ person }) => person),
      ),
      views.get('channel-heads', channel),
      loadReadUpTo(dependencies, reader, document),
      kind === 'direct' ? loadDeliveredUpTo(dependencies, reader, document) : new Map<PersonId, number>(),
    ]);
    return {
      id: channel,
      kind,
      title,
      description,
      picture: presentChannelPicture(mediaUrls, reader, document),
      owner,
      role,
      history,
      readsFrom,
      memberCount,
      members: people.map((person, i) => ({
        ...person,
        role: roleIn(document, members[i]),
        readUpTo: readUpTo.get(members[i] as PersonId) ?? null,
        deliveredUpTo: deliveredUpTo.get(members[i] as PersonId) ?? null,
      })),
      invited: [...invitedPeople],
      request: request === null ? null : request.from === reader ? 'sent' : 'received',
      disappearAfterSeconds: timeToLiveSeconds,
      openedAt,
      headSeq: head?.headSeq ?? null,
    };
  }
}
