/**
 * A delivery: one notification to one destination, from planning to the vendor's last report. An attempt is recorded before the
 * vendor is called, no one resolves it before its deadline has passed, and no second attempt follows a clean acceptance or
 * rejection. `delivery.test.ts` has all transitions as one table; `delivery-evolve.ts` says how the state follows from the events.
 */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import { acceptAttempt, recordUnknownOutcome, rejectAttempt, scheduleRetry, startAttempt } from './delivery-attempts.ts';
import { confirmDelivery, recordEngagement, recordTaken, recordUndelivered } from './delivery-callbacks.ts';
import type { DeliveryCommand, DeliveryCommandOf } from './delivery-commands.ts';
import { evolve } from './delivery-evolve.ts';
import { markItem, show } from './delivery-in-app.ts';
import { cancel, defer, digest, expire, fail, forget, plan, queue, release, reroute, suppress } from './delivery-planning.ts';
import type { DeliveryState, PlannedDelivery } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';

export const delivery: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  initialState: { status: 'none' },

  evolve,

  decide: (state, command) => {
    if (command.type === 'plan') return state.status === 'none' && state.forgotten !== true ? plan(command) : accept();
    if (state.status !== 'none') return decidePlanned(state, command);
    return command.type === 'forget' ? accept() : refuse('delivery-unknown');
  },
};

function decidePlanned(state: PlannedDelivery, command: Exclude<DeliveryCommand, { type: 'plan' }>): Decision<DeliveryEvent> {
  switch (command.type) {
    case 'release':
      return release(state, command);
    case 'suppress':
      return suppress(state, command);
    case 'defer':
      return defer(state, command);
    case 'digest':
      return digest(state, command);
    case 'queue':
      return queue(state, command);
    case 'show':
      return show(state, command);
    case 'mark':
      return markItem(state, command);
    case 'reroute':
      return reroute(state, command);
    case 'start-attempt':
      return startAttempt(state, command);
    case 'accept':
      return acceptAttempt(state, command);
    case 'reject':
      return rejectAttempt(state, command);
    case 'schedule-retry':
      return scheduleRetry(state, command);
    case 'outcome-unknown':
      return recordUnknownOutcome(state, command);
    case 'fail':
      return fail(state, command);
    case 'cancel':
      return cancel(state, command);
    case 'expire':
      return expire(state, command);
    case 'forget':
      return forget(state, command);
    case 'taken':
      return recordTaken(state, command);
    case 'confirm':
      return confirmDelivery(state, command);
    case 'undelivered':
      return recordUndelivered(state, command);
    case 'engagement':
      return recordEngagement(state, command);
    case 'callbacks':
      return recordCallbacks(state, command);
  }
}

/** Each is decided on what those before it decided; one that is refused changes nothing, and refuses all where it is all there is. */
function recordCallbacks(before: PlannedDelivery, { callbacks }: DeliveryCommandOf<'callbacks'>): Decision<DeliveryEvent> {
  let state = before;
  const decisions = callbacks.map((callback) => {
    const decision = decidePlanned(state, callback);
    if (decision.outcome === 'accepted') state = decision.events.reduce(evolve, state) as PlannedDelivery;
    return decision;
  });
  const [first] = decisions;
  if (first !== undefined && decisions.every(({ outcome }) => outcome === 'refused')) return first;
  return accept(...decisions.flatMap((decision) => (decision.outcome === 'accepted' ? decision.events : [])));
}
