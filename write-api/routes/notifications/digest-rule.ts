/** When notifications are told as one, as requests say it. */
import { z } from 'zod';
import { DIGEST_MINUTES_MAX } from '../../../domain/people/preferences/digest-rule.ts';
import { text } from '../../../edge/fields.ts';

const TIME_CHARACTERS_MAX = 5;

export const digestRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('at-once').meta({ description: 'Each by itself.' }) }),
  z.strictObject({
    kind: z.literal('after-first').meta({ description: 'Those of so many minutes, counted from the first, as one.' }),
    minutes: z
      .int()
      .min(1)
      .max(DIGEST_MINUTES_MAX)
      .meta({ description: 'How many minutes.', examples: [30] }),
  }),
  z.strictObject({
    kind: z.literal('time-of-day').meta({ description: 'Those until a time of day, by the clock of the person’s time zone, as one.' }),
    time: text(TIME_CHARACTERS_MAX).meta({ description: 'The time of day.', examples: ['08:00'] }),
  }),
]);
