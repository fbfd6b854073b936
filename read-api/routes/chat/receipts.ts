/** How far the members of a channel have received and read it, as far as each lets the others know. */
import { z } from 'zod';
import { DEFAULT_PRIVACY, tellReading } from '../../../domain/people/preferences/privacy.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import { channelId, seqInText } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { PresenceUnavailable } from '../../../ports/presence/port.ts';
import type { ChannelDocument } from '../../../projections/read-models/chat/channels.ts';
import { inboxId } from '../../../projections/read-models/chat/inbox.ts';
import { messageId } from '../../../projections/read-models/chat/messages.ts';
import { blockedAmong } from '../../../projections/view-access/blocks.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { query, refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';

type Dependencies = Pick<ReadDependencies, 'views' | 'logFacts' | 'presence'>;
type Asked = Pick<ChannelDocument, 'channel' | 'members' | 'request'>;
/** By member; without those of whom nothing is told. */
type Reached = ReadonlyMap<PersonId, number>;

const ofMembers = z.int().nullable();

export function receiptRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel/messages/:seq/receipts',
      operationId: 'getReceipts',
      summary: 'Count who has received and read a message',
      description:
        'Returns how many of the other members who may read it have everything up to the message on a device of theirs, and have read it. What devices have received is remembered for about two days; a message of which nobody is known to have it was sent, and no more is known.',
      tag: 'Messages',
      example: { others: 9, delivered: 7, read: 4 },
      callers: ['person'],
      params: z.strictObject({ channel: channelId, seq: seqInText('The `seq` of the message.') }),
      response: z
        .object({
          others: z.int().meta({ description: 'The number of the other members who may read it.' }),
          delivered: ofMembers.meta({ description: 'How many have it. null: it isn’t counted in an announcement channel.' }),
          read: ofMembers.meta({ description: 'How many have read it. null: it isn’t counted in an announcement channel.' }),
        })
        .meta({ id: 'Receipts' }),
      refusals: ['channel-unknown', 'message-unknown'],
      reads: ['channels', 'inbox', 'messages', 'relationships', 'preferences'],
      handle: async ({ caller: { person }, params: { channel, seq } }) => {
        const counted = await readAsMember(logFacts, { person, channel }, async (from) => {
          const [document, message] = await Promise.all([views.get('channels', channel), views.get('messages', messageId(channel, seq))]);
          if (document === undefined || message === undefined || seq < from) return 'message-unknown' as const;
          return count(dependencies, person, { document, seq });
        });
        return typeof counted === 'string' ? refused(counted) : (counted ?? refused('channel-unknown'));
      },
    }),
  ];
}

async function count(dependencies: Dependencies, reader: PersonId, { document, seq }: { readonly document: ChannelDocument; readonly seq: number }) {
  const { channel, kind, memberCount, members } = document;
  if (kind === 'announcement') return { others: memberCount - 1, delivered: null, read: null };
  const [read, delivered, readers] = await Promise.all([
    loadReadUpTo(dependencies, reader, document),
    loadDeliveredUpTo(dependencies, reader, document),
    dependencies.logFacts.readersAmong(members, channel, seq), // who joined later has received what came then, and not this
  ]);
  const others = readers.filter((member) => member !== reader);
  const haveReached = (reached: Reached) => others.filter((member) => (reached.get(member) ?? -1) >= seq);
  const haveRead = haveReached(read);
  return { others: others.length, delivered: new Set([...haveReached(delivered), ...haveRead]).size, read: haveRead.length };
}

/**
 * How far each has read. Nobody is told of a person across a block, or with whom the channel is still a message request; and of two people
 * one of whom tells nobody, neither is told of the other.
 */
export async function loadReadUpTo({ views, logFacts }: Dependencies, reader: PersonId, { channel, members, request }: Asked): Promise<Reached> {
  const [rows, blocked, chosen, own] = await Promise.all([
    views.getMany(
      'inbox',
      members.map((member) => inboxId(member, channel)),
    ),
    blockedAmong(views, reader, members),
    views.getMany('privacy', members),
    logFacts.privacyOf(reader),
  ]);
  return new Map(
    members.flatMap((member, i) => {
      const readUpTo = rows[i]?.readUpTo ?? null;
      const isTold = member === reader || (request === null && !blocked.has(member) && tellReading(own, chosen[i] ?? DEFAULT_PRIVACY));
      return isTold && readUpTo !== null ? [[member, readUpTo]] : [];
    }),
  );
}

/** How far devices of the others have it, as the presence store remembers: nothing while it is away. Nobody is told of who is invisible. */
export async function loadDeliveredUpTo({ views, presence }: Dependencies, reader: PersonId, { channel, members, request }: Asked): Promise<Reached> {
  if (request !== null) return new Map();
  const [blocked, chosen] = await Promise.all([blockedAmong(views, reader, members), views.getMany('privacy', members)]);
  const told = members.filter((member, i) => member !== reader && !blocked.has(member) && chosen[i]?.invisible !== true);
  try {
    return await presence.deliveredTo(told, channel);
  } catch (error) {
    if (error instanceof PresenceUnavailable) return new Map();
    throw error;
  }
}
