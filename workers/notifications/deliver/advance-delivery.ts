/**
 * Advances a delivery whose time has come: a deferral or a wait that is over, an attempt without an answer, an outcome that will
 * never be known. Running it too early, or twice, changes nothing: the decider knows the state.
 */
import type { SendDecision } from '../../../domain/notifications/delivery/delivery-commands.ts';
import { isEnded, type DeliveryIn, type PlannedDelivery } from '../../../domain/notifications/delivery/delivery-state.ts';
import { repeatAt } from '../../../domain/notifications/delivery/delivery-attempts.ts';
import { ATTEMPT_DEADLINE_MS, ATTEMPT_SKEW_MS, retryAt } from '../../../domain/notifications/delivery/retry.ts';
import { isSent } from '../../../domain/people/notification-channels.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { plus } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { AttemptToResolve, Sender } from '../../../ports/sender/port.ts';
import type { Runtime } from '../../dependencies.ts';
import type { CollectDelivery } from '../digests/collect-delivery.ts';
import type { SettleDelivery } from '../digests/settle-delivery.ts';
import type { PlanAgain } from '../plan/plan-again.ts';
import type { Vendors } from '../vendors/create-vendors.ts';
import type { ChooseVendor } from './choose-vendor.ts';
import type { Deliveries, StateCommand } from './deliveries.ts';
import { addAttemptOf, type DeliveryJobs } from './delivery-jobs.ts';
import type { MayStillSend, SendCheck } from './may-still-send.ts';
import type { PrepareMessage } from './prepare-message.ts';
import type { RenderedIn } from './render-content.ts';

type Dependencies = {
  readonly deliveries: Deliveries;
  readonly deliveryJobs: DeliveryJobs;
  readonly mayStillSend: MayStillSend;
  readonly planAgain: PlanAgain;
  readonly collectDelivery: CollectDelivery;
  readonly settleDelivery: SettleDelivery;
  readonly prepareMessage: PrepareMessage;
  readonly renderedIn: RenderedIn;
  readonly chooseVendor: ChooseVendor;
  readonly vendors: Pick<Vendors, 'senders' | 'routing'>;
  readonly runtime: Runtime;
};

export const advanceDelivery =
  (dependencies: Dependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const state = await dependencies.deliveries.load(data['delivery'] as DeliveryId);
    if (state.status === 'none' || state.status === 'accepted' || isEnded(state)) return;
    const at = dependencies.runtime.clock();
    if (at >= state.plan.expiresAt && state.status !== 'attempting') return issue(dependencies, state, { type: 'expire', at });
    switch (state.status) {
      case 'planned':
      case 'deferred':
        return decide(dependencies, state);
      case 'queued':
        return rerouteFromMissingVendor(dependencies, state);
      case 'attempting':
        if (at < plus(state.deadline, ATTEMPT_SKEW_MS)) return;
        return resolveTimedOutAttempt(dependencies, state);
      case 'waiting':
        return requeue(dependencies, state);
      case 'unknown':
        return retryUnknown(dependencies, state);
    }
  };

/** The deferral is over, or planning left it undecided. A deferral may have lasted for months: devices and addresses that are new by now are told as well. */
async function decide(dependencies: Dependencies, state: DeliveryIn<'planned'> | DeliveryIn<'deferred'>): Promise<void> {
  const { mayStillSend, planAgain, settleDelivery, runtime } = dependencies;
  const at = runtime.clock();
  if (state.status === 'deferred' && at < state.until) return;
  if (state.status === 'deferred' && state.reason === 'digest') {
    const into = await settleDelivery(state, at);
    if (into !== undefined) return issue(dependencies, state, { type: 'digest', into, at });
  }
  if (state.status === 'deferred') await planAgain(state.plan, state.digestWindow === undefined ? {} : { digests: 'skip' });
  const check = await mayStillSend(state.plan, { attempt: 'none' });
  if (check.action === 'cancel') return issue(dependencies, state, { type: 'cancel', at });
  const decision = check.action === 'send' ? await sendNow(dependencies, state, check) : check;
  if (state.status === 'deferred') await issue(dependencies, state, { type: 'release', ...(decision === undefined ? {} : { decision }), at });
  if (decision === undefined) return failWithoutVendor(dependencies, state);
  if (state.status === 'deferred') return;
  switch (decision.action) {
    case 'send':
      return issue(dependencies, state, { type: 'queue', vendor: decision.vendor, at });
    case 'show':
      return issue(dependencies, state, { type: 'show', at });
    case 'suppress':
      return issue(dependencies, state, { type: 'suppress', reason: decision.reason, at });
    case 'defer': {
      const { action: _, ...deferral } = decision;
      return issue(dependencies, state, { type: 'defer', ...deferral, at });
    }
  }
}

/** With others, where it hasn't waited for them yet. undefined: no vendor serves the channel. */
async function sendNow(
  { chooseVendor, collectDelivery, runtime }: Dependencies,
  state: PlannedDelivery,
  { request: { requested }, recipient }: Extract<SendCheck, { action: 'send' }>,
): Promise<SendDecision | undefined> {
  if (!isSent(state.plan.channel)) return { action: 'show' };
  const at = runtime.clock();
  const deferral = state.digestWindow === undefined ? await collectDelivery({ plan: state.plan, requested, recipient, by: 'release', at }) : undefined;
  if (deferral !== undefined) return deferral;
  const vendor = await chooseVendor(state);
  return vendor === undefined ? undefined : { action: 'send', vendor };
}

