/**
 * A push that came to nothing may have stood in the way of another: whoever looked at a later message while it was under way asked
 * for none. So when it ends, the channel's newest message is looked at once more, for that person. What stood behind a push is worth
 * as long as a push is, however long the first one waited.
 */
import type { DeliveryEvent } from '../../domain/notifications/events.ts';
import { SECOND_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import type { Reactor } from '../../projections/projection.ts';
import type { ActiveViews } from '../../projections/query/read-views.ts';
import { CHAT_PUSH_TTL_SECONDS, type LookFor } from './push-unread.ts';

type Ended = Extract<
  DeliveryEvent,
  {
    type:
      | 'notifications.delivery-suppressed.v1'
      | 'notifications.attempt-rejected.v1'
      | 'notifications.delivery-failed.v1'
      | 'notifications.delivery-cancelled.v1'
      | 'notifications.delivery-expired.v1'
      | 'notifications.delivery-undelivered.v1';
  }
>;

export type PushAgainDependencies = {
  readonly views: Pick<ActiveViews, 'get'>;
  readonly clock: () => Instant;
  readonly lookFor: LookFor;
};

export const pushAgain = ({ views, clock, lookFor }: PushAgainDependencies, { chatPushAfterMs }: { readonly chatPushAfterMs: number }): Reactor<Ended> => ({
  kind: 'reactor',
  name: 'push-again',
  version: 1,
  handles: [
    'notifications.delivery-suppressed.v1',
    'notifications.attempt-rejected.v1',
    'notifications.delivery-failed.v1',
    'notifications.delivery-cancelled.v1',
    'notifications.delivery-expired.v1',
    'notifications.delivery-undelivered.v1',
  ],
  after: ['deliveries', 'inbox', 'messages', 'profile'],
  since: 'now',
  react: async ({ data }) => {
    const ended = await views.get('deliveries', data.delivery);
    if (ended === undefined || ended.aboutChannel === null || ended.aboutSeq === null) return;
    const { recipient: person, aboutChannel: channel, aboutSeq } = ended;
    const { lastMessage = null, lastAt = null } = (await views.get('channel-heads', channel)) ?? {};
    if (lastMessage === null || lastAt === null || lastMessage <= aboutSeq) return;
    const now = clock();
    const since = plus(now, -CHAT_PUSH_TTL_SECONDS * SECOND_MS);
    // A message so young is still to be looked at by its own job, which will find that this push has ended.
    if (msBetween(lastAt, now) < chatPushAfterMs / 2 || lastAt < since) return;
    await lookFor({ person, channel, seq: lastMessage, since });
  },
});
