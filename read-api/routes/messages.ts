/** What was said in a channel, as long ago as one likes. */
import { z } from 'zod';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { channelId, seqInText } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { messageId, type Message } from '../../projections/read-models/messages.ts';
import { belongs } from './channels.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { limitOf, pageOf } from '../pages.ts';
import { query, refused } from '../query.ts';

const MESSAGES = 50;
const MESSAGES_MAX = 200;

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

export type MessageView = z.infer<typeof messageView>;

export function messageRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel/messages',
      operationId: 'getMessages',
      summary: 'What was said: the newest page, the page before a seq, or the page after one; oldest first.',
      callers: ['person'],
      params: z.strictObject({ channel: channelId }),
      query: z.strictObject({
        before: seqInText('Only what has a lower seq.').optional(),
        after: seqInText('Only what has a higher seq, from there on.').optional(),
        limit: limitOf(MESSAGES, MESSAGES_MAX),
      }),
      answer: z.object({ messages: z.array(messageView), more: z.boolean().meta({ description: 'Whether there is more in the direction asked for.' }) }),
      refusals: ['channel-unknown'],
      reads: ['messages', 'inbox'],
      handle: async ({ caller, params: { channel }, query: { before, after, limit } }) => {
        if (!(await belongs(views, caller.person, channel))) return refused('channel-unknown');
        const order = { _id: after === undefined ? (-1 as const) : (1 as const) };
        const found = await views.find('messages', { range: between(channel, after, before), order, limit: limit + 1 });
        const { shown, last } = pageOf(found.map(viewOf), limit);
        return { messages: after === undefined ? shown.toReversed() : shown, more: last !== undefined };
      },
    }),
  ];
}

/** Ids sort by channel and seq; `;` comes right after the `:` that joins the two. */
const between = (channel: ChannelId, after: number | undefined, before: number | undefined) => ({
  field: '_id',
  after: after === undefined ? `${channel}:` : messageId(channel, after),
  before: before === undefined ? `${channel};` : messageId(channel, before),
});

function viewOf({ seq, sender, text, at, clientId, replyTo, mentions, editedAt, withdrawn, reactions }: Message): MessageView {
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
