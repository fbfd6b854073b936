/** Every delivery with its state, its history, and when it must be looked at again. */
import type { Instant } from '../../domain/shared/instant.ts';
import type { AppId, ChannelId, DeliveryId } from '../../domain/shared/ids.ts';
import type { PlannedDelivery } from '../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryEvent, Engagement, RenderedFrom } from '../../domain/notifications/events.ts';
import type { Plan } from '../../domain/notifications/delivery-plan.ts';
import { orErased } from '../../domain/shared/event.ts';
import type { Projector } from '../projection.ts';
import { acceptedTextOf } from './caps/accepted-text.ts';
import { countDelivery, type DeliveryChange, type DeliveryCounts, type ReasonCount } from './funnel/count-delivery.ts';

export type DeliveryStatus = PlannedDelivery['status'];

/** One event of the delivery: `what` is its type without category and version (`attempt-started`); the rest are its facts. */
type DeliveryStep = { readonly what: string; readonly at: Instant; readonly [fact: string]: unknown };

const DELIVERY_HISTORY_STEPS_MAX = 200;

/** Id: the delivery. */
export type DeliveryDocument = Plan & {
  /** The message, and its channel, that it is about; null where it is about none. */
  readonly aboutChannel: ChannelId | null;
  readonly aboutSeq: number | null;
  /** The app that asked for it; null where we did. */
  readonly app: AppId | null;
  /** When it was planned, and its id: no two are the same. */
  readonly planned: string;
  readonly status: DeliveryStatus;
  readonly reason: string | null;
  /** When a sweeper takes it up if no job has; null: never. */
  readonly dueAt: Instant | null;
  /** The facts that the sweeper then needs, as text (`dueTextOf`). */
  readonly due: string | null;
  readonly attempt: number;
  readonly vendor: string | null;
  readonly vendorId: string | null;
  /** The version of the template that the last attempt was rendered from, where one was used. */
  readonly templateVersion: number | null;
  /** When it was accepted first, as caps count it (`acceptedTextOf`); null: not yet, or they don't. */
  readonly accepted: string | null;
  readonly engagement: { readonly [What in Engagement]?: Instant };
  readonly plannedAt: Instant;
  readonly changedAt: Instant;
  /** Oldest first; only the newest where there are too many. */
  readonly history: readonly DeliveryStep[];
};

export const deliveries = {
  kind: 'projector',
  name: 'deliveries',
  version: 5,
  // A delivery's first events come within some 50 ms.
  paceMs: 100,
  handles: [
    'notifications.delivery-planned.v1',
    'notifications.delivered-in-app.v1',
    'notifications.item-marked.v1',
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
    'notifications.delivery-forgotten.v1',
  ],
  indexes: {
    deliveries: [
      { fields: ['notification', '_id'] },
      { fields: ['recipient', 'notification'] },
      { fields: ['recipient', 'status', '_id'] },
      { fields: ['recipient', 'aboutChannel', 'aboutSeq'] },
      { fields: ['status', 'due'] },
      { fields: ['accepted'] },
      { fields: ['status', 'planned'] },
      { fields: ['app', 'status', 'planned'] },
      { fields: ['recipient', 'planned'] },
      { fields: ['vendorId', 'planned'] },
      { fields: ['category', 'planned'] },
    ],
    'funnel-deliveries': [],
    'funnel-reasons': [],
  },

  project: (event, views) => {
    const changes: DeliveryChange[] = [];
    views.deliveries[event.type === 'notifications.delivery-planned.v1' ? 'create' : 'update'](event.data.delivery, event, (before) => {
      const after = documentAfter(event, before);
      if (before !== undefined || after !== undefined) changes.push({ before, after });
      return after;
    });
    for (const change of changes) countDelivery(views, event.stream, change);
  },
} as const satisfies Projector<
  DeliveryEvent,
  { readonly deliveries: DeliveryDocument; readonly 'funnel-deliveries': DeliveryCounts; readonly 'funnel-reasons': ReasonCount }
>;

function documentAfter(event: DeliveryEvent, before: DeliveryDocument | undefined): DeliveryDocument | undefined {
  if (event.type === 'notifications.delivery-planned.v1') return withDueText({ ...plannedDocument(event.data), history: [stepOf(event)] });
  if (event.type === 'notifications.delivered-in-app.v1') return shownDocument(event, before);
  if (before === undefined || event.type === 'notifications.delivery-forgotten.v1') return undefined;
  const history = [...before.history, stepOf(event)].slice(-DELIVERY_HISTORY_STEPS_MAX);
  return withDueText({ ...before, ...changesOf(event, before), changedAt: event.data.at, history });
}

/** Its first event, or one after it was planned for later. */
function shownDocument(event: Extract<DeliveryEvent, { type: 'notifications.delivered-in-app.v1' }>, before: DeliveryDocument | undefined): DeliveryDocument {
  const planned = before ?? { ...plannedDocument(event.data), history: [] };
  return withDueText({ ...planned, status: 'delivered', reason: null, dueAt: null, changedAt: event.data.at, history: [...planned.history, stepOf(event)] });
}

/** Sorts by when a delivery was planned, and tells which it is. */
const plannedTextOf = ({ delivery, plannedAt }: Pick<DeliveryDocument, 'delivery' | 'plannedAt'>): string => `${plannedAt}_${delivery}`;

