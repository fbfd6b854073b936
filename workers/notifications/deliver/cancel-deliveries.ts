/**
 * A cancelled notification takes its deliveries with it, those that were planned before. Whoever plans one after that cancels it,
 * and whoever is about to send one asks the log whether the notification still stands.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/context.ts';
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Delivery } from '../../../projections/read-models/deliveries.ts';
import type { Process } from '../../../projections/projection.ts';
import type { ActiveViews, Found } from '../../../projections/query/read-views.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';

const PAGE_MAX = 200;

type Cancelled = Extract<NotificationEvent, { type: 'notifications.cancelled.v1' }>;

type Dependencies = {
  readonly views: Pick<ActiveViews, 'find'>;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const cancelDeliveries = ({ views, commands, contextFor, clock }: Dependencies): Process<Cancelled> => ({
  kind: 'process',
  name: 'cancel-deliveries',
  version: 1,
  handles: ['notifications.cancelled.v1'],
  after: ['deliveries'],
  react: async (event) => {
    const { notification } = event.data;
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: readonly Found<Delivery>[] = await views.find('deliveries', {
        where: { notification },
        range: { field: '_id', after },
        order: { _id: 1 },
        limit: PAGE_MAX,
      });
      await Promise.all(
        page.map(({ delivery }) => {
          const at = clock();
          const context = contextForEvent(event, { contextFor, part: 'cancel-deliveries', type: 'cancel-delivery', of: delivery, body: delivery, at });
          return commands.commandDelivery({ delivery, command: { type: 'cancel', at } }, context);
        }),
      );
      after = page.length < PAGE_MAX ? undefined : page.at(-1)?._id;
    }
  },
});
