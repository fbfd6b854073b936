import { z } from 'zod';

/** When notifications are told as one, as responses say it. */
export const digestRule = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('at-once') }),
  z.object({ kind: z.literal('after-first'), minutes: z.int() }),
  z.object({ kind: z.literal('time-of-day'), time: z.string() }),
]);
