/**
 * Cancels the deliveries of a cancelled notification that were planned before. `plan-recipients.ts` cancels those that it plans after
 * that, and `may-still-send.ts` asks the log whether the notification was cancelled.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import type { TidingsEventProcess } from '../../../projections/read-models/projectors.ts';
import type { FoundDocument } from '../../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';

const PAGE_MAX = 200;

type Cancelled = Extract<NotificationEvent, { type: 'notifications.cancelled.v1' }>;

type Dependencies = {
  readonly views: Pick<TidingsViews, 'find'>;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const cancelDeliveries = ({ views, commands, contextFor, clock }: Dependencies): TidingsEventProcess<Cancelled> => ({
  kind: 'process',
  name: 'cancel-deliveries',
  version: 1,
  handles: ['notifications.cancelled.v1'],
  after: ['deliveries'],
  react: async (event) => {
    const { notification } = event.data;
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: readonly FoundDocument<DeliveryDocument>[] = await views.find('deliveries', {
        where: { notification },
        range: { field: '_id', after },
        order: { _id: 1 },
        limit: PAGE_MAX,
      });
      await Promise.all(
        page.map(({ delivery }) => {
          const at = clock();
          const context = contextForEvent(event, { contextFor, worker: 'cancel-deliveries', type: 'cancel-delivery', of: delivery, body: delivery, at });
          return commands.commandDelivery({ delivery, command: { type: 'cancel', at } }, context);
        }),
      );
      after = page.length < PAGE_MAX ? undefined : page.at(-1)?._id;
    }
  },
});
