/** The history of a channel. */
import { z } from 'zod';
import { REACTION_KINDS_MAX } from '../../domain/chat/reaction-kinds.ts';
import type { ChannelId } from '../../domain/shared/ids.ts';
import { EXAMPLE } from '../../edge/examples.ts';
import { channelId, seqInText } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { messageId, REACTING_KEPT_MAX, type MessageDocument } from '../../projections/read-models/messages.ts';
import type { ReadDependencies } from '../dependencies.ts';
import { limitParam } from '../pages.ts';
import { query, refused } from '../query.ts';
import { readAsMember } from '../read-as-member.ts';
import { idField, optionalSeqField, optionalTimeField, seqField, timeField } from '../response-fields.ts';

const MESSAGES_DEFAULT = 50;
const MESSAGES_MAX = 200;

const messageSchema = z
  .object({
    seq: seqField('The number of the entry in the channel, and the id of the message.'),
    sender: idField('The id of the sender.', EXAMPLE.ada),
    text: z
      .string()
      .nullable()
      .meta({ description: 'null: the message was withdrawn, or its sender was erased.', examples: ['Hello Bob'] }),
    at: timeField('When it was sent.'),
    clientId: idField('The id that the sender’s client gave it.', EXAMPLE.idempotencyKey),
    replyTo: optionalSeqField('The message that it replies to. null: it is no reply.'),
    mentions: z.array(z.string()).meta({ description: 'The ids of the members that it mentions.' }),
    editedAt: optionalTimeField('When it was last edited. null: never.'),
    withdrawn: z.boolean().meta({ description: 'Whether the sender withdrew it.' }),
    reactions: z.record(z.string(), z.array(z.string())).meta({
      description: `By emoji, the ids of the members who reacted with it: at most ${REACTION_KINDS_MAX} emoji, and the last ${REACTING_KEPT_MAX} members each.`,
    }),
  })
  .meta({ id: 'Message' });

export type MessageView = z.infer<typeof messageSchema>;

const EXAMPLE_MESSAGE: MessageView = {
  seq: 41,
  sender: EXAMPLE.ada,
  text: 'Hello Bob',
  at: EXAMPLE.at,
  clientId: EXAMPLE.idempotencyKey,
  replyTo: null,
  mentions: [EXAMPLE.bob],
  editedAt: null,
  withdrawn: false,
  reactions: { '👍': [EXAMPLE.bob] },
};

export function messageRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel/messages',
      operationId: 'getMessages',
      summary: 'List the messages of a channel',
      description: 'Returns the newest messages, or those before or after a `seq`. A page begins with its oldest message.',
      tag: 'Messages',
      example: { messages: [EXAMPLE_MESSAGE], more: true },
      callers: ['person'],
      params: z.strictObject({ channel: channelId }),
      query: z.strictObject({
        before: seqInText('Returns the newest messages with a lower `seq`.').optional(),
        after: seqInText('Returns the oldest messages with a higher `seq`.').optional(),
        limit: limitParam(MESSAGES_DEFAULT, MESSAGES_MAX),
      }),
      response: z.object({ messages: z.array(messageSchema), more: z.boolean().meta({ description: 'Whether there are more messages in that direction.' }) }),
      refusals: ['channel-unknown'],
      reads: ['messages'],
      handle: async ({ caller, params: { channel }, query: { before, after, limit } }) => {
        const order = { _id: after === undefined ? (-1 as const) : (1 as const) };
        const found = await readAsMember(logFacts, { person: caller.person, channel }, () =>
          views.findPage('messages', { range: between(channel, after, before), order, limit, bytesMax: pageBytesMax }),
        );
        if (found === undefined) return refused('channel-unknown');
        const shown = found.documents.map(viewOf);
        return { messages: after === undefined ? shown.toReversed() : shown, more: found.more };
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

function viewOf({ seq, sender, text, at, clientId, replyTo, mentions, editedAt, withdrawn, reactions }: MessageDocument): MessageView {
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
