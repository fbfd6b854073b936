/** How a delivery's state follows from its events: each names the phase it leads to, whatever was before. */
import type { Instant } from '../../shared/instant.ts';
import { isCurrent, type Delivery, type DeliveryState, type Phase, type Planned } from './delivery-state.ts';
import type { DeliveryEvent, Plan } from '../events.ts';

export function evolve(state: DeliveryState, event: DeliveryEvent): DeliveryState {
  if (event.type === 'notifications.delivery-planned.v1') return planned(event.data);
  if (state.status === 'none') return state;
  switch (event.type) {
    case 'notifications.delivery-suppressed.v1':
      return enter(state, { status: 'suppressed', reason: event.data.reason });
    case 'notifications.delivery-deferred.v1':
      return enter(state, { status: 'deferred', reason: event.data.reason, until: event.data.until });
    case 'notifications.delivery-released.v1':
      return enter(state, { status: 'planned' });
    case 'notifications.delivery-digested.v1':
      return enter(state, { status: 'digested', into: event.data.into });
    case 'notifications.delivery-queued.v1':
    case 'notifications.delivery-rerouted.v1':
      return enter(state, { status: 'queued', vendor: event.data.vendor });
    case 'notifications.attempt-started.v1': {
      const { attempt, vendor, deadline } = event.data;
      return { ...enter(state, { status: 'attempting', attempt, vendor, deadline }), attempts: attempt };
    }
    case 'notifications.attempt-accepted.v1': {
      const { attempt, vendor, vendorId } = event.data;
      return { ...enter(state, { status: 'accepted' }), open: [], receipt: { attempt, vendor, vendorId } };
    }
    case 'notifications.attempt-rejected.v1': {
      const { attempt, reason, vendor } = event.data;
      const settled = { ...state, rejectedBy: [...state.rejectedBy, vendor], open: state.open.filter((one) => one !== attempt) };
      return isCurrent(state, attempt) ? enter(settled, { status: 'failed', reason }) : settled;
    }
    case 'notifications.retry-scheduled.v1': {
      const { attempt, retryAt } = event.data;
      if (!isCurrent(state, attempt)) return state;
      return { ...enter(state, { status: 'waiting', attempt, vendor: state.vendor, retryAt }), open: state.open.filter((one) => one !== attempt) };
    }
    case 'notifications.outcome-unknown.v1': {
      const { attempt, at } = event.data;
      if (!isCurrent(state, attempt)) return state;
      return { ...enter(state, { status: 'unknown', attempt, vendor: state.vendor, since: at }), open: [...state.open, attempt] };
    }
    case 'notifications.delivery-failed.v1':
      return enter(state, { status: 'failed', reason: event.data.reason });
    case 'notifications.delivery-cancelled.v1':
      return enter(state, { status: 'cancelled' });
    case 'notifications.cancellation-noted.v1':
      return { ...state, cancelling: true };
    case 'notifications.delivery-expired.v1':
      return enter(state, { status: 'expired' });
    case 'notifications.delivery-confirmed.v1':
      return enter(state, { status: 'delivered' });
    case 'notifications.delivery-undelivered.v1':
      return enter(state, { status: 'undelivered', reason: event.data.reason });
    case 'notifications.engagement-seen.v1':
      return { ...state, seen: [...state.seen, event.data.what] };
  }
}

function planned(data: Plan & { readonly at: Instant }): DeliveryState {
  const { at: _, ...plan } = data;
  return { status: 'planned', plan, attempts: 0, open: [], cancelling: false, seen: [], rejectedBy: [] };
}

function enter({ plan, attempts, open, cancelling, receipt, seen, rejectedBy }: Delivery, phase: Phase): Planned {
  return { ...phase, plan, attempts, open, cancelling, ...(receipt !== undefined && { receipt }), seen, rejectedBy };
}
