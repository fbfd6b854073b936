/** The events of the notification centre: what came into it and what became of each thing there (`delivery-`), and what a person has done with all of them at once (`centre-`). */
import type { SealingOf } from '../../shared/event.ts';
import type { DeliveryId, NotificationId, PersonId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { Plan } from '../delivery-plan.ts';

export const ITEM_MARKS = ['read', 'unread', 'archived', 'unarchived'] as const;
export type ItemMark = (typeof ITEM_MARKS)[number];

/** `delivery-<id>` of the channel `in-app`. */
export type ItemEvent =
  /** It stands in its recipient's centre: often the delivery's only event, for nobody has to bring it there. */
  | { readonly type: 'notifications.delivered-in-app.v1'; readonly data: Plan & { readonly at: Instant } }
  | {
      readonly type: 'notifications.item-marked.v1';
      readonly data: {
        readonly delivery: DeliveryId;
        readonly notification: NotificationId;
        readonly recipient: PersonId;
        readonly mark: ItemMark;
        /** Of `unread`: so many times the person had marked everything as read by then. Those don't hold for this one; a later one does. */
        readonly readBefore?: number;
        readonly at: Instant;
      };
    };

/** `centre-<person>`: one event for everything that came until a moment. */
export type CentreEvent =
  | { readonly type: 'notifications.centre-seen.v1'; readonly data: { readonly person: PersonId; readonly upTo: Instant; readonly at: Instant } }
  | {
      readonly type: 'notifications.centre-read.v1';
      readonly data: {
        readonly person: PersonId;
        readonly upTo: Instant;
        /** Only what is of this category; of every category where it is absent. */
        readonly category?: string;
        /** Counts them, from 1. */
        readonly number: number;
        readonly at: Instant;
      };
    };

export const centreSealing: SealingOf<ItemEvent | CentreEvent> = {
  'notifications.delivered-in-app.v1': {},
  'notifications.item-marked.v1': {},
  'notifications.centre-seen.v1': {},
  'notifications.centre-read.v1': {},
};
