/**
 * A push that failed may have stood in the way of another: jobs of later messages requested none while it was under way. So when it
 * ends, the channel's newest message is looked at once more for that person. Messages behind a push are worth one for as long as a
 * push lives, however long the first one waited.
 */
import type { DeliveryEvent } from '../../domain/notifications/events.ts';
import { SECOND_MS, msBetween, plus, type Instant } from '../../domain/shared/instant.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { CHAT_PUSH_TTL_SECONDS } from './chat-push-checks.ts';
import type { PushUnreadToMember } from './push-unread.ts';

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
  readonly views: Pick<TidingsViews, 'get'>;
  readonly clock: () => Instant;
  readonly pushUnreadToMember: PushUnreadToMember;
};

export const pushAgain = (
  { views, clock, pushUnreadToMember }: PushAgainDependencies,
  { chatPushAfterMs }: { readonly chatPushAfterMs: number },
): TidingsReactor<Ended> => ({
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
  startFrom: 'now',
  react: async ({ data }) => {
    const ended = await views.get('deliveries', data.delivery);
    if (ended?.channel !== 'push' || ended.aboutChannel === null || ended.aboutSeq === null) return;
    const { recipient: person, aboutChannel: channel, aboutSeq } = ended;
    const { lastMessage = null, lastAt = null } = (await views.get('channel-heads', channel)) ?? {};
    if (lastMessage === null || lastAt === null || lastMessage <= aboutSeq) return;
    const now = clock();
    const since = plus(now, -CHAT_PUSH_TTL_SECONDS * SECOND_MS);
    // The job of so young a message has yet to run, and will find that this push has ended.
    if (msBetween(lastAt, now) < chatPushAfterMs / 2 || lastAt < since) return;
    await pushUnreadToMember({ person, channel, seq: lastMessage, since });
  },
});
