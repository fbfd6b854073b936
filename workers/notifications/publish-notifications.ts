/** Publishes a live hint to a notification's recipients, once the view that they fetch it from has it. */
import type { NotificationEvent } from '../../domain/notifications/events.ts';
import { msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';

/** Older notifications are not published. */
const LIVE_AGE_MAX_MS = 60_000;

type Requested = Extract<NotificationEvent, { type: 'notifications.requested.v1' }>;

type Dependencies = { readonly broadcast: Pick<Broadcast, 'publish'>; readonly clock: () => Instant };

export const publishNotifications = ({ broadcast, clock }: Dependencies): TidingsReactor<Requested> => ({
  kind: 'reactor',
  name: 'publish-notifications',
  version: 1,
  handles: ['notifications.requested.v1'],
  after: ['notifications'],
  react: async ({ data: { notification, recipients, source }, metadata }) => {
    if (source.kind === 'account' || msBetween(metadata.at, clock()) > LIVE_AGE_MAX_MS) return;
    broadcast.publish(recipients, { kind: 'notification', notification } satisfies LiveHint);
  },
});
