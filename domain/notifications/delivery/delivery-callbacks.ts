/**
 * Vendors' reports about a message after it was handed over. Callbacks arrive twice and out of order: each counts once, and none
 * takes back one of a higher rank (accepted, then undelivered, then delivered). One that overtakes the attempt's own answer counts
 * as that answer.
 */
import { accept, type Decision } from '../../shared/decider.ts';
import type { Callback, DeliveryCommandOf } from './delivery-commands.ts';
import { refuseInState } from './delivery-planning.ts';
import { rejectAttempt } from './delivery-attempts.ts';
import { isCurrentAttempt, isEnded, type EndedDelivery, type PlannedDelivery } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';

/** The vendor has the message: that settles an attempt whose answer was lost, or is still under way. */
export const recordTaken = (state: PlannedDelivery, command: DeliveryCommandOf<'taken'>): Decision<DeliveryEvent> =>
  applyCallback(state, command, { events: [], correctsEnds: [] });

export function confirmDelivery(state: PlannedDelivery, command: DeliveryCommandOf<'confirm'>): Decision<DeliveryEvent> {
  const { callback, at } = command;
  const confirmed: DeliveryEvent = { type: 'notifications.delivery-confirmed.v1', data: { ...callbackFacts(state, callback), at } };
  return applyCallback(state, command, { events: [confirmed], correctsEnds: ['undelivered'] });
}

/** Of an attempt that another has followed, it says nothing about the delivery but that this attempt reached nobody. */
export function recordUndelivered(state: PlannedDelivery, command: DeliveryCommandOf<'undelivered'>): Decision<DeliveryEvent> {
  const { vendor, attempt, reason, callback, at } = command;
  if (attempt !== undefined && !isEnded(state) && !isCurrentAttempt(state, attempt)) {
    if (state.unresolved.includes(attempt)) return rejectAttempt(state, { type: 'reject', attempt, vendor, reason, endpointLost: false, at });
    if (state.status !== 'accepted') return refuseInState(state);
    if (state.receipt?.attempt !== attempt) return accept();
  }
  const undelivered: DeliveryEvent = { type: 'notifications.delivery-undelivered.v1', data: { ...callbackFacts(state, callback), reason, at } };
  return applyCallback(state, command, { events: [undelivered], correctsEnds: [] });
}

/** A fact beside the states, with the time it was first seen. A person who opened a message has received it, whatever was recorded before. */
export function recordEngagement(state: PlannedDelivery, command: DeliveryCommandOf<'engagement'>): Decision<DeliveryEvent> {
  const { what, callback, link, at } = command;
  const isMachine = command.isMachine === true;
  const facts = { ...(link !== undefined && { link }), ...(isMachine && { machine: true as const }) };
  const seen: DeliveryEvent = { type: 'notifications.engagement-seen.v1', data: { ...callbackFacts(state, callback), what, ...facts, at } };
  const known = isMachine ? [...state.engagements, ...(state.machineEngagements ?? [])] : state.engagements;
  const events = known.includes(what) || state.attempts === 0 ? [] : [seen];
  return applyCallback(state, command, { events, correctsEnds: ['undelivered', 'delivered', 'cancelled', 'expired', 'failed'] });
}

type CallbackEffect = {
  readonly events: readonly DeliveryEvent[];
  /** The final states after which it is still recorded; after the others it is too late. */
  readonly correctsEnds: readonly EndedDelivery['status'][];
};

function applyCallback(
  state: PlannedDelivery,
  { vendor, vendorId, attempt: told, at }: Callback,
  { events, correctsEnds }: CallbackEffect,
): Decision<DeliveryEvent> {
  if (isEnded(state)) return correctsEnds.includes(state.status) ? accept(...events) : accept();
  switch (state.status) {
    case 'accepted':
      return accept(...events);
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'attempting':
    case 'waiting':
    case 'unknown': {
      // What a vendor says that it has, it has, even where its answer was that it would not take it for now.
      const isKnown = told !== undefined && told >= 1 && told <= state.attempts;
      const attempt = isKnown ? told : state.status === 'attempting' ? state.attempt : state.unresolved.at(-1);
      if (attempt === undefined) return refuseInState(state);
      const { delivery } = state.plan;
      return accept({ type: 'notifications.attempt-accepted.v1', data: { delivery, attempt, vendor, vendorId, at } }, ...events);
    }
  }
}

const callbackFacts = ({ plan }: PlannedDelivery, callback: string | undefined) => ({ delivery: plan.delivery, ...(callback !== undefined && { callback }) });
