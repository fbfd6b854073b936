/** What is decided of a delivery while no vendor has it: whether, when and by whom it is sent, and that it no longer should be. */
import { accept, refuse, type Decision } from '../../shared/decider.ts';
import type { DeliveryId } from '../../shared/ids.ts';
import type { Instant } from '../../shared/instant.ts';
import type { Command, SendDecision } from './delivery-commands.ts';
import { isEnded, type Planned } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';

export function plan(command: Command<'plan'>): Decision<DeliveryEvent> {
  const { type: _, verdict, ...planned } = command;
  const { delivery, expiresAt, at } = planned;
  const first: DeliveryEvent = { type: 'notifications.delivery-planned.v1', data: planned };
  return accept(first, ...(at >= expiresAt ? [expired(delivery, at)] : followed(delivery, verdict, at)));
}

export function release(state: Planned, { verdict, at }: Command<'release'>): Decision<DeliveryEvent> {
  const { delivery, expiresAt } = state.plan;
  if (state.status !== 'deferred' || at < state.until) return outOfPlace(state);
  if (at >= expiresAt) return accept(expired(delivery, at));
  return accept({ type: 'notifications.delivery-released.v1', data: { delivery, at } }, ...followed(delivery, verdict, at));
}

export function suppress(state: Planned, { reason, at }: Command<'suppress'>): Decision<DeliveryEvent> {
  if (state.status === 'suppressed') return accept();
  if (state.status !== 'planned' && state.status !== 'queued') return outOfPlace(state);
  return accept(...followed(state.plan.delivery, { verdict: 'suppress', reason }, at));
}

/** Also when queued: quiet hours may have begun since it was planned. */
export function defer(state: Planned, { reason, until, at }: Command<'defer'>): Decision<DeliveryEvent> {
  if (state.status === 'deferred' && state.until === until) return accept();
  if (state.status !== 'planned' && state.status !== 'queued') return outOfPlace(state);
  return accept(...followed(state.plan.delivery, { verdict: 'defer', reason, until }, at));
}

export function digest(state: Planned, { into, at }: Command<'digest'>): Decision<DeliveryEvent> {
  if (state.status === 'digested') return accept();
  if (state.status !== 'planned') return outOfPlace(state);
  return accept({ type: 'notifications.delivery-digested.v1', data: { delivery: state.plan.delivery, into, at } });
}

export function queue(state: Planned, { vendor, at }: Command<'queue'>): Decision<DeliveryEvent> {
  const { delivery, expiresAt } = state.plan;
  if (state.status === 'queued' && state.vendor === vendor) return accept();
  const isReady = state.status === 'planned' || (state.status === 'waiting' && at >= state.retryAt);
  if (!isReady) return outOfPlace(state);
  return at >= expiresAt ? accept(expired(delivery, at)) : accept(...followed(delivery, { verdict: 'send', vendor }, at));
}

/** To another vendor before any attempt: the first one's breaker is open. */
export function reroute(state: Planned, { vendor, at }: Command<'reroute'>): Decision<DeliveryEvent> {
  if (state.status !== 'queued') return outOfPlace(state);
  if (state.vendor === vendor) return accept();
  return accept({ type: 'notifications.delivery-rerouted.v1', data: { delivery: state.plan.delivery, vendor, at } });
}

/** Where no vendor could help: what should be said can't be rendered, or nobody will ever know the outcome. */
export function fail(state: Planned, { reason, at }: Command<'fail'>): Decision<DeliveryEvent> {
  if (state.status === 'failed') return accept();
  if (state.status !== 'planned' && state.status !== 'queued' && state.status !== 'unknown') return outOfPlace(state);
  return accept({ type: 'notifications.delivery-failed.v1', data: { delivery: state.plan.delivery, reason, at } });
}

/** What may be on its way can't be called back; it is noted, and no further attempt is made. */
export function cancel(state: Planned, { at }: Command<'cancel'>): Decision<DeliveryEvent> {
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

export function expire(state: Planned, { at }: Command<'expire'>): Decision<DeliveryEvent> {
  if (isEnded(state)) return accept();
  switch (state.status) {
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'waiting':
    case 'unknown':
      return at >= state.plan.expiresAt ? accept(expired(state.plan.delivery, at)) : outOfPlace(state);
    case 'attempting':
      return outOfPlace(state); // its answer comes first
    case 'accepted':
      return accept();
  }
}

export const outOfPlace = ({ status }: Planned): Decision<never> => refuse('delivery-state', { status });

export const expired = (delivery: DeliveryId, at: Instant): DeliveryEvent => ({ type: 'notifications.delivery-expired.v1', data: { delivery, at } });

function followed(delivery: DeliveryId, verdict: SendDecision | undefined, at: Instant): readonly DeliveryEvent[] {
  switch (verdict?.verdict) {
    case undefined:
      return [];
    case 'send':
      return [{ type: 'notifications.delivery-queued.v1', data: { delivery, vendor: verdict.vendor, at } }];
    case 'suppress':
      return [{ type: 'notifications.delivery-suppressed.v1', data: { delivery, reason: verdict.reason, at } }];
    case 'defer':
      return [{ type: 'notifications.delivery-deferred.v1', data: { delivery, reason: verdict.reason, until: verdict.until, at } }];
  }
}
