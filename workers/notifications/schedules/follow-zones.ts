/**
 * When a person's clock changes, with their zone, what waits for a time on it waits for that time on the new one. A delivery whose time
 * there has passed is sent at once: neither never nor twice. What this misses, because nothing was planned yet or it is still under way,
 * is decided by the zone of then, when it is planned and again just before it is sent.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import { sendTimeOf } from '../../../domain/notifications/planning/send-time.ts';
import type { PreferencesEvent, UserEvent } from '../../../domain/people/events.ts';
import { preferences } from '../../../domain/people/preferences.ts';
import { user } from '../../../domain/people/user.ts';
import type { PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { preferencesStream, userStream } from '../../../domain/shared/streams.ts';
import type { DeliveryDocument } from '../../../projections/read-models/deliveries.ts';
import type { TidingsEventProcess } from '../../../projections/read-models/projectors.ts';
import type { FoundDocument } from '../../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../../projections/view-access/tidings-views.ts';
import type { DomainReader } from '../../dependencies.ts';
import { contextForEvent } from '../../jobs/command-contexts.ts';
import type { LoadNotification } from '../plan/load-notification.ts';

const PAGE_MAX = 200;

type ZoneEvent =
  | Extract<UserEvent, { type: 'people.profile-changed.v1' }>
  | Extract<PreferencesEvent, { type: 'people.quiet-hours-set.v1' | 'people.quiet-hours-cleared.v1' }>;

type Dependencies = {
  readonly reader: Pick<DomainReader, 'loadState'>;
  readonly loadNotification: LoadNotification;
  readonly views: Pick<TidingsViews, 'find'>;
  readonly commands: Pick<Commands, 'commandDelivery'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const followZones = (dependencies: Dependencies): TidingsEventProcess<ZoneEvent> => ({
  kind: 'process',
  name: 'follow-zones',
  version: 1,
  handles: ['people.profile-changed.v1', 'people.quiet-hours-set.v1', 'people.quiet-hours-cleared.v1'],
  startFrom: 'now',
  after: ['deliveries'],
  react: async (event) => {
    if (event.type === 'people.profile-changed.v1' && event.data.timeZone === undefined) return;
    const recipient = event.key as PersonId;
    for (let after: string | undefined = ''; after !== undefined;) {
      const page: readonly FoundDocument<DeliveryDocument>[] = await dependencies.views.find('deliveries', {
        where: { recipient, status: 'deferred' },
        range: { field: '_id', after },
        order: { _id: 1 },
        limit: PAGE_MAX,
      });
      for (const waiting of page) if (waiting.reason === 'scheduled') await moveToClock(dependencies, event, waiting);
      after = page.length < PAGE_MAX ? undefined : page.at(-1)?._id;
    }
  },
});

/** Earlier or later; it is refused where the delivery waits no more. */
async function moveToClock(
  { reader, loadNotification, commands, contextFor, clock }: Dependencies,
  event: Parameters<TidingsEventProcess<ZoneEvent>['react']>[0],
  { delivery, notification, recipient }: DeliveryDocument,
): Promise<void> {
  const request = await loadNotification(notification);
  if (request?.requested.sendAtLocal === undefined) return;
  const [userNow, preferencesNow] = await Promise.all([
    reader.loadState(user, userStream(recipient)),
    reader.loadState(preferences, preferencesStream(recipient)),
  ]);
  const until = sendTimeOf(request.requested, { user: userNow.state, preferences: preferencesNow.state });
  if (until === undefined) return;
  const at = clock();
  const context = contextForEvent(event, { contextFor, worker: 'follow-zones', type: 'defer-delivery', of: delivery, body: delivery, at });
  await commands.commandDelivery({ delivery, command: { type: 'defer', reason: 'scheduled', until, at } }, context);
}
