/**
 * An attempt and its answer. Each answer names its attempt, for it may come late: after the attempt was judged unknown, or even
 * while a later one is on its way. What settles an attempt that is still open counts; an answer to a settled one changes nothing.
 */
import { accept, type Decision } from '../../shared/decider.ts';
import { plus } from '../../shared/instant.ts';
import type { Command } from './delivery-commands.ts';
import { expired, outOfPlace } from './delivery-planning.ts';
import { isCurrent, isEnded, type In, type Planned } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';
import { ATTEMPT_SKEW_MS, ATTEMPTS_MAX, UNKNOWN_REPEAT_AFTER_MS } from './retry.ts';

/** Before the vendor is called. Answers with an end instead of an attempt where there may be none any more. */
export function startAttempt(state: Planned, command: Command<'start-attempt'>): Decision<DeliveryEvent> {
  const { vendor, deadline, at } = command;
  const { delivery, expiresAt } = state.plan;
  // A job in the queue of a vendor that the delivery was taken away from comes to nothing here.
  const isReady = state.status === 'unknown' || (state.status === 'queued' && state.vendor === vendor);
  if (!isReady) return outOfPlace(state);
  if (at >= expiresAt) return accept(expired(delivery, at));
  if (state.status === 'unknown') {
    if (at < plus(state.since, UNKNOWN_REPEAT_AFTER_MS)) return outOfPlace(state);
    if (state.plan.atMostOnce || state.cancelling) return accept(failed(state, 'outcome-unknown', command));
  }
  if (state.attempts >= ATTEMPTS_MAX) return accept(failed(state, 'attempts-exhausted', command));
  const data = { delivery, attempt: state.attempts + 1, vendor, deadline, mayRepeat: state.open.length > 0, at };
  return accept({ type: 'notifications.attempt-started.v1', data });
}

export function acceptAttempt(state: Planned, { attempt, vendor, vendorId, at }: Command<'accept'>): Decision<DeliveryEvent> {
  if (attempt > state.attempts) return outOfPlace(state);
  if (!isOpen(state, attempt)) return accept();
  return accept({ type: 'notifications.attempt-accepted.v1', data: { delivery: state.plan.delivery, attempt, vendor, vendorId, at } });
}

export function rejectAttempt(state: Planned, command: Command<'reject'>): Decision<DeliveryEvent> {
  const { attempt, vendor, reason, endpointLost, at } = command;
  const { delivery } = state.plan;
  if (attempt > state.attempts) return outOfPlace(state);
  if (!isOpen(state, attempt)) return accept();
  const rejected: DeliveryEvent = { type: 'notifications.attempt-rejected.v1', data: { delivery, attempt, vendor, reason, endpointLost, at } };
  return isCurrent(state, attempt) ? accept(rejected, afterRejection(state, command)) : accept(rejected);
}

/** The vendor certainly didn't take it, and may later. */
export function scheduleRetry(state: Planned, { attempt, reason, retryAt, at }: Command<'schedule-retry'>): Decision<DeliveryEvent> {
  const { delivery, expiresAt } = state.plan;
  if (attempt > state.attempts) return outOfPlace(state);
  if (!isCurrent(state, attempt)) return accept(); // about an earlier attempt: the next one is under way as it is
  const scheduled: DeliveryEvent = { type: 'notifications.retry-scheduled.v1', data: { delivery, attempt, reason, retryAt, at } };
  if (state.cancelling) return accept(scheduled, cancelled(state, at));
  return retryAt >= expiresAt ? accept(scheduled, expired(delivery, at)) : accept(scheduled);
}

/** By whoever finds an attempt without an answer. Its own worker too has to wait: until the deadline the answer may still come. */
export function judgeUnknown(state: Planned, { attempt, reason, at }: Command<'outcome-unknown'>): Decision<DeliveryEvent> {
  if (attempt > state.attempts) return outOfPlace(state);
  if (state.status !== 'attempting' || state.attempt !== attempt) return accept();
  if (at < plus(state.deadline, ATTEMPT_SKEW_MS)) return outOfPlace(state);
  return accept({ type: 'notifications.outcome-unknown.v1', data: { delivery: state.plan.delivery, attempt, reason, at } });
}

/** Once one attempt is accepted, or the delivery has come to its end, none is open any more. */
function isOpen(state: Planned, attempt: number): boolean {
  if (isEnded(state)) return false;
  switch (state.status) {
    case 'attempting':
      return state.attempt === attempt || state.open.includes(attempt);
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'waiting':
    case 'unknown':
      return state.open.includes(attempt);
    case 'accepted':
      return false;
  }
}

function afterRejection(state: In<'attempting'> | In<'unknown'>, command: Command<'reject'>): DeliveryEvent {
  const { reason, endpointLost, nextVendor, at } = command;
  if (nextVendor === undefined || endpointLost) return failed(state, reason, command);
  if (state.cancelling) return cancelled(state, at);
  return { type: 'notifications.delivery-rerouted.v1', data: { delivery: state.plan.delivery, vendor: nextVendor, at } };
}

const failed = ({ plan }: Planned, reason: string, { at }: Pick<Command<'fail'>, 'at'>): DeliveryEvent => ({
  type: 'notifications.delivery-failed.v1',
  data: { delivery: plan.delivery, reason, at },
});

const cancelled = ({ plan }: Planned, at: Command<'cancel'>['at']): DeliveryEvent => ({
  type: 'notifications.delivery-cancelled.v1',
  data: { delivery: plan.delivery, at },
});
