/** Whether it is time for the next step of a failover, by what became of the deliveries before it. */
import { MINUTE_MS, plus, type Instant } from '../../shared/instant.ts';
import { isRead, isSeen, NOTHING_READ, type CentreState } from '../centre/centre.ts';
import { isEnded, type DeliveryIn, type PlannedDelivery } from '../delivery/delivery-state.ts';
import type { FailoverCondition, FailoverStep } from '../failover/policy.ts';

export type FailoverVerdict =
  | { readonly action: 'stop' }
  /** To be judged again then. `since`: from when the step's minutes count as far as that is known. */
  | { readonly action: 'wait'; readonly until: Instant; readonly since: Instant }
  | { readonly action: 'fail-over' };

/**
 * A person who did anything with a message has received it, whatever its vendor says. What stands in the notification centre has arrived
 * where its person may look one day: it is confirmed once they have looked, or read it. `centre`: of the recipient.
 */
export function isConfirmed(
  { plan: { channel, category }, status, engagements, item = {}, acceptedAt }: PlannedDelivery,
  unless: FailoverCondition,
  centre: CentreState = NOTHING_READ,
): boolean {
  if (engagements.length > 0) return true;
  if (channel !== 'in-app') return unless === 'delivered' && status === 'delivered';
  if (acceptedAt === undefined) return false;
  const shown = { at: acceptedAt, category, item };
  return item.archived === true || (unless === 'opened' ? isRead(shown, centre) : isSeen(shown, centre));
}

type Judged = {
  readonly step: Pick<FailoverStep, 'afterMinutes' | 'unless'>;
  /** All that were planned of the notification for this recipient before the step. */
  readonly deliveries: readonly PlannedDelivery[];
  readonly centre?: CentreState;
  /** When they were planned, or were to be sent. */
  readonly since: Instant;
  readonly at: Instant;
};

/**
 * Any of them confirms. The minutes count from when the first of the step before was taken by a vendor; while none was, from when they could be sent, for a vendor that is
 * away is a reason to fail over. Quiet hours and a later sending time are none. Where nothing is left that could arrive, there is nothing
 * to wait for.
 */
export function judgeFailover({ step, deliveries, centre, since, at }: Judged): FailoverVerdict {
  if (deliveries.some((one) => isConfirmed(one, step.unless, centre))) return { action: 'stop' };
  // Another notification tells it instead, or none is to.
  if (deliveries.some(({ status }) => status === 'digested')) return { action: 'stop' };
  const left = ofLastStep(deliveries).filter((one) => !isEnded(one) || one.status === 'delivered');
  if (left.length === 0) return deliveries.some(({ status }) => status === 'cancelled') ? { action: 'stop' } : { action: 'fail-over' };
  const from = takenAt(left) ?? sendableAt(left, since);
  const until = plus(from, step.afterMinutes * MINUTE_MS);
  return at >= until ? { action: 'fail-over' } : { action: 'wait', until, since: from };
}

function ofLastStep(deliveries: readonly PlannedDelivery[]): readonly PlannedDelivery[] {
  const stepOf = ({ plan: { failover } }: PlannedDelivery) => failover?.step ?? 0;
  const last = Math.max(...deliveries.map(stepOf));
  return deliveries.filter((one) => stepOf(one) === last);
}

const takenAt = (deliveries: readonly PlannedDelivery[]): Instant | undefined => earliest(deliveries.flatMap(({ acceptedAt }) => acceptedAt ?? []));

function sendableAt(deliveries: readonly PlannedDelivery[], since: Instant): Instant {
  const isHeldBack = (one: PlannedDelivery): one is DeliveryIn<'deferred'> => one.status === 'deferred';
  if (!deliveries.every(isHeldBack)) return since;
  return earliest(deliveries.map(({ until }) => until)) ?? since;
}

const earliest = (instants: readonly Instant[]): Instant | undefined => instants.toSorted()[0];
