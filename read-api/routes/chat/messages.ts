/** The history of a channel. */
import { z } from 'zod';
import { EXAMPLE } from '../../../edge/examples.ts';
import { channelId, instantWithOffset, seqInText } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { limitParam } from '../../pages.ts';
import { query, refused } from '../../query.ts';
import { readAsMember } from '../../read-as-member.ts';
import { optionalSeqField } from '../../response-fields.ts';
import { readHistory, type WantedPage } from './history-page.ts';
import { EXAMPLE_MESSAGE, messageSchema } from './message-view.ts';
import { presentMessages } from './present-messages.ts';

const MESSAGES_DEFAULT = 50;
const MESSAGES_MAX = 200;

export function messageRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts, pageBytesMax } = dependencies;
  return [
    query(dependencies, {
      path: '/v1/channels/:channel/messages',
      operationId: 'getMessages',
      summary: 'List the messages of a channel',
      description:
        'Returns the newest messages, those before or after a `seq`, or those around a `seq` or a moment: there the message itself is in the middle, or the next one where there is none. A page begins with its oldest message; from it you can go on in both directions.',
      tag: 'Messages',
      example: { messages: [EXAMPLE_MESSAGE], more: true, older: 41, newer: null },
      callers: ['person'],
      revalidates: true,
      params: z.strictObject({ channel: channelId }),
      query: z
        .strictObject({
          before: seqInText('Returns the newest messages with a lower `seq`.').optional(),
          after: seqInText('Returns the oldest messages with a higher `seq`.').optional(),
          around: seqInText('Jumps to a `seq`: returns messages before it, and from it on. Not together with another direction.').optional(),
          at: instantWithOffset
            .meta({
              description: 'Jumps to a moment: returns messages before it, and from it on. Not together with another direction.',
              examples: [EXAMPLE.at],
            })
            .optional(),
          limit: limitParam(MESSAGES_DEFAULT, MESSAGES_MAX),
        })
        .refine(isOneDirection, '`around`, `at` and `before` or `after` exclude each other'),
      response: z.object({
        messages: z.array(messageSchema),
        more: z.boolean().meta({ description: 'Whether there are more messages in that direction; of a page around something, in either.' }),
        older: optionalSeqField('Send it as `before` for the messages before this page. null: there are none.'),
        newer: optionalSeqField('Send it as `after` for the messages after this page. null: there are none.'),
      }),
      refusals: ['channel-unknown'],
      reads: ['messages'],
      handle: async ({ caller, params: { channel }, query: { limit, ...wanted } }) => {
        const found = await readAsMember(logFacts, { person: caller.person, channel }, (from) =>
          readHistory(views, { channel, from, limit, bytesMax: pageBytesMax }, wanted),
        );
        if (found === undefined) return refused('channel-unknown');
        const { documents, ...cursors } = found;
        return { messages: await presentMessages(dependencies, caller.person, documents), ...cursors };
      },
    }),
  ];
}

const isOneDirection = ({ before, after, around, at }: WantedPage): boolean =>
  [before !== undefined || after !== undefined, around !== undefined, at !== undefined].filter(Boolean).length <= 1;
