/** Every event, with its personal fields. The codec, the golden files and the documentation go by this table. */
import { chatSealing, type ChatEvent } from './chat/events.ts';
import { deliveryModeSealing, type DeliveryModeEvent } from './feed/delivery-mode/events.ts';
import { scheduledPostSealing, type ScheduledPostEvent } from './feed/scheduled/events.ts';
import { feedSealing, type FeedEvent } from './feed/events.ts';
import { mediaSealing, type MediaEvent } from './media/events.ts';
import { moderationSealing, type ModerationEvent } from './moderation/events.ts';
import { notificationsSealing, type NotificationsEvent } from './notifications/events.ts';
import { operatorsSealing, type OperatorsEvent } from './operators/events.ts';
import { peopleSealing, type PeopleEvent } from './people/events.ts';
import type { SealingOf } from './shared/event.ts';
import { operationsSealing, type OperationsEvent } from './shared/operations.ts';

export type TidingsEvent =
  | PeopleEvent
  | MediaEvent
  | ModerationEvent
  | FeedEvent
  | DeliveryModeEvent
  | ScheduledPostEvent
  | ChatEvent
  | NotificationsEvent
  | OperatorsEvent
  | OperationsEvent;

export const sealing: SealingOf<TidingsEvent> = {
  ...peopleSealing,
  ...mediaSealing,
  ...moderationSealing,
  ...feedSealing,
  ...deliveryModeSealing,
  ...scheduledPostSealing,
  ...chatSealing,
  ...notificationsSealing,
  ...operatorsSealing,
  ...operationsSealing,
};
