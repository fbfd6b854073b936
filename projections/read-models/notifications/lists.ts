/** Apps' lists with their members, and how far the notifications that go to one have come. */
import type { NotificationEvent } from '../../../domain/notifications/events.ts';
import type { CampaignEnd, CampaignEvent, ListEvent } from '../../../domain/notifications/lists/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { AppId, ListId, NotificationId, PersonId } from '../../../domain/shared/ids.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { Collection, Projector } from '../../projection.ts';

/** Id: the list. `revision`: of its stream, up to which its members are in the view. */
export type ListDocument = {
  readonly list: ListId;
  readonly app: AppId;
  readonly name: string;
  readonly status: 'active' | 'removed';
  readonly createdAt: Instant;
  readonly changedAt: Instant;
  readonly revision: number;
};

/** Id: the list. */
export type ListSizeDocument = { readonly members: number };

/** Id: `memberId`. Those of a removed list stay. */
export type ListMemberDocument = { readonly list: ListId; readonly person: PersonId };

const memberId = (list: ListId, person: PersonId): string => `${list}:${person}`;

/** Id: the notification; gone with it when it is forgotten. What is of the request is null until the request is here: its stream may be in another log. */
export type CampaignDocument = {
  readonly notification: NotificationId;
  readonly app: AppId | null;
  readonly list: ListId | null;
  readonly ratePerMinute: number | null;
  readonly requestedAt: Instant | null;
  readonly sendAt: Instant | null;
  readonly cancelled: boolean;
  readonly status: 'planning' | 'paused' | 'finished';
  readonly because: CampaignEnd | null;
  /** Null: it has not started. */
  readonly total: number | null;
  readonly planned: number;
  readonly ranges: number;
  readonly changedAt: Instant | null;
};

type Documents = {
  readonly lists: ListDocument;
  readonly 'list-sizes': ListSizeDocument;
  readonly 'list-members': ListMemberDocument;
  readonly campaigns: CampaignDocument;
};

type HandledEvent = ListEvent | CampaignEvent | NotificationEvent;

export const lists = {
  kind: 'projector',
  name: 'lists',
  version: 2,
  handles: [
    'notifications.list-created.v1',
    'notifications.list-members-added.v1',
    'notifications.list-members-removed.v1',
    'notifications.list-removed.v1',
    'notifications.requested.v1',
    'notifications.cancelled.v1',
    'notifications.forgotten.v1',
    'notifications.campaign-started.v1',
    'notifications.campaign-range-planned.v1',
    'notifications.campaign-paused.v1',
    'notifications.campaign-resumed.v1',
    'notifications.campaign-finished.v1',
  ],
  indexes: {
    lists: [{ fields: ['app', 'status', '_id'] }],
    'list-sizes': [],
    'list-members': [{ fields: ['list', 'person'] }],
    campaigns: [{ fields: ['requestedAt'] }],
  },

  project: (event, { lists, 'list-sizes': sizes, 'list-members': members, campaigns }) => {
    switch (event.type) {
      case 'notifications.list-created.v1': {
        const { list, app, name, at } = event.data;
        lists.update(list, event, () => ({ list, app, name, status: 'active', createdAt: at, changedAt: at, revision: event.revision }));
        return;
      }
      case 'notifications.list-members-added.v1':
      case 'notifications.list-members-removed.v1': {
        const { list, members: changed, at } = event.data;
        const isAdded = event.type === 'notifications.list-members-added.v1';
        const outcomes = changed.map((person) =>
          members.update(memberId(list, person), event, (before) => (isAdded ? (before ?? { list, person }) : undefined)),
        );
        const by = outcomes.filter((outcome) => outcome === 'created').length - outcomes.filter((outcome) => outcome === 'removed').length;
        if (by !== 0) sizes.increment(list, { members: by });
        lists.update(list, event, (before) => before && { ...before, changedAt: at, revision: event.revision });
        return;
      }
      case 'notifications.list-removed.v1': {
        const { list, at } = event.data;
        lists.update(list, event, (before) => before && { ...before, status: 'removed', changedAt: at, revision: event.revision });
        return;
      }
      case 'notifications.requested.v1':
      case 'notifications.cancelled.v1':
      case 'notifications.forgotten.v1':
        return projectRequest(event, campaigns);
      case 'notifications.campaign-started.v1':
      case 'notifications.campaign-range-planned.v1':
      case 'notifications.campaign-paused.v1':
      case 'notifications.campaign-resumed.v1':
      case 'notifications.campaign-finished.v1': {
        const { notification } = event.data;
        campaigns.update(notification, event, (before) => progressed(before ?? unknown(notification), event));
      }
    }
  },
} as const satisfies Projector<HandledEvent, Documents>;

/** Most notifications name their recipients, and have no place here. */
function projectRequest(event: Recorded<NotificationEvent>, campaigns: Collection<CampaignDocument>): void {
  const { notification } = event.data;
  if (event.type === 'notifications.cancelled.v1') {
    campaigns.update(notification, event, (before) => before && { ...before, cancelled: true });
    return;
  }
  if (event.type === 'notifications.forgotten.v1') {
    campaigns.forget(notification, event, () => undefined);
    return;
  }
  const { list: goesTo, source, sendAt, at } = event.data;
  if (goesTo === undefined || source.kind !== 'app') return;
  const { list, ratePerMinute = null } = goesTo;
  const { app } = source;
  campaigns.update(notification, event, (before = unknown(notification)) => ({ ...before, app, list, ratePerMinute, requestedAt: at, sendAt: sendAt ?? null }));
}

const unknown = (notification: NotificationId): CampaignDocument => ({
  notification,
  app: null,
  list: null,
  ratePerMinute: null,
  requestedAt: null,
  sendAt: null,
  cancelled: false,
  status: 'planning',
  because: null,
  total: null,
  planned: 0,
  ranges: 0,
  changedAt: null,
});

function progressed(before: CampaignDocument, event: CampaignEvent): CampaignDocument {
  const changedAt = event.data.at;
  switch (event.type) {
    case 'notifications.campaign-started.v1':
      return { ...before, total: event.data.total, changedAt };
    case 'notifications.campaign-range-planned.v1':
      return { ...before, planned: before.planned + event.data.recipients, ranges: event.data.range + 1, changedAt };
    case 'notifications.campaign-paused.v1':
      return { ...before, status: 'paused', changedAt };
    case 'notifications.campaign-resumed.v1':
      return { ...before, status: 'planning', changedAt };
    case 'notifications.campaign-finished.v1':
      return { ...before, status: 'finished', because: event.data.because, changedAt };
  }
}
