/** A message as a client writes it. */
import { z } from 'zod';
import { MENTIONS_MAX, MESSAGE_LENGTH_MAX_CHARACTERS } from '../../../domain/chat/messages.ts';
import { personId, seq } from '../../../edge/fields.ts';
import { sentEntities, sentMedia, sentQuote } from '../../../edge/message-content.ts';

/** A text of the longest length, each character of it escaped as two times six, and what comes with it. */
export const MESSAGE_BODY_BYTES_MAX = 1_728 * 1_024;
/** The domain refuses more than it allows, counting members only; this only bounds the work. */
const MENTIONS_IN_REQUEST_MAX = 200;

export const messageText = z.string().meta({ description: `At most ${MESSAGE_LENGTH_MAX_CHARACTERS.toLocaleString('en')} characters.`, examples: ['Hello'] });

export const newMessage = z.strictObject({
  text: messageText,
  replyTo: seq.optional().meta({ description: 'The `seq` of the message that you reply to.', examples: [40] }),
  mentions: z
    .array(personId)
    .max(MENTIONS_IN_REQUEST_MAX)
    .optional()
    .meta({ description: `The members that the message mentions: at most ${MENTIONS_MAX}.` }),
  entities: sentEntities.optional(),
  media: sentMedia.optional(),
  quote: sentQuote.optional(),
});
