/** The messages that mention the reader, over all channels. The view tells which may be meant; the message as it is now, whether it is. */
import { z } from 'zod';
import type { ChannelId, PersonId } from '../../../domain/shared/ids.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { messageId, type MessageDocument } from '../../../projections/read-models/chat/messages.ts';
import type { MessageMentionDocument } from '../../../projections/read-models/chat/message-mentions.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { CURSOR, fillPage, limitParam, next } from '../../pages.ts';
import { query } from '../../query.ts';
import { idField } from '../../response-fields.ts';
import { EXAMPLE_MESSAGE, messageSchema } from './message-view.ts';
import { presentMessages } from './present-messages.ts';

const MENTIONS_CURSOR = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\|[0-9a-f-]{36}:\d{12}$/;

const mentionSchema = z
  .object({ channel: idField('The id of the channel.', EXAMPLE.channel), message: messageSchema })
  .meta({ id: 'MessageMention', description: 'A message that mentions you. Jump to it with `around` of the channel’s messages.' });

export function chatMentionRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/me/chat-mentions',
      operationId: 'getChatMentions',
      summary: 'List the messages that mention me, newest first',
      description:
        'Returns a page of the messages that mention you, over all channels that you are a member of, read and unread ones. Withdrawn ones are left out.',
      tag: 'Messages',
      example: { mentions: [{ channel: EXAMPLE.channel, message: EXAMPLE_MESSAGE }], next: null },
      callers: ['person'],
      revalidates: true,
      query: z.strictObject({
        before: z
          .string()
          .regex(MENTIONS_CURSOR, 'must be the `next` of a page')
          .optional()
          .meta({ ...CURSOR, examples: [`${EXAMPLE.at}|${messageId(EXAMPLE.channel, 41)}`] }),
        limit: limitParam(),
      }),
      response: z.object({ mentions: z.array(mentionSchema), next }),
      reads: ['inbox', 'messages'],
      handle: async ({ caller: { person }, query: { before, limit } }) => {
        const range = before === undefined ? {} : { range: { field: 'order', before } };
        const found = await views.find('message-mentions', { where: { person }, ...range, order: { order: -1 }, limit: limit + 1 });
        const { views: mentions, last } = await fillPage(found, { limit, bytesMax: pageBytesMax, present: (rows) => present(person, rows) });
        return { mentions, next: last?.order ?? null };
      },
    }),
  ];

  /** Membership is asked behind the read, as for a page of one channel. */
  async function present(person: PersonId, rows: readonly MessageMentionDocument[]) {
    const messages = await views.getMany(
      'messages',
      rows.map(({ channel, seq }) => messageId(channel, seq)),
    );
    const channels = [...new Set(rows.map(({ channel }) => channel))];
    const readsFrom = await Promise.all(channels.map((channel) => logFacts.readsFrom(person, channel)));
    const firsts: ReadonlyMap<ChannelId, number | undefined> = new Map(channels.map((channel, i) => [channel, readsFrom[i]]));
    const isReadable = ({ channel, seq }: MessageDocument) => seq >= (firsts.get(channel) ?? Infinity);
    const readable = messages.filter((message) => message !== undefined).filter(isReadable);
    const presented = new Map((await presentMessages(dependencies, person, readable)).map((view, i) => [readable[i], view]));
    return rows.map(({ channel }, i) => {
      const message = presented.get(messages[i]);
      return message === undefined || message.text === null ? undefined : { channel, message };
    });
  }
}
