/** A message as a client gets it by HTTP. */
import { z } from 'zod';
import { NOTICE_KINDS } from '../../../domain/chat/groups/notices.ts';
import { REACTION_KINDS_MAX } from '../../../domain/chat/message-marks.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { messageEntity, toldQuote } from '../../../edge/message-content.ts';
import { REACTING_KEPT_MAX } from '../../../projections/read-models/chat/message-reactions.ts';
import { messageMediaSchema, messagePreviewSchema } from '../../media/message-media.ts';
import { idField, optionalSeqField, optionalTimeField, seqField, timeField } from '../../response-fields.ts';

const noticeSchema = z
  .object({
    kind: z.enum(NOTICE_KINDS).meta({ description: 'What `sender` changed.' }),
    member: z.string().optional().meta({ description: 'The id of the person who joined, left, was removed, or has another role.' }),
    title: z.string().nullable().optional().meta({ description: 'The new title. null: the person who gave it was erased.' }),
    history: z.enum(['all', 'since-joining']).optional().meta({ description: 'What new members may read from then on.' }),
    afterSeconds: z.int().nullable().optional().meta({ description: 'After how many seconds messages disappear from then on. null: they stay.' }),
    message: z.int().optional().meta({ description: 'The `seq` of the message that was pinned or unpinned.' }),
  })
  .nullable()
  .meta({ description: 'A change of the channel that this entry tells of. null: it is a message.' });

export const messageSchema = z
  .object({
    seq: seqField('The number of the entry in the channel, and the id of the message.'),
    sender: idField('The id of the sender.', EXAMPLE.ada),
    text: z
      .string()
      .nullable()
      .meta({ description: 'null: the message was withdrawn, has disappeared, or its sender was erased.', examples: ['Hello Bob'] }),
    at: timeField('When it was sent.'),
    clientId: idField('The id that the sender’s client gave it.', EXAMPLE.idempotencyKey),
    replyTo: optionalSeqField('The message that it replies to. null: it is no reply.'),
    mentions: z.array(z.string()).meta({ description: 'The ids of the members that it mentions.' }),
    entities: z.array(messageEntity).meta({ description: 'What parts of the text are.' }),
    media: z
      .array(messageMediaSchema)
      .meta({ description: 'The pictures, videos, recordings and files that it shows. None: it shows none, was withdrawn, or has disappeared.' }),
    quote: toldQuote.nullable().meta({
      description:
        'The part of the message that it replies to which it speaks about. null: none, or that message was withdrawn, has disappeared, or its sender was erased.',
    }),
    preview: messagePreviewSchema.nullable().meta({ description: 'What its first link leads to. null: it has none, or nothing is known of it yet.' }),
    expiresAt: optionalTimeField('When it disappears: show its words no longer. null: it stays.'),
    editedAt: optionalTimeField('When it was last edited. null: never.'),
    notice: noticeSchema,
    withdrawn: z.boolean().meta({ description: 'Whether the sender withdrew it.' }),
    reactions: z.record(z.string(), z.array(z.string())).meta({
      description: `By emoji, the ids of the members who reacted with it: at most ${REACTION_KINDS_MAX} emoji, and the last ${REACTING_KEPT_MAX} members each.`,
    }),
  })
  .meta({ id: 'Message' });

export type MessageView = z.infer<typeof messageSchema>;

export const EXAMPLE_MESSAGE: MessageView = {
  seq: 41,
  sender: EXAMPLE.ada,
  text: 'Hello Bob',
  at: EXAMPLE.at,
  clientId: EXAMPLE.idempotencyKey,
  replyTo: null,
  mentions: [EXAMPLE.bob],
  entities: [{ kind: 'mention', from: 6, to: 9, person: EXAMPLE.bob }],
  media: [],
  quote: null,
  preview: null,
  expiresAt: null,
  editedAt: null,
  notice: null,
  withdrawn: false,
  reactions: { '👍': [EXAMPLE.bob] },
};
