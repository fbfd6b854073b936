/** How notifications fail over across channels, as it was said of a template or a category. */
import { z } from 'zod';
import { FAILOVER_CONDITIONS } from '../domain/notifications/failover/policy.ts';
import { NOTIFICATION_CHANNELS } from '../domain/people/notification-channels.ts';

export const failoverSteps = z
  .array(
    z.object({
      afterMinutes: z.int().meta({ description: 'How long after a vendor took the messages before.' }),
      unless: z.enum(FAILOVER_CONDITIONS).meta({ description: 'What keeps it from going on.' }),
      channel: z.enum(NOTIFICATION_CHANNELS).meta({ description: 'The channel that it goes on with.' }),
    }),
  )
  .nullable()
  .meta({ description: 'How notifications fail over across channels whose request doesn’t say. null: not.' });
