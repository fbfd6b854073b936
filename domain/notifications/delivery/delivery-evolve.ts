/** How a delivery's state follows from its events: each event leads to one phase, whatever the phase before. */
import type { Instant } from '../../shared/instant.ts';
import { itemOf } from '../centre/item.ts';
import { isCurrentAttempt, type DeliveryFacts, type DeliveryState, type DeliveryPhase, type PlannedDelivery } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';
import type { Plan } from '../delivery-plan.ts';

export function evolve(before: DeliveryState, event: DeliveryEvent): DeliveryState {
  const after = phaseAfter(before, event);
  return after.status === 'none' ? after : { ...after, changedAt: event.data.at };
}

function phaseAfter(state: DeliveryState, event: DeliveryEvent): DeliveryState {
  if (event.type === 'notifications.delivery-planned.v1') return plannedState(event.data);
  if (event.type === 'notifications.delivered-in-app.v1') return shownState(state, event.data);
  if (event.type === 'notifications.delivery-forgotten.v1') return { status: 'none', forgotten: true };
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'notifications.delivery-suppressed.v1':
      return enterPhase(state, { status: 'suppressed', reason: event.data.reason });
    case 'notifications.delivery-deferred.v1': {
      const { reason, until, digestWindow } = event.data;
      return { ...enterPhase(state, { status: 'deferred', reason, until }), ...(digestWindow !== undefined && { digestWindow }) };
    }
    case 'notifications.delivery-released.v1':
      return enterPhase(state, { status: 'planned' });
    case 'notifications.delivery-digested.v1':
      return enterPhase(state, { status: 'digested', into: event.data.into });
    case 'notifications.delivery-queued.v1':
    case 'notifications.delivery-rerouted.v1':
      return enterPhase(state, { status: 'queued', vendor: event.data.vendor });
    case 'notifications.attempt-started.v1': {
      const { attempt, vendor, endpoint, vendorKey, deadline, at } = event.data;
      const { lastAttempt: before } = state;
      const keyedAt = vendorKey !== undefined && before?.vendorKey === vendorKey ? (before.keyedAt ?? before.startedAt) : undefined;
      const lastAttempt = { vendor, startedAt: at, ...(vendorKey !== undefined && { vendorKey }), ...(keyedAt !== undefined && { keyedAt }) };
      const { endpoints = [], attemptedBy = [] } = state;
      const isNew = endpoint !== undefined && endpoints.at(-1)?.endpoint !== endpoint;
      return {
        ...enterPhase(state, { status: 'attempting', attempt, vendor, deadline }),
        attempts: attempt,
        lastAttempt,
        attemptedBy: attemptedBy.at(-1)?.vendor === vendor ? attemptedBy : [...attemptedBy, { from: attempt, vendor }],
        ...(isNew && { endpoints: [...endpoints, { from: attempt, endpoint }] }),
      };
    }
    case 'notifications.attempt-accepted.v1': {
      const { attempt, vendor, vendorId, at } = event.data;
      return { ...enterPhase(state, { status: 'accepted' }), unresolved: [], receipt: { attempt, vendor, vendorId }, acceptedAt: at };
    }
    case 'notifications.attempt-rejected.v1': {
      const { attempt, reason, vendor } = event.data;
      const resolved: PlannedDelivery = {
        ...state,
        rejectedBy: [...state.rejectedBy, vendor],
        unresolved: state.unresolved.filter((one) => one !== attempt),
      };
      return isCurrentAttempt(state, attempt) ? enterPhase(resolved, { status: 'failed', reason }) : resolved;
    }
    case 'notifications.retry-scheduled.v1': {
      const { attempt, retryAt } = event.data;
      if (!isCurrentAttempt(state, attempt)) return state;
      return {
        ...enterPhase(state, { status: 'waiting', attempt, vendor: state.vendor, retryAt }),
        unresolved: state.unresolved.filter((one) => one !== attempt),
      };
    }
    case 'notifications.outcome-unknown.v1': {
      const { attempt, at } = event.data;
      if (!isCurrentAttempt(state, attempt)) return state;
      return { ...enterPhase(state, { status: 'unknown', attempt, vendor: state.vendor, since: at }), unresolved: [...state.unresolved, attempt] };
    }
    case 'notifications.delivery-failed.v1':
      return enterPhase(state, { status: 'failed', reason: event.data.reason });
    case 'notifications.delivery-cancelled.v1':
      return enterPhase(state, { status: 'cancelled' });
    case 'notifications.cancellation-noted.v1':
      return { ...state, cancelling: true };
    case 'notifications.delivery-expired.v1':
      return enterPhase(state, { status: 'expired' });
    case 'notifications.delivery-confirmed.v1':
      return enterPhase(state, { status: 'delivered' });
    case 'notifications.delivery-undelivered.v1':
      return enterPhase(state, { status: 'undelivered', reason: event.data.reason });
    case 'notifications.item-marked.v1':
      return { ...state, item: itemOf(event.data, state.item) };
    case 'notifications.engagement-seen.v1':
      if (event.data.machine === true) return { ...state, machineEngagements: [...(state.machineEngagements ?? []), event.data.what] };
      return { ...state, engagements: [...state.engagements, event.data.what] };
  }
}

function plannedState(data: Plan & { readonly at: Instant }): DeliveryState {
  const { at: changedAt, ...plan } = data;
  return { status: 'planned', plan, changedAt, attempts: 0, unresolved: [], cancelling: false, engagements: [], rejectedBy: [] };
}

/** Its only event, or one after it was planned for later. */
function shownState(before: DeliveryState, data: Plan & { readonly at: Instant }): DeliveryState {
  const state = before.status === 'none' ? plannedState(data) : before;
  return state.status === 'none' ? state : { ...enterPhase(state, { status: 'delivered' }), acceptedAt: data.at };
}

function enterPhase(facts: DeliveryFacts, phase: DeliveryPhase): PlannedDelivery {
  const {
    plan,
    changedAt,
    attempts,
    unresolved,
    cancelling,
    receipt,
    engagements,
    lastAttempt,
    endpoints,
    acceptedAt,
    machineEngagements,
    digestWindow,
    item,
    attemptedBy,
    rejectedBy,
  } = facts;
  const optional = {
    ...(receipt !== undefined && { receipt }),
    ...(lastAttempt !== undefined && { lastAttempt }),
    ...(endpoints !== undefined && { endpoints }),
    ...(attemptedBy !== undefined && { attemptedBy }),
    ...(acceptedAt !== undefined && { acceptedAt }),
    ...(machineEngagements !== undefined && { machineEngagements }),
    ...(digestWindow !== undefined && { digestWindow }),
    ...(item !== undefined && { item }),
  };
  return { ...phase, plan, changedAt, attempts, unresolved, cancelling, ...optional, engagements, rejectedBy };
}
