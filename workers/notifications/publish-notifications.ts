/** Publishes a live hint to a person when something comes into their notification centre, or they have marked something there, once the view that they fetch it from has it. */
import type { CentreEvent, ItemEvent } from '../../domain/notifications/centre/events.ts';
import { msBetween, type Instant } from '../../domain/shared/instant.ts';
import type { LiveHint } from '../../ports/broadcast/hints.ts';
import type { Broadcast } from '../../ports/broadcast/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';

/** What is older is not published. */
const LIVE_AGE_MAX_MS = 60_000;

type Dependencies = { readonly broadcast: Pick<Broadcast, 'publish'>; readonly clock: () => Instant };

export const publishNotifications = ({ broadcast, clock }: Dependencies): TidingsReactor<ItemEvent | CentreEvent> => ({
  kind: 'reactor',
  name: 'publish-notifications',
  version: 2,
  handles: ['notifications.delivered-in-app.v1', 'notifications.item-marked.v1', 'notifications.centre-seen.v1', 'notifications.centre-read.v1'],
  after: ['centre', 'notifications'],
  react: async (event) => {
    if (msBetween(event.metadata.at, clock()) > LIVE_AGE_MAX_MS) return;
    switch (event.type) {
      case 'notifications.delivered-in-app.v1':
        if (event.data.sandbox === true) return;
        return broadcast.publish([event.data.recipient], { kind: 'notification', notification: event.data.notification } satisfies LiveHint);
      case 'notifications.item-marked.v1':
        return broadcast.publish([event.data.recipient], { kind: 'centre' } satisfies LiveHint);
      case 'notifications.centre-seen.v1':
      case 'notifications.centre-read.v1':
        return broadcast.publish([event.data.person], { kind: 'centre' } satisfies LiveHint);
    }
  },
});
