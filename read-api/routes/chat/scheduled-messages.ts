/** The caller's messages that are to be sent later. */
import { z } from 'zod';
import { EXAMPLE } from '../../../edge/examples.ts';
import { text } from '../../../edge/fields.ts';
import { messageEntity } from '../../../edge/message-content.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ScheduledMessageDocument } from '../../../projections/read-models/chat/scheduled-messages.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, fillPage, limitParam, next, PAGE_BYTES_MAX } from '../../pages.ts';
import { query } from '../../query.ts';
import { idField, optionalSeqField, timeField } from '../../response-fields.ts';

/** A time, a colon and an id. */
const PLACE_CHARACTERS_MAX = 61;
/** A page is long where its texts are. */
const PAGE_MESSAGES_MAX = 50;

const scheduledMessageSchema = z
  .object({
    id: idField('The id of the scheduled message.', EXAMPLE.scheduledMessage),
    channel: idField('The channel that it is for.', EXAMPLE.channel),
    sendAt: timeField('When it is to be sent, or was.'),
    text: z.string().meta({ examples: ['Rehearsal in an hour'] }),
    replyTo: optionalSeqField('The message that it replies to. null: it is no reply.'),
    mentions: z.array(z.string()).meta({ description: 'The ids of those whom it mentions.' }),
    entities: z.array(messageEntity).meta({ description: 'What parts of the text are.' }),
    media: z.array(z.object({ media: z.string(), alt: z.string().nullable(), name: z.string().nullable() })).meta({ description: 'Uploads of yours.' }),
    refusal: z
      .string()
      .nullable()
      .meta({ description: 'Why it could not be sent, as a code. null: it waits.', examples: ['channel-unknown'] }),
  })
  .meta({ id: 'ScheduledMessage' });

export const scheduledMessageRoutes = (dependencies: ReadDependencies): readonly Route[] => [
  query(dependencies, {
    callers: ['person'],
    tag: 'Messages',
    reads: ['scheduled-messages'],
    path: '/v1/me/scheduled-messages',
    operationId: 'getScheduledMessages',
    summary: 'List my scheduled messages, the next first',
    description: 'Returns a page of your messages that wait to be sent, of all channels, and of those that could not be.',
    example: {
      scheduledMessages: [
        {
          id: EXAMPLE.scheduledMessage,
          channel: EXAMPLE.channel,
          sendAt: EXAMPLE.at,
          text: 'Rehearsal in an hour',
          replyTo: null,
          mentions: [],
          entities: [],
          media: [],
          refusal: null,
        },
      ],
      next: null,
    },
    query: z.strictObject({ after: text(PLACE_CHARACTERS_MAX).optional().meta(CURSOR), limit: limitParam(PAGE_MESSAGES_MAX) }),
    response: z.object({ scheduledMessages: z.array(scheduledMessageSchema), next }),
    handle: async ({ caller: { person: sender }, query: { after, limit } }) => {
      const range = after === undefined ? {} : { range: { field: 'place', after } };
      const found = await dependencies.views.find('scheduled-messages', { where: { sender }, ...range, order: { place: 1 }, limit: limit + 1 });
      const { views: scheduledMessages, last } = await fillPage(found, {
        limit,
        bytesMax: dependencies.pageBytesMax ?? PAGE_BYTES_MAX,
        present: async (rows) => rows.map(viewOf),
      });
      return { scheduledMessages, next: last?.place ?? null };
    },
  }),
];

function viewOf({ scheduled, channel, sendAt, draft, refusal }: ScheduledMessageDocument) {
  if (draft === null) return undefined;
  const { text: said, replyTo = null, mentions = [], entities = [], media = [] } = draft;
  return {
    id: scheduled,
    channel,
    sendAt,
    text: said,
    replyTo,
    mentions: [...mentions],
    entities: [...entities],
    media: media.map(({ media: id, alt, name }) => ({ media: id, alt: alt ?? null, name: name ?? null })),
    refusal,
  };
}