/** Sorts after the texts of those that were planned until then, and before those of later ones. */
export const endOfPlanned = (until: Instant): string => `${until}~`;

export const deliveryInPlannedText = (planned: string): DeliveryId => planned.slice(planned.indexOf('_') + 1) as DeliveryId;

/** A delivery that must be taken up: when, and the facts its job is made of. */
export type DueDelivery = Pick<DeliveryDocument, 'delivery' | 'channel' | 'vendor' | 'priority' | 'expiresAt'> & { readonly dueAt: Instant };

/**
 * One text, so that an index holds it, and a sweep for lost jobs doesn't read documents with their histories. The texts sort in the
 * order in which the deliveries are due, and no two are the same.
 */
const dueTextOf = ({ dueAt, delivery, channel, vendor, priority, expiresAt }: DueDelivery): string =>
  `${dueAt} ${JSON.stringify({ delivery, channel, vendor, priority, expiresAt })}`;

export function dueDeliveryIn(text: string): DueDelivery {
  const end = text.indexOf(' ');
  return { dueAt: text.slice(0, end) as Instant, ...(JSON.parse(text.slice(end)) as Omit<DueDelivery, 'dueAt'>) };
}

/** Sorts after the texts of deliveries that are due until then, and before those of later ones. */
export const endOfDueAt = (until: Instant): string => `${until}~`;

const withDueText = (delivery: Omit<DeliveryDocument, 'due'>): DeliveryDocument => {
  const { dueAt } = delivery;
  return { ...delivery, due: dueAt === null ? null : dueTextOf({ ...delivery, dueAt }) };
};

const plannedDocument = ({ at, ...plan }: Plan & { readonly at: Instant }): Omit<DeliveryDocument, 'history' | 'due'> => ({
  ...plan,
  aboutChannel: plan.source.kind === 'chat' ? plan.source.channel : null,
  aboutSeq: plan.source.kind === 'chat' ? plan.source.seq : null,
  app: plan.source.kind === 'app' ? plan.source.app : null,
  planned: plannedTextOf({ delivery: plan.delivery, plannedAt: at }),
  status: 'planned',
  reason: null,
  dueAt: at,
  attempt: 0,
  vendor: null,
  vendorId: null,
  templateVersion: null,
  accepted: null,
  engagement: {},
  plannedAt: at,
  changedAt: at,
});

function stepOf({ type, data }: DeliveryEvent): DeliveryStep {
  // What was rendered is sealed for its recipient, and stays in the log alone.
  const { delivery: _id, rendered: _sealed, recipient: _owner, ...facts } = data as typeof data & { readonly rendered?: unknown; readonly recipient?: unknown };
  return { what: type.slice(type.indexOf('.') + 1, type.lastIndexOf('.')), ...facts };
}

/** Which state follows from an event. Whether the event may happen in a state is decided by the delivery's decider. */
function changesOf(
  event: Exclude<DeliveryEvent, { type: 'notifications.delivery-planned.v1' | 'notifications.delivered-in-app.v1' | 'notifications.delivery-forgotten.v1' }>,
  before: DeliveryDocument,
): Partial<DeliveryDocument> {
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
      return {
        status: 'attempting',
        attempt: event.data.attempt,
        vendor: event.data.vendor,
        templateVersion: orErased<RenderedFrom | undefined>(event.data.rendered, undefined)?.version ?? before.templateVersion,
        dueAt: event.data.deadline,
      };
    case 'notifications.attempt-accepted.v1':
      return { ...acceptedBy(event.data), accepted: before.accepted ?? acceptedTextOf(before, data.at) };
    case 'notifications.attempt-rejected.v1':
      return isCurrentAttempt(before, event.data.attempt) ? { status: 'failed', reason: event.data.reason, dueAt: null } : {};
    case 'notifications.retry-scheduled.v1':
      return { status: 'waiting', reason: event.data.reason, dueAt: event.data.retryAt };
    case 'notifications.outcome-unknown.v1':
      return { status: 'unknown', reason: event.data.reason, dueAt: data.at };
    case 'notifications.delivery-failed.v1':
      return { status: 'failed', reason: event.data.reason, dueAt: null };
    case 'notifications.delivery-cancelled.v1':
      return { status: 'cancelled', dueAt: null };
    case 'notifications.cancellation-noted.v1':
    case 'notifications.item-marked.v1':
      return {};
    case 'notifications.delivery-expired.v1':
      return { status: 'expired', dueAt: null };
    case 'notifications.delivery-confirmed.v1':
      return { status: 'delivered', reason: null, dueAt: null };
    case 'notifications.delivery-undelivered.v1':
      return { status: 'undelivered', reason: event.data.reason, dueAt: null };
    case 'notifications.engagement-seen.v1':
      return event.data.machine === true ? {} : { engagement: { [event.data.what]: data.at, ...before.engagement } };
  }
}

const acceptedBy = ({ vendor, vendorId }: { readonly vendor: string; readonly vendorId: string }) =>
  ({ status: 'accepted', vendor, vendorId, reason: null, dueAt: null }) as const;

/** Whether the delivery waits for this attempt; a late answer to an earlier attempt doesn't change the delivery. */
const isCurrentAttempt = ({ status, attempt }: DeliveryDocument, answered: number): boolean =>
  attempt === answered && (status === 'attempting' || status === 'unknown');
