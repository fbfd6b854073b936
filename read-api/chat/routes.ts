import { z } from 'zod';
import type { ChannelId, PersonId } from '../../domain/shared/ids.ts';
import type { Route } from '../../edge/routes.ts';
import type { Channel } from '../../projections/channels.ts';
import { inboxId } from '../../projections/inbox.ts';
import { messageId, type Message } from '../../projections/messages.ts';
import { named, personView } from '../people/routes.ts';
import { idParams, limitOf, query, refused, type ReadDependencies } from '../query.ts';
import { getInbox, inboxRow } from './get-inbox.ts';

const SEQ_MAX = 999_999_999_999;
const seq = z.coerce.number().int().min(0).max(SEQ_MAX);

const messageView = z
  .object({
    seq: z.int(),
    sender: z.string(),
    text: z.string().nullable().meta({ description: 'Null: withdrawn, or its sender was erased.' }),
    at: z.string(),
    clientId: z.string(),
    replyTo: z.int().nullable(),
    mentions: z.array(z.string()),
    editedAt: z.string().nullable(),
    withdrawn: z.boolean(),
    reactions: z.record(z.string(), z.array(z.string())).meta({ description: 'Who reacted, by emoji.' }),
  })
  .meta({ id: 'Message' });

const channelView = z.object({
  id: z.string(),
  kind: z.enum(['direct', 'group']),
  title: z.string().nullable(),
  owner: z.string(),
  members: z.array(personView.extend({ readUpTo: z.int().nullable() })),
  openedAt: z.string(),
  headSeq: z.int().nullable(),
});

export function chatRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;

  return [
    query(dependencies, {
      path: '/v1/me/inbox',
      operationId: 'getInbox',
      summary: 'One’s channels, the one where something was said last first, with how much is unread.',
      callers: ['person'],
      query: z.strictObject({ before: z.string().max(200).optional().meta({ description: 'The `next` of the page before.' }), limit: limitOf() }),
      answer: z.object({ channels: z.array(inboxRow), next: z.string().nullable() }),
      reads: ['inbox', 'channels', 'messages'],
      handle: async ({ caller, query: { before, limit } }) => await getInbox(views, { person: caller.person, before, limit }),
    }),

    query(dependencies, {
      path: '/v1/channels/:id',
      operationId: 'getChannel',
      summary: 'A channel one belongs to, its members and how far each has read.',
      callers: ['person'],
      params: idParams,
      answer: channelView,
      refusals: ['channel-unknown'],
      reads: ['channels', 'inbox', 'messages'],
      handle: async ({ caller, params }) => {
        const id = params.id as ChannelId;
        const channel = await views.get('channels', id);
        if (channel === undefined || !(await belongs(caller.person, id))) return refused('channel-unknown');
        return await present(channel);
      },
    }),

    query(dependencies, {
      path: '/v1/channels/:id/messages',
      operationId: 'getMessages',
      summary: 'What was said: the newest page, the page before a seq, or the page after one; oldest first.',
      callers: ['person'],
      params: idParams,
      query: z.strictObject({
        before: seq.optional().meta({ description: 'Only what has a lower seq.' }),
        after: seq.optional().meta({ description: 'Only what has a higher seq, from there on.' }),
        limit: limitOf(50, 200),
      }),
      answer: z.object({ messages: z.array(messageView), more: z.boolean().meta({ description: 'Whether there is more in the direction asked for.' }) }),
      refusals: ['channel-unknown'],
      reads: ['messages', 'inbox'],
      handle: async ({ caller, params, query: { before, after, limit } }) => {
        const id = params.id as ChannelId;
        if (!(await belongs(caller.person, id))) return refused('channel-unknown');
        const found = await views.find('messages', {
          range: {
            field: '_id',
            after: after === undefined ? `${id}:` : messageId(id, after),
            before: before === undefined ? `${id};` : messageId(id, before),
          },
          order: { _id: after === undefined ? -1 : 1 },
          limit: limit + 1,
        });
        const page = found.slice(0, limit).map(viewOf);
        return { messages: after === undefined ? page.reverse() : page, more: found.length > limit };
      },
    }),
  ];

  /** Who doesn't belong to a channel learns nothing of it, not even that there is one. */
  async function belongs(person: PersonId, channel: ChannelId): Promise<boolean> {
    return (await views.get('inbox', inboxId(person, channel)))?.member === true;
  }

  async function present({ channel, kind, title, owner, members, openedAt }: Channel): Promise<z.infer<typeof channelView>> {
    const [people, rows, head] = await Promise.all([
      named(views, members),
      views.getMany(
        'inbox',
        members.map((member) => inboxId(member, channel)),
      ),
      views.get('channel-heads', channel),
    ]);
    const read = people.map((person, i) => ({ ...person, readUpTo: rows[i]?.readUpTo ?? null }));
    return { id: channel, kind, title, owner, members: read, openedAt, headSeq: head?.headSeq ?? null };
  }
}

function viewOf({ seq, sender, text, at, clientId, replyTo, mentions, editedAt, withdrawn, reactions }: Message): z.infer<typeof messageView> {
  return {
    seq,
    sender,
    text,
    at,
    clientId,
    replyTo: replyTo ?? null,
    mentions: [...(mentions ?? [])],
    editedAt: editedAt ?? null,
    withdrawn: withdrawn === true,
    reactions: Object.fromEntries(Object.entries(reactions ?? {}).map(([emoji, people]) => [emoji, [...people]])),
  };
}
