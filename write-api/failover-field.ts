/** How a notification, or a template's notifications, fail over across channels. */
import { z } from 'zod';
import { FAILOVER_AFTER_MAX_MINUTES, FAILOVER_CONDITIONS, FAILOVER_STEPS_MAX } from '../domain/notifications/failover/policy.ts';
import { NOTIFICATION_CHANNELS } from '../domain/people/notification-channels.ts';

export const failoverField = z
  .array(
    z.strictObject({
      afterMinutes: z
        .int()
        .min(1)
        .max(FAILOVER_AFTER_MAX_MINUTES)
        .meta({ description: 'How long after a vendor took the messages before. It goes on at once where none of them can arrive.', examples: [10] }),
      unless: z.enum(FAILOVER_CONDITIONS).meta({
        description:
          '`delivered`: it does not go on where the vendor or the device has said that a message arrived. `opened`: where the recipient has opened one.',
      }),
      channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel that it goes on with.', examples: ['sms'] }),
    }),
  )
  .max(FAILOVER_STEPS_MAX)
  .meta({
    description: `The channels on which each recipient is told next, step by step, while no message is confirmed: at most ${FAILOVER_STEPS_MAX}. A message of a step is planned with all rules anew, and not sent if a confirmation comes before it. No channel may have its turn twice.`,
    examples: [[{ afterMinutes: 10, unless: 'delivered', channel: 'sms' }]],
  });
