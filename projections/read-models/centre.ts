/** Everyone's notification centre: a row for each thing that stands in it, and what its person has seen and read of all of them. */
import { centre as centreDecider, NOTHING_READ, type CentreState } from '../../domain/notifications/centre/centre.ts';
import type { DeliveryEvent } from '../../domain/notifications/events.ts';
import type { CentreEvent, ItemEvent } from '../../domain/notifications/centre/events.ts';
import { itemOf, type ItemState } from '../../domain/notifications/centre/item.ts';
import { categoryKey } from '../../domain/people/category.ts';
import type { Source } from '../../domain/notifications/request-fields.ts';
import type { Plan } from '../../domain/notifications/delivery-plan.ts';
import type { NotificationId, PersonId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Projector } from '../projection.ts';

type Forgotten = Extract<DeliveryEvent, { type: 'notifications.delivery-forgotten.v1' }>;

/** Id: `centreItemId`. */
export type CentreItemDocument = {
  readonly person: PersonId;
  readonly notification: NotificationId;
  readonly category: string;
  /** However the app spelled it. */
  readonly categoryKey: string;
  readonly from: Source['kind'];
  readonly at: Instant;
  /** `centreOrder`: a person's items sort by it, and no two of them share it. */
  readonly order: string;
  readonly item: ItemState;
  readonly archived: boolean;
  /** Neither archived nor marked as read by itself: it is unread, unless its person has read everything up to a later moment. */
  readonly open: boolean;
  /** Open, and marked as unread by itself: it may be unread though everything was read up to a later moment. */
  readonly kept: boolean;
};

/** Id: the person. Absent where the person has never opened the centre. */
export type CentreDocument = CentreState & { readonly person: PersonId };

export const centreItemId = (person: PersonId, notification: NotificationId): string => `${person}:${notification}`;

/** Of the logs of an installation, none comes before the other: things sort by their time, and within it by their ids. */
export const centreOrder = (at: Instant, notification: NotificationId): string => `${at}_${notification}`;
/** Sorts after all that came until then, and before what came later. */
export const endOfOrder = (upTo: Instant): string => `${upTo}~`;

export const centre = {
  kind: 'projector',
  name: 'centre',
  version: 2,
  handles: [
    'notifications.delivered-in-app.v1',
    'notifications.item-marked.v1',
    'notifications.delivery-forgotten.v1',
    'notifications.centre-seen.v1',
    'notifications.centre-read.v1',
  ],
  indexes: {
    'centre-items': [
      { fields: ['person', 'archived', 'order'] },
      { fields: ['person', 'archived', 'categoryKey', 'order'] },
      { fields: ['person', 'open', 'order'] },
      { fields: ['person', 'open', 'categoryKey', 'order'] },
      { fields: ['person', 'kept', 'order'] },
      { fields: ['person', 'kept', 'categoryKey', 'order'] },
      { fields: ['person', 'position'] },
    ],
    centres: [{ fields: ['person', 'position'] }],
  },

  project: (event, { 'centre-items': items, centres }) => {
    switch (event.type) {
      case 'notifications.delivered-in-app.v1': {
        const { recipient, notification, sandbox } = event.data;
        if (sandbox === true) return; // it reaches nobody
        return void items.create(centreItemId(recipient, notification), event, () => itemDocument(event.data));
      }
      case 'notifications.item-marked.v1': {
        const { recipient, notification } = event.data;
        return void items.update(centreItemId(recipient, notification), event, (before) => before && withItem(before, itemOf(event.data, before.item)));
      }
      case 'notifications.delivery-forgotten.v1': {
        const { recipient, notification, channel } = event.data;
        if (channel !== 'in-app') return;
        return void items.update(centreItemId(recipient, notification), event, () => undefined);
      }
      case 'notifications.centre-seen.v1':
      case 'notifications.centre-read.v1': {
        const { person } = event.data;
        return void centres.update(person, event, (before = { ...NOTHING_READ, person }) => ({ ...centreDecider.evolve(before, event), person }));
      }
    }
  },
} as const satisfies Projector<ItemEvent | CentreEvent | Forgotten, { 'centre-items': CentreItemDocument; centres: CentreDocument }>;

/** Of what planning says of one recipient. */
export const itemDocument = ({
  recipient: person,
  notification,
  category,
  source,
  at,
}: Pick<Plan, 'recipient' | 'notification' | 'category' | 'source'> & { readonly at: Instant }): CentreItemDocument => {
  const from = source.kind;
  return {
    person,
    notification,
    category,
    categoryKey: categoryKey(category),
    from,
    at,
    order: centreOrder(at, notification),
    item: {},
    archived: false,
    open: true,
    kept: false,
  };
};

function withItem(before: CentreItemDocument, item: ItemState): CentreItemDocument {
  const archived = item.archived === true;
  const open = !archived && item.read !== 'read';
  return { ...before, item, archived, open, kept: open && item.read === 'unread' };
}
