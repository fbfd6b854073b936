/** Tells whoever is looking that there is a notification for them. The page it is read from has it by then. */
import type { NotificationEvent } from '../../domain/notifications/events.ts';
import { msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { Reactor } from '../../projections/projection.ts';

/** What is older is no news. */
const LIVE_AGE_MAX_MS = 60_000;

type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;

export const publishNotifications = ({
  broadcast,
  clock,
}: {
  readonly broadcast: Pick<Broadcast, 'publish'>;
  readonly clock: () => Instant;
}): Reactor<Requested> => ({
  kind: 'reactor',
  name: 'publish-notifications',
  version: 1,
  handles: ['notifications.requested.v1'],
  after: ['notifications'],
  react: async ({ data: { notification, recipients }, metadata }) => {
    if (msBetween(metadata.at, clock()) > LIVE_AGE_MAX_MS) return;
    broadcast.publish(recipients, { kind: 'notification', notification } satisfies LiveHint);
  },
});
