/** What becomes of a delivery that is not sent after all. */
import type { DeliveryIn } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { FrequencyCaps } from '../caps/frequency-caps.ts';
import type { PlanAgain } from '../plan/plan-again.ts';
import type { Deliveries } from './deliveries.ts';
import type { PreparedMessage } from './prepare-message.ts';

/** A delivery that may be attempted now. */
export type ReadyDelivery = DeliveryIn<'queued'> | DeliveryIn<'unknown'>;

export type HoldBack = (delivery: ReadyDelivery, why: Exclude<PreparedMessage, { readonly action: 'attempt' }>) => Promise<void>;

type Dependencies = {
  readonly deliveries: Deliveries;
  readonly planAgain: PlanAgain;
  readonly caps: Pick<FrequencyCaps, 'settle'>;
  readonly clock: () => Instant;
};

/** A delivery of unknown outcome may have been sent already and can't be suppressed or deferred: it is attempted no more, or not yet. */
export const holdBackWith =
  ({ deliveries, planAgain, caps, clock }: Dependencies): HoldBack =>
  async ({ plan, status }, why) => {
    const at = clock();
    caps.settle(plan.delivery, 'not-accepted');
    switch (why.action) {
      case 'cancel':
        await deliveries.issue(plan, status === 'queued' ? { type: 'cancel', at } : { type: 'fail', reason: 'outcome-unknown', at });
        return;
      case 'suppress':
        // The device is gone, while this waited: the person may have another by now.
        if (why.reason === 'endpoint-removed') await planAgain(plan);
        await deliveries.issue(plan, status === 'queued' ? { type: 'suppress', reason: why.reason, at } : { type: 'fail', reason: why.reason, at });
        return;
      case 'defer':
        if (status === 'queued') await deliveries.issue(plan, { type: 'defer', reason: why.reason, until: why.until, at });
        return;
      case 'fail':
        await deliveries.issue(plan, { type: 'fail', reason: why.reason, at });
        return;
    }
  };
