/**
 * An attempt and its answer. Each answer names its attempt, for it may arrive late: after the outcome was recorded as unknown, or
 * even while a later attempt is on its way. An answer counts while its attempt is unresolved, and changes nothing after that.
 */
import { accept, type Decision } from '../../shared/decider.ts';
import { plus, type Instant } from '../../shared/instant.ts';
import type { DeliveryCommandOf } from './delivery-commands.ts';
import { expiredEvent, refuseInState } from './delivery-planning.ts';
import { isCurrentAttempt, isEnded, type DeliveryIn, type PlannedDelivery } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';
import { ATTEMPT_SKEW_MS, unknownRepeatAt } from './retry.ts';

/** Before the vendor is called. Where no attempt may be made any more, the delivery ends instead. */
export function startAttempt(state: PlannedDelivery, command: DeliveryCommandOf<'start-attempt'>): Decision<DeliveryEvent> {
  const { attempt, vendor, endpoint, vendorKey, rendered, deadline, at } = command;
  const { delivery, recipient, expiresAt } = state.plan;
  // A job that is still in the queue of a vendor from which the delivery was rerouted is refused here.
  const isReady = state.status === 'unknown' || (state.status === 'queued' && state.vendor === vendor);
  // A vendor that has rejected it for good, perhaps while it waited, is not offered it again.
  if (!isReady || state.rejectedBy.includes(vendor)) return refuseInState(state);
  // What was prepared knew nothing of an attempt that was made meanwhile, such as the vendor's key that a repetition must carry.
  if (attempt !== undefined && attempt !== state.attempts + 1) return refuseInState(state);
  if (at >= expiresAt) return accept(expiredEvent(delivery, at));
  if (state.status === 'unknown') {
    if (at < repeatAt(state)) return refuseInState(state);
    if (state.plan.atMostOnce || state.cancelling) return accept(failedEvent(state, 'outcome-unknown', command));
  }
  const data = {
    delivery,
    attempt: state.attempts + 1,
    vendor,
    ...(endpoint !== undefined && { endpoint }),
    ...(vendorKey !== undefined && { vendorKey }),
    ...(rendered !== undefined && { rendered, recipient }),
    deadline,
    mayRepeat: state.unresolved.length > 0,
    at,
  };
  return accept({ type: 'notifications.attempt-started.v1', data });
}

/** When a delivery whose outcome is unknown may be attempted again. */
export const repeatAt = ({ since, attempts, plan: { expiresAt } }: DeliveryIn<'unknown'>): Instant =>
  unknownRepeatAt({ attempt: attempts, at: since, expiresAt });

export function acceptAttempt(state: PlannedDelivery, { attempt, vendor, vendorId, at }: DeliveryCommandOf<'accept'>): Decision<DeliveryEvent> {
  if (attempt > state.attempts) return refuseInState(state);
  if (!isUnresolved(state, attempt)) return accept();
  return accept({ type: 'notifications.attempt-accepted.v1', data: { delivery: state.plan.delivery, attempt, vendor, vendorId, at } });
}

export function rejectAttempt(state: PlannedDelivery, command: DeliveryCommandOf<'reject'>): Decision<DeliveryEvent> {
  const { attempt, vendor, reason, endpointLost, at } = command;
  const { delivery } = state.plan;
  if (attempt > state.attempts) return refuseInState(state);
  if (!isUnresolved(state, attempt)) return accept();
  const rejected: DeliveryEvent = { type: 'notifications.attempt-rejected.v1', data: { delivery, attempt, vendor, reason, endpointLost, at } };
  return isCurrentAttempt(state, attempt) ? accept(rejected, eventAfterRejection(state, command)) : accept(rejected);
}

/** The vendor certainly didn't take it, and may later. */
export function scheduleRetry(state: PlannedDelivery, { attempt, reason, retryAt, at }: DeliveryCommandOf<'schedule-retry'>): Decision<DeliveryEvent> {
  const { delivery, expiresAt } = state.plan;
  if (attempt > state.attempts) return refuseInState(state);
  if (!isCurrentAttempt(state, attempt)) return accept(); // an answer to an earlier attempt: the next one is under way already
  const scheduled: DeliveryEvent = { type: 'notifications.retry-scheduled.v1', data: { delivery, attempt, reason, retryAt, at } };
  if (state.cancelling) return accept(scheduled, cancelledEvent(state, at));
  return retryAt >= expiresAt ? accept(scheduled, expiredEvent(delivery, at)) : accept(scheduled);
}

/** Given by any worker that finds an attempt without an answer, and not before the deadline: until then the answer may still arrive. */
export function recordUnknownOutcome(state: PlannedDelivery, { attempt, reason, at }: DeliveryCommandOf<'outcome-unknown'>): Decision<DeliveryEvent> {
  if (attempt > state.attempts) return refuseInState(state);
  if (state.status !== 'attempting' || state.attempt !== attempt) return accept();
  if (at < plus(state.deadline, ATTEMPT_SKEW_MS)) return refuseInState(state);
  return accept({ type: 'notifications.outcome-unknown.v1', data: { delivery: state.plan.delivery, attempt, reason, at } });
}

/** Once an attempt is accepted, or the delivery has ended, no attempt is unresolved. */
function isUnresolved(state: PlannedDelivery, attempt: number): boolean {
  if (isEnded(state)) return false;
  switch (state.status) {
    case 'attempting':
      return state.attempt === attempt || state.unresolved.includes(attempt);
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'waiting':
    case 'unknown':
      return state.unresolved.includes(attempt);
    case 'accepted':
      return false;
  }
}

function eventAfterRejection(state: DeliveryIn<'attempting'> | DeliveryIn<'unknown'>, command: DeliveryCommandOf<'reject'>): DeliveryEvent {
  const { reason, endpointLost, nextVendor, at } = command;
  if (nextVendor === undefined || endpointLost) return failedEvent(state, reason, command);
  if (state.cancelling) return cancelledEvent(state, at);
  return { type: 'notifications.delivery-rerouted.v1', data: { delivery: state.plan.delivery, vendor: nextVendor, at } };
}

const failedEvent = ({ plan }: PlannedDelivery, reason: string, { at }: Pick<DeliveryCommandOf<'fail'>, 'at'>): DeliveryEvent => ({
  type: 'notifications.delivery-failed.v1',
  data: { delivery: plan.delivery, reason, at },
});

const cancelledEvent = ({ plan }: PlannedDelivery, at: DeliveryCommandOf<'cancel'>['at']): DeliveryEvent => ({
  type: 'notifications.delivery-cancelled.v1',
  data: { delivery: plan.delivery, at },
});
