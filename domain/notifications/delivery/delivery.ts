/**
 * One way to one device or address, from planning to what the vendor says last. An attempt is written down before the vendor is
 * called, nobody judges it before its deadline has passed, and after a clean acceptance or rejection there is no second one. The
 * transitions stand as one table in `delivery.test.ts`; how a state follows from events is in `delivery-evolve.ts`.
 */
import { accept, refuse, type Decider, type Decision } from '../../shared/decider.ts';
import { acceptAttempt, judgeUnknown, rejectAttempt, scheduleRetry, startAttempt } from './delivery-attempts.ts';
import { confirm, seeEngagement, undeliver } from './delivery-callbacks.ts';
import type { DeliveryCommand } from './delivery-commands.ts';
import { evolve } from './delivery-evolve.ts';
import { cancel, defer, digest, expire, fail, plan, queue, release, reroute, suppress } from './delivery-planning.ts';
import type { DeliveryState, Planned } from './delivery-state.ts';
import type { DeliveryEvent } from '../events.ts';

export const delivery: Decider<DeliveryState, DeliveryCommand, DeliveryEvent> = {
  initialState: { status: 'none' },

  evolve,

  decide: (state, command) => {
    if (command.type === 'plan') return state.status === 'none' ? plan(command) : accept();
    return state.status === 'none' ? refuse('delivery-unknown') : decidePlanned(state, command);
  },
};

function decidePlanned(state: Planned, command: Exclude<DeliveryCommand, { type: 'plan' }>): Decision<DeliveryEvent> {
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
      return judgeUnknown(state, command);
    case 'fail':
      return fail(state, command);
    case 'cancel':
      return cancel(state, command);
    case 'expire':
      return expire(state, command);
    case 'confirm':
      return confirm(state, command);
    case 'undelivered':
      return undeliver(state, command);
    case 'engagement':
      return seeEngagement(state, command);
  }
}
