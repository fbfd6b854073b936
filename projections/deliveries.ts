/** Every delivery with its state, its history, and when somebody must look at it again. */
import type { DeliveryId, EndpointId, NotificationId, PersonId } from '../domain/shared/ids.ts';
import type { Instant } from '../domain/shared/instant.ts';
import type { DeliveryEvent, NotificationsEvent, Priority, Source } from '../domain/notifications/events.ts';
import type { NotificationChannel } from '../domain/people/events.ts';
import type { Projector } from './projection.ts';

export type DeliveryStatus =
  | 'planned'
  | 'deferred'
  | 'queued'
  | 'attempting'
  | 'waiting'
  | 'unknown'
  | 'accepted'
  | 'delivered'
  | 'undelivered'
  | 'failed'
  | 'suppressed'
  | 'digested'
  | 'cancelled'
  | 'expired';

/** One event of the delivery: `what` is its type without category and version (`attempt-started`); the rest are its facts. */
type DeliveryStep = { readonly what: string; readonly at: Instant; readonly [fact: string]: unknown };

const DELIVERY_HISTORY_STEPS_MAX = 200;

/** Id: the delivery. */
export type Delivery = {
  readonly delivery: DeliveryId;
  readonly notification: NotificationId;
  readonly recipient: PersonId;
  readonly channel: NotificationChannel;
  readonly endpoint: EndpointId | null;
  readonly source: Source;
  readonly category: string;
  readonly critical: boolean;
  readonly atMostOnce: boolean;
  readonly priority: Priority;
  readonly expiresAt: Instant;
  readonly status: DeliveryStatus;
  readonly reason: string | null;
  /** When a sweeper looks after it if nobody did; null: never again. */
  readonly dueAt: Instant | null;
  readonly attempt: number;
  readonly vendor: string | null;
  readonly vendorId: string | null;
  readonly engagement: { readonly [What in Engagement]?: Instant };
  readonly plannedAt: Instant;
  readonly changedAt: Instant;
  /** Oldest first; the newest ones where there are too many. */
  readonly history: readonly DeliveryStep[];
};

type Engagement = Extract<DeliveryEvent, { type: 'notifications.engagement-seen.v1' }>['data']['what'];

export const deliveries: Projector<DeliveryEvent, { deliveries: Delivery }> = {
  kind: 'projector',
  name: 'deliveries',
  version: 1,
  handles: [
    'notifications.delivery-planned.v1',
    'notifications.delivery-suppressed.v1',
    'notifications.delivery-deferred.v1',
    'notifications.delivery-released.v1',
    'notifications.delivery-digested.v1',
    'notifications.delivery-queued.v1',
    'notifications.attempt-started.v1',
    'notifications.attempt-accepted.v1',
    'notifications.attempt-rejected.v1',
    'notifications.retry-scheduled.v1',
    'notifications.outcome-unknown.v1',
    'notifications.delivery-rerouted.v1',
    'notifications.delivery-failed.v1',
    'notifications.delivery-cancelled.v1',
    'notifications.cancellation-noted.v1',
    'notifications.delivery-expired.v1',
    'notifications.delivery-confirmed.v1',
    'notifications.delivery-undelivered.v1',
    'notifications.engagement-seen.v1',
  ],
  indexes: {
    deliveries: [
      { fields: ['notification', '_id'] },
      { fields: ['recipient', 'notification'] },
      { fields: ['recipient', 'position'] },
      { fields: ['dueAt'] },
      { fields: ['status', 'changedAt'] },
      { fields: ['status', 'dueAt'] },
    ],
  },

  project: (event, { deliveries }) => {
    deliveries.update(event.data.delivery, event, (before) => {
      if (event.type === 'notifications.delivery-planned.v1') return { ...planned(event.data), history: [stepOf(event)] };
      if (before === undefined) return undefined;
      const history = [...before.history, stepOf(event)].slice(-DELIVERY_HISTORY_STEPS_MAX);
      return { ...before, ...changesOf(event, before), changedAt: event.data.at, history };
    });
  },
};

type Planned = Extract<NotificationsEvent, { type: 'notifications.delivery-planned.v1' }>;

const planned = ({ at, ...data }: Planned['data']): Omit<Delivery, 'history'> => ({
  ...data,
  status: 'planned',
  reason: null,
  dueAt: at,
  attempt: 0,
  vendor: null,
  vendorId: null,
  engagement: {},
  plannedAt: at,
  changedAt: at,
});

function stepOf({ type, data }: DeliveryEvent): DeliveryStep {
  const { delivery: _same, ...facts } = data;
  return { what: type.slice(type.indexOf('.') + 1, type.lastIndexOf('.')), ...facts };
}

/** The states and their exits are those of the delivery's decider; here each event only says where it leads. */
function changesOf(event: Exclude<DeliveryEvent, Planned>, before: Delivery): Partial<Delivery> {
  const { data } = event;
  switch (event.type) {
    case 'notifications.delivery-suppressed.v1':
      return { status: 'suppressed', reason: event.data.reason, dueAt: null };
    case 'notifications.delivery-deferred.v1':
      return { status: 'deferred', reason: event.data.reason, dueAt: event.data.until };
    case 'notifications.delivery-released.v1':
      return { status: 'planned', reason: null, dueAt: data.at };
    case 'notifications.delivery-digested.v1':
      return { status: 'digested', dueAt: null };
    case 'notifications.delivery-queued.v1':
    case 'notifications.delivery-rerouted.v1':
      return { status: 'queued', vendor: event.data.vendor, reason: null, dueAt: data.at };
    case 'notifications.attempt-started.v1':
      return { status: 'attempting', attempt: event.data.attempt, vendor: event.data.vendor, dueAt: event.data.deadline };
    case 'notifications.attempt-accepted.v1':
      return { status: 'accepted', vendorId: event.data.vendorId, reason: null, dueAt: null };
    case 'notifications.attempt-rejected.v1':
      return { status: 'failed', reason: event.data.reason, dueAt: null };
    case 'notifications.retry-scheduled.v1':
      return { status: 'waiting', reason: event.data.reason, dueAt: event.data.retryAt };
    case 'notifications.outcome-unknown.v1':
      return { status: 'unknown', reason: event.data.reason, dueAt: data.at };
    case 'notifications.delivery-failed.v1':
      return { status: 'failed', reason: event.data.reason, dueAt: null };
    case 'notifications.delivery-cancelled.v1':
      return { status: 'cancelled', dueAt: null };
    case 'notifications.cancellation-noted.v1':
      return {};
    case 'notifications.delivery-expired.v1':
      return { status: 'expired', dueAt: null };
    case 'notifications.delivery-confirmed.v1':
      return { status: 'delivered', reason: null, dueAt: null };
    case 'notifications.delivery-undelivered.v1':
      return { status: 'undelivered', reason: event.data.reason, dueAt: null };
    case 'notifications.engagement-seen.v1':
      return { engagement: { [event.data.what]: data.at, ...before.engagement } };
  }
}
