/** A channel, its members and how far each has read. Who doesn't belong to it learns nothing, not even that there is one. */
import { z } from 'zod';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import { channelId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import type { Channel } from '../../projections/read-models/channels.ts';
import { isOneBlocked } from '../../projections/query/blocks.ts';
import { inboxId } from '../../projections/read-models/inbox.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { named, personView } from '../person-view.ts';
import { query, refused } from '../query.ts';

const channelView = z.object({
  id: z.string(),
  kind: z.enum(['direct', 'group']),
  title: z.string().nullable(),
  owner: z.string(),
  members: z.array(
    z.object({
      ...personView.shape,
      readUpTo: z.int().nullable().meta({ description: 'The last seq that the member has read; null where nothing was, and over a block.' }),
    }),
  ),
  openedAt: z.string(),
  headSeq: z.int().nullable().meta({ description: 'The last seq there is.' }),
});

export function channelRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel',
      operationId: 'getChannel',
      summary: 'A channel one belongs to, its members and how far each has read.',
      callers: ['person'],
      params: z.strictObject({ channel: channelId }),
      answer: channelView.meta({ id: 'Channel' }),
      refusals: ['channel-unknown'],
      reads: ['channels', 'inbox', 'messages', 'profile', 'relationships'],
      handle: async ({ caller: { person }, params }) => {
        const [channel, isMember] = await Promise.all([views.get('channels', params.channel), belongs(views, person, params.channel)]);
        return channel === undefined || !isMember ? refused('channel-unknown') : await present(channel, person);
      },
    }),
  ];

  /** Over a block nobody sees how far the other has read. */
  async function present({ channel, kind, title, owner, members, openedAt }: Channel, reader: PersonId): Promise<z.infer<typeof channelView>> {
    const [people, rows, head, isBlocked] = await Promise.all([
      named(views, members),
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

export const belongs = async (views: Pick<ActiveViews, 'get'>, person: PersonId, channel: ChannelId): Promise<boolean> =>
  (await views.get('inbox', inboxId(person, channel)))?.member === true;