/** Queued for a vendor that isn't configured here. */
async function rerouteFromMissingVendor(dependencies: Dependencies, state: DeliveryIn<'queued'>): Promise<void> {
  if (dependencies.vendors.routing.has(state.plan.channel, state.vendor)) return;
  const vendor = await dependencies.chooseVendor(state);
  if (vendor === undefined) return failWithoutVendor(dependencies, state);
  return issue(dependencies, state, { type: 'reroute', vendor, at: dependencies.runtime.clock() });
}

/** No answer came in time, and none will come any more. A vendor that can be asked knows what it accepted; else the outcome is unknown. */
async function resolveTimedOutAttempt(dependencies: Dependencies, state: DeliveryIn<'attempting'>): Promise<void> {
  const { attempt, vendor } = state;
  const { delivery, channel } = state.plan;
  const sender = dependencies.vendors.senders.find((one) => one.channel === channel && one.vendor === vendor);
  const message = async () => {
    const renderedFrom = await dependencies.renderedIn(delivery, attempt);
    const prepared = await dependencies.prepareMessage(state.plan, { attempt: 'none', ...(renderedFrom !== undefined && { renderedFrom }) });
    return prepared.action === 'attempt' ? prepared.message : undefined;
  };
  const { startedAt, vendorKey } = state.lastAttempt ?? {};
  const known = { ...(startedAt !== undefined && { startedAt }), ...(vendorKey !== undefined && { vendorKey }) };
  const resolved = await askVendor(dependencies, sender, { delivery, attempt, ...known, message });
  const at = dependencies.runtime.clock();
  switch (resolved?.outcome) {
    case 'accepted':
      return issue(dependencies, state, { type: 'accept', attempt, vendor, vendorId: resolved.vendorId, at });
    case 'retry':
      return issue(dependencies, state, {
        type: 'schedule-retry',
        attempt,
        reason: resolved.reason,
        // A vendor that lets its callers hang has taken nothing, and doesn't want to be asked again at once.
        retryAt: retryAt({ attempt, random: dependencies.runtime.random(), at, expiresAt: state.plan.expiresAt }),
        at,
      });
    case undefined:
      return issue(dependencies, state, { type: 'outcome-unknown', attempt, reason: 'no-answer', at });
  }
}

/** undefined: the vendor can't be asked, doesn't know, or doesn't answer in time. */
async function askVendor({ runtime }: Dependencies, sender: Sender | undefined, attempt: AttemptToResolve) {
  if (sender?.resolveAttempt === undefined) return undefined;
  const answered = new AbortController();
  try {
    return await Promise.race([sender.resolveAttempt(attempt), runtime.sleep(ATTEMPT_DEADLINE_MS, answered.signal).then(() => undefined)]);
  } finally {
    answered.abort();
  }
}

/** The wait is over. Where the vendor is still unavailable and another one isn't, it goes to that one. */
async function requeue(dependencies: Dependencies, state: DeliveryIn<'waiting'>): Promise<void> {
  const at = dependencies.runtime.clock();
  if (at < state.retryAt) return;
  const vendor = (await dependencies.chooseVendor(state)) ?? vendorOf(state);
  return vendor === undefined ? failWithoutVendor(dependencies, state) : issue(dependencies, state, { type: 'queue', vendor, at });
}

/** The vendor that it was last given to, unless that has rejected it since. */
const vendorOf = ({ vendor, rejectedBy }: DeliveryIn<'waiting'> | DeliveryIn<'unknown'>): string | undefined =>
  rejectedBy.includes(vendor) ? undefined : vendor;

/** Nothing has resolved the outcome. It is attempted again with the same vendor, which may have the message: there, a second one replaces the first. */
async function retryUnknown(dependencies: Dependencies, state: DeliveryIn<'unknown'>): Promise<void> {
  const { deliveryJobs, chooseVendor, vendors, runtime } = dependencies;
  const at = runtime.clock();
  if (at < repeatAt(state)) return;
  if (state.plan.atMostOnce || state.cancelling) return issue(dependencies, state, { type: 'fail', reason: 'outcome-unknown', at });
  const { channel } = state.plan;
  const before = vendorOf(state);
  const routed = await vendors.routing.now();
  const isStillThere = before !== undefined && vendors.routing.has(channel, before) && routed.isPluggedIn(before);
  const vendor = isStillThere ? before : await chooseVendor(state);
  if (vendor === undefined) return failWithoutVendor(dependencies, state);
  await addAttemptOf(deliveryJobs, state, { vendor, dueAt: state.since });
}

const failWithoutVendor = (dependencies: Dependencies, state: PlannedDelivery) =>
  issue(dependencies, state, { type: 'fail', reason: 'no-vendor', at: dependencies.runtime.clock() });

async function issue({ deliveries }: Dependencies, { plan }: PlannedDelivery, command: StateCommand): Promise<void> {
  await deliveries.issue(plan, command);
}
