/** The headers and fields that every command has in common: its idempotency key, the client's position, its place in the log. */
import { z } from 'zod';
import 'zod-openapi'; // its extensions of `meta`
import { EXAMPLE } from '../edge/examples.ts';
import { position } from '../edge/fields.ts';

const keyExample = { examples: [EXAMPLE.idempotencyKey] };
const positionExample = { examples: [EXAMPLE.position] };

export const commandHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, '1 to 255 visible ASCII characters')
    .optional()
    .meta({
      param: { id: 'IdempotencyKey' },
      ...keyExample,
      description:
        'A request that appended something, sent again under its key, gets the first response again and takes effect once; another request under that key is refused. A request that was refused, or that found everything so already, leaves nothing behind, and is decided anew when it is sent again. A key belongs to the `stream` that the command changes: for another channel or another person it is another command. A UUIDv7 is remembered for 7 days from the time in it, any other text for 24 hours; a UUID is the same key in either letter case. An app signs the key with the rest of its request; without a key, one is derived from the signature.',
    }),
  'tidings-position': position.optional().meta({
    param: { id: 'TidingsPosition' },
    ...positionExample,
    description: 'The last position that your client has received. The position of the response covers it too.',
  }),
  'min-position': position
    .optional()
    .meta({ param: { id: 'MinPosition' }, ...positionExample, description: 'The same as `Tidings-Position`, under the name that queries use.' }),
});

export const commandResponseHeaders = z.object({
  'Idempotency-Key': z
    .string()
    .meta({ header: { id: 'IdempotencyKey' }, ...keyExample, description: 'The key of this command; made by the server if you sent none.' }),
  'Idempotency-Replayed': z
    .enum(['true'])
    .optional()
    .meta({ header: { id: 'IdempotencyReplayed' }, description: 'Present when the command was handled before: the body is its first response.' }),
  'Tidings-Position': z
    .string()
    .optional()
    .meta({ header: { id: 'TidingsPosition' }, ...positionExample, description: 'The same as `position` in the body.' }),
});

/** Where in the log the command stands. */
export const logPlaceFields = {
  stream: z.string().meta({ description: 'The stream of the log that the command belongs to.' }),
  revision: z.int().min(-1).meta({ description: 'The number of the command’s last event in the stream. -1: nothing was ever written there.' }),
  position: z
    .string()
    .optional()
    .meta({ ...positionExample, description: 'Send it as `Min-Position` with a query that must see the effect of this command.' }),
};
