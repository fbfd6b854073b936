/** The fields of times: on a clock, and those that come round. */
import { z } from 'zod';
import { DEFAULT_ZONE } from '../domain/notifications/planning/send-time.ts';
import { CLOCKS, MISSED_POLICIES } from '../domain/notifications/schedules/events.ts';
import { OCCURRENCES_A_DAY_MAX, RULE_LENGTH_MAX_CHARACTERS } from '../domain/notifications/schedules/rule.ts';
import { MISSED_REQUESTED_MAX } from '../domain/notifications/schedules/schedule.ts';
import { localTimeOf, type LocalTime } from '../domain/shared/local-time.ts';
import { lineOfText } from '../edge/fields.ts';

const ZONE_CHARACTERS_MAX = 64;
export const EXAMPLE_LOCAL_TIME = '2026-07-02T09:00:00' as LocalTime;

/** On the wire with or without seconds, inside in its one spelling. */
const localTime = z
  .string()
  .refine((text) => localTimeOf(text) !== undefined, 'must be a date and a time such as 2026-07-02T09:00, without an offset')
  .overwrite((text) => localTimeOf(text) ?? text)
  .meta({ description: 'A date and a time as a clock shows them, without an offset.', examples: [EXAMPLE_LOCAL_TIME] }) as unknown as z.ZodType<
  LocalTime,
  string
>;

const zone = lineOfText(ZONE_CHARACTERS_MAX).meta({ description: 'An IANA time zone.', examples: ['Europe/Berlin'] });

export const sendAtLocal = z.strictObject({
  time: localTime.meta({ description: 'The date and the time, without an offset. A recipient whose clock has shown it already gets it at once.' }),
  zone: zone.default(DEFAULT_ZONE).meta({ description: `The zone of recipients who have told none. Default: ${DEFAULT_ZONE}.` }),
});

export const recurrenceShape = {
  rule: lineOfText(RULE_LENGTH_MAX_CHARACTERS).meta({
    description: `When it comes round: a recurrence rule of RFC 5545, by day, week, month or year, and at most ${OCCURRENCES_A_DAY_MAX} times a day. A time that a change of the clock skips is kept, an hour later; of one that comes twice the first counts.`,
    examples: ['FREQ=WEEKLY;BYDAY=MO,TH;BYHOUR=9;BYMINUTE=0'],
  }),
  start: localTime.meta({ description: 'From when it counts, on the clock; its time of day where the rule says none.' }),
  zone,
  clock: z
    .enum(CLOCKS)
    .default('zone')
    .meta({ description: '`zone`: the clock of the zone. `recipient`: each recipient’s own, and the zone’s for those who have told none. Default: zone.' }),
} as const;

export const missed = z
  .enum(MISSED_POLICIES)
  .default('skip')
  .meta({
    description: `What to do with occurrences that went by while nothing could be requested: \`skip\` them, request the \`latest\`, or \`all\`, of which the last ${MISSED_REQUESTED_MAX} count. Default: skip.`,
  });
