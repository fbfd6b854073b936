/** Truncates the streams of what was forgotten: what stood before its last event leaves the log when it is scavenged. */
import type { DeliveryEvent, NotificationEvent } from '../../../domain/notifications/events.ts';
import type { EventLog } from '../../../ports/event-log/port.ts';
import type { Reactor } from '../../../projections/projection.ts';

type Forgotten = Extract<DeliveryEvent | NotificationEvent, { type: 'notifications.delivery-forgotten.v1' | 'notifications.forgotten.v1' }>;
type Dependencies = { readonly log: Pick<EventLog, 'truncate'>; readonly noteTruncated: () => void };

export const truncateForgotten = ({ log, noteTruncated }: Dependencies): Reactor<Forgotten> => ({
  kind: 'reactor',
  name: 'truncate-forgotten',
  version: 1,
  handles: ['notifications.delivery-forgotten.v1', 'notifications.forgotten.v1'],
  after: [],
  react: async ({ stream, revision }) => {
    await log.truncate(stream, revision);
    noteTruncated();
  },
});
