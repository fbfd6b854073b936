/** Decisions about a delivery while no vendor has it: whether, when and by which vendor it is sent, and that it no longer should be. */
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import type { DeliveryId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { DeliveryCommandOf, SendDecision } from './delivery-commands.ts';
import { shownEvent } from './delivery-in-app.ts';
import { isEnded, type PlannedDelivery } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';

export function plan(command: DeliveryCommandOf<'plan'>): Decision<DeliveryEvent> {
  const { type: _, decision, ...planned } = command;
  const { delivery, expiresAt, at } = planned;
  const isOver = at >= expiresAt;
  if (!isOver && decision?.action === 'show') return accept(...decisionEvents(planned, decision, at));
  const first: DeliveryEvent = { type: 'notifications.delivery-planned.v1', data: planned };
  return accept(first, ...(isOver ? [expiredEvent(delivery, at)] : decisionEvents(planned, decision, at)));
}

export function release(state: PlannedDelivery, { decision, at }: DeliveryCommandOf<'release'>): Decision<DeliveryEvent> {
  const { delivery, expiresAt } = state.plan;
  if (state.status !== 'deferred' || at < state.until) return refuseInState(state);
  if (at >= expiresAt) return accept(expiredEvent(delivery, at));
  return accept({ type: 'notifications.delivery-released.v1', data: { delivery, at } }, ...decisionEvents(state.plan, decision, at));
}

export function suppress(state: PlannedDelivery, { reason, at }: DeliveryCommandOf<'suppress'>): Decision<DeliveryEvent> {
  if (state.status === 'suppressed') return accept();
  if (state.status !== 'planned' && state.status !== 'queued') return refuseInState(state);
  return accept(...decisionEvents(state.plan, { action: 'suppress', reason }, at));
}

/** Also when queued: quiet hours may have begun since it was planned. What waits for a time on its recipient's clock waits for another one where that clock is changed. */
export function defer(state: PlannedDelivery, command: DeliveryCommandOf<'defer'>): Decision<DeliveryEvent> {
  const { type: _, at, ...deferral } = command;
  if (state.status === 'deferred' && state.until === deferral.until) return accept();
  const isRescheduled = state.status === 'deferred' && state.reason === 'scheduled' && deferral.reason === 'scheduled';
  if (state.status !== 'planned' && state.status !== 'queued' && !isRescheduled) return refuseInState(state);
  return accept(...decisionEvents(state.plan, { action: 'defer', ...deferral }, at));
}

/** Together with those that it waited for. */
export function digest(state: PlannedDelivery, { into, at }: DeliveryCommandOf<'digest'>): Decision<DeliveryEvent> {
  if (state.status === 'digested') return accept();
  const isReady = state.status === 'planned' || (state.status === 'deferred' && state.reason === 'digest');
  if (!isReady) return refuseInState(state);
  return accept({ type: 'notifications.delivery-digested.v1', data: { delivery: state.plan.delivery, into, at } });
}

export function queue(state: PlannedDelivery, { vendor, at }: DeliveryCommandOf<'queue'>): Decision<DeliveryEvent> {
  const { delivery, expiresAt } = state.plan;
  if (state.status === 'queued' && state.vendor === vendor) return accept();
  const isReady = state.status === 'planned' || (state.status === 'waiting' && at >= state.retryAt);
  if (!isReady) return refuseInState(state);
  return at >= expiresAt ? accept(expiredEvent(delivery, at)) : accept(...decisionEvents(state.plan, { action: 'send', vendor }, at));
}

/** To another vendor before any attempt: the breaker of the first one is open. */
export function reroute(state: PlannedDelivery, { vendor, at }: DeliveryCommandOf<'reroute'>): Decision<DeliveryEvent> {
  if (state.status !== 'queued') return refuseInState(state);
  if (state.vendor === vendor) return accept();
  return accept({ type: 'notifications.delivery-rerouted.v1', data: { delivery: state.plan.delivery, vendor, at } });
}

/** Where no vendor could help: the content can't be rendered, all vendors have rejected it, or the outcome will never be known. */
export function fail(state: PlannedDelivery, { reason, at }: DeliveryCommandOf<'fail'>): Decision<DeliveryEvent> {
  if (state.status === 'failed') return accept();
  if (!FAILS_WITHOUT_ATTEMPT.some((status) => status === state.status)) return refuseInState(state);
  return accept({ type: 'notifications.delivery-failed.v1', data: { delivery: state.plan.delivery, reason, at } });
}

const FAILS_WITHOUT_ATTEMPT = ['planned', 'queued', 'waiting', 'unknown'] as const;

/** An attempt that may be on its way can't be called back: the cancellation is noted, and no further attempt is made. */
export function cancel(state: PlannedDelivery, { at }: DeliveryCommandOf<'cancel'>): Decision<DeliveryEvent> {
  if (isEnded(state)) return accept();
  const { delivery } = state.plan;
  switch (state.status) {
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'waiting':
      return accept({ type: 'notifications.delivery-cancelled.v1', data: { delivery, at } });
    case 'attempting':
    case 'unknown':
      return state.cancelling ? accept() : accept({ type: 'notifications.cancellation-noted.v1', data: { delivery, at } });
    case 'accepted':
      return accept();
  }
}

export function expire(state: PlannedDelivery, { at }: DeliveryCommandOf<'expire'>): Decision<DeliveryEvent> {
  if (isEnded(state)) return accept();
  switch (state.status) {
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'waiting':
    case 'unknown':
      return at >= state.plan.expiresAt ? accept(expiredEvent(state.plan.delivery, at)) : refuseInState(state);
    case 'attempting':
      return refuseInState(state); // its answer comes first
    case 'accepted':
      return accept();
  }
}

/**
 * Its vendor may still tell what became of one that was accepted: by the time that anything is forgotten, none does. Who asks has looked
 * at a view, which may lag: what has happened since keeps it.
 */
export const forget = (state: PlannedDelivery, { upTo, at }: DeliveryCommandOf<'forget'>): Decision<DeliveryEvent> => {
  const { delivery, notification, recipient, channel } = state.plan;
  const isOver = isEnded(state) || state.status === 'accepted';
  return isOver && state.changedAt <= upTo
    ? accept({ type: 'notifications.delivery-forgotten.v1', data: { delivery, notification, recipient, channel, at } })
    : accept();
};

export const refuseInState = ({ status }: PlannedDelivery): Decision<never> => refuse('delivery-status-conflict', { status });

export const expiredEvent = (delivery: DeliveryId, at: Instant): DeliveryEvent => ({ type: 'notifications.delivery-expired.v1', data: { delivery, at } });

function decisionEvents(plan: Plan, decision: SendDecision | undefined, at: Instant): readonly DeliveryEvent[] {
  const { delivery } = plan;
  switch (decision?.action) {
    case undefined:
      return [];
    case 'send':
      return [{ type: 'notifications.delivery-queued.v1', data: { delivery, vendor: decision.vendor, at } }];
    case 'show':
      return [shownEvent(plan, at)];
    case 'suppress':
      return [{ type: 'notifications.delivery-suppressed.v1', data: { delivery, reason: decision.reason, at } }];
    case 'defer': {
      const { reason, until, digestWindow } = decision;
      return [{ type: 'notifications.delivery-deferred.v1', data: { delivery, reason, until, ...(digestWindow !== undefined && { digestWindow }), at } }];
    }
  }
}
