/** Every event, with its personal fields. The codec, the golden files and the documentation go by this table. */
import type { ChatEvent } from './chat/events.ts';
import { chatEnding, chatSealing } from './chat/sealing.ts';
import { scheduledMessageEnding, scheduledMessageSealing, type ScheduledMessageEvent } from './chat/scheduled/events.ts';
import { indexingSealing, type IndexingEvent } from './chat/search/indexing.ts';
import { deliveryModeSealing, type DeliveryModeEvent } from './feed/delivery-mode/events.ts';
import { exportsSealing, type ExportEvent } from './exports/events.ts';
import { scheduledPostSealing, type ScheduledPostEvent } from './feed/scheduled/events.ts';
import { bookmarkSealing, feedSealing, pinnedPostsSealing, type BookmarkEvent, type FeedEvent, type PinnedPostsEvent } from './feed/events.ts';
import { mediaSealing, type MediaEvent } from './media/events.ts';
import { moderationSealing, type ModerationEvent } from './moderation/events.ts';
import { notificationsSealing, type NotificationsEvent } from './notifications/events.ts';
import { operatorsSealing, type OperatorsEvent } from './operators/events.ts';
import { peopleSealing, type PeopleEvent } from './people/events.ts';
import type { SealingOf } from './shared/event.ts';
import { subscriptionsSealing, type SubscriptionsEvent } from './subscriptions/events.ts';
import { operationsSealing, type OperationsEvent } from './shared/operations.ts';

export type TidingsEvent =
  | PeopleEvent
  | MediaEvent
  | ModerationEvent
  | FeedEvent
  | BookmarkEvent
  | PinnedPostsEvent
  | DeliveryModeEvent
  | ScheduledPostEvent
  | ChatEvent
  | IndexingEvent
  | ExportEvent
  | ScheduledMessageEvent
  | NotificationsEvent
  | SubscriptionsEvent
  | OperatorsEvent
  | OperationsEvent;

export const sealing: SealingOf<TidingsEvent> = {
  ...peopleSealing,
  ...mediaSealing,
  ...moderationSealing,
  ...feedSealing,
  ...bookmarkSealing,
  ...pinnedPostsSealing,
  ...deliveryModeSealing,
  ...scheduledPostSealing,
  ...chatSealing,
  ...indexingSealing,
  ...exportsSealing,
  ...scheduledMessageSealing,
  ...notificationsSealing,
  ...subscriptionsSealing,
  ...operatorsSealing,
  ...operationsSealing,
};

/** By event type: which personal fields may end, and when. The codec goes by it, whoever reads. Each of these events is of a `channel`. */
export const ending: Readonly<Record<string, Readonly<Record<string, string>>>> = { ...chatEnding, ...scheduledMessageEnding };
