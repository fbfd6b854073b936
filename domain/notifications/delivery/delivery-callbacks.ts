/**
 * What is said of a message after it was handed over. Callbacks come twice and out of order: each counts once, and none takes back
 * what ranks higher (accepted, then undelivered, then delivered). One that comes before the attempt's own answer is that answer.
 */
import { accept, type Decision } from '../../shared/decider.ts';
import type { Callback, Command } from './delivery-commands.ts';
import { outOfPlace } from './delivery-planning.ts';
import { isEnded, type Ended, type Planned } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';

export function confirm(state: Planned, command: Command<'confirm'>): Decision<DeliveryEvent> {
  const { callback, at } = command;
  const confirmed: DeliveryEvent = { type: 'notifications.delivery-confirmed.v1', data: { ...about(state, callback), at } };
  return settle(state, command, { events: [confirmed], corrects: ['undelivered'] });
}

export function undeliver(state: Planned, command: Command<'undelivered'>): Decision<DeliveryEvent> {
  const { reason, callback, at } = command;
  const undelivered: DeliveryEvent = { type: 'notifications.delivery-undelivered.v1', data: { ...about(state, callback), reason, at } };
  return settle(state, command, { events: [undelivered], corrects: [] });
}

/** A fact beside the states, with the time it was first seen. Who opened it has got it, whatever else was thought. */
export function seeEngagement(state: Planned, command: Command<'engagement'>): Decision<DeliveryEvent> {
  const { what, callback, at } = command;
  const seen: DeliveryEvent = { type: 'notifications.engagement-seen.v1', data: { ...about(state, callback), what, at } };
  const events = state.seen.includes(what) || state.attempts === 0 ? [] : [seen];
  return settle(state, command, { events, corrects: ['undelivered', 'delivered', 'cancelled', 'expired', 'failed'] });
}

type Saying = {
  readonly events: readonly DeliveryEvent[];
  /** The ends after which it is still worth writing down; after the others it comes too late. */
  readonly corrects: readonly Ended['status'][];
};

function settle(state: Planned, { vendor, vendorId, at }: Callback, { events, corrects }: Saying): Decision<DeliveryEvent> {
  if (isEnded(state)) return corrects.includes(state.status) ? accept(...events) : accept();
  switch (state.status) {
    case 'accepted':
      return accept(...events);
    case 'planned':
    case 'deferred':
    case 'queued':
    case 'attempting':
    case 'waiting':
    case 'unknown': {
      const attempt = state.status === 'attempting' ? state.attempt : state.open.at(-1);
      if (attempt === undefined) return outOfPlace(state);
      const { delivery } = state.plan;
      return accept({ type: 'notifications.attempt-accepted.v1', data: { delivery, attempt, vendor, vendorId, at } }, ...events);
    }
  }
}

const about = ({ plan }: Planned, callback: string | undefined) => ({ delivery: plan.delivery, ...(callback !== undefined && { callback }) });
