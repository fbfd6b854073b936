/**
 * One attempt at one delivery: the job of a vendor's queue. The delivery is checked against the log a moment before, so that a person
 * gets nothing that they have just declined; and the attempt is recorded before the vendor is called, so that any worker that finds
 * it knows that the vendor may have been called. `record-outcome.ts` records the answer, `advance-delivery.ts` sees to what follows.
 */
import type { CommandResult } from '../../../commands/handling/results.ts';
import type { DeliveryIn, DeliveryState } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { repeatAt } from '../../../domain/notifications/delivery/delivery-attempts.ts';
import { ATTEMPT_DEADLINE_MS, ATTEMPT_SKEW_MS } from '../../../domain/notifications/delivery/retry.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { deliveryStream } from '../../../domain/shared/streams.ts';
import { HOUR_MS, msBetween, plus, SECOND_MS, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { Attempt, Outcome, Sender } from '../../../ports/sender/port.ts';
import type { Runtime } from '../../dependencies.ts';
import { sleep } from '../../jobs/sleep.ts';
import type { WorkersReporter } from '../../telemetry-events.ts';
import type { VendorHealth } from '../vendors/breaker.ts';
import type { Vendor } from '../vendors/create-vendors.ts';
import type { Routing } from '../vendors/routing.ts';
import type { ChooseVendor } from './choose-vendor.ts';
import type { Deliveries } from './deliveries.ts';
import type { HoldBack, ReadyDelivery } from './hold-back.ts';
import type { PreparedMessage, PrepareMessage } from './prepare-message.ts';
import type { RecordOutcome } from './record-outcome.ts';
import { accountNumberOf, smsRouteOf } from './sms-stop.ts';

export type DeliverConfig = { readonly attemptDeadlineMs?: number };

type Dependencies = {
  readonly vendor: Vendor;
  readonly routing: Pick<Routing, 'now'>;
  readonly deliveries: Deliveries;
  readonly prepareMessage: PrepareMessage;
  readonly holdBack: HoldBack;
  readonly chooseVendor: ChooseVendor;
  readonly recordOutcome: RecordOutcome;
  readonly report: WorkersReporter;
  readonly runtime: Pick<Runtime, 'clock' | 'monotonicMs' | 'sleep' | 'tracing'>;
};

/** How often what waits for a vendor that is plugged out looks whether it may go on, here or elsewhere. */
const PLUGGED_OUT_LOOK_MS = SECOND_MS;

/** Jobs that wait for the vendor end when `stop` aborts, and are done again elsewhere. */
export const deliver =
  (dependencies: Dependencies, stop: AbortSignal, { attemptDeadlineMs = ATTEMPT_DEADLINE_MS }: DeliverConfig = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { gate } = dependencies.vendor;
    const id = data['delivery'] as DeliveryId;
    if (await leavesWhilePluggedOut(dependencies, id, stop)) return;
    if (!gate.isAvailable() && (await rerouteIfPossible(dependencies, id))) return;
    await gate.acquire(stop);
    let health: VendorHealth | undefined;
    try {
      health = await attempt(dependencies, id, { attemptDeadlineMs, stop });
    } finally {
      gate.release(health);
    }
  };

type AttemptOptions = { readonly attemptDeadlineMs: number; readonly stop: AbortSignal; readonly isSecondTry?: true };

/** Returns what the attempt tells about the vendor; undefined where that is nothing, such as where none was made. */
async function attempt(dependencies: Dependencies, id: DeliveryId, how: AttemptOptions): Promise<VendorHealth | undefined> {
  const { attemptDeadlineMs, stop, isSecondTry } = how;
  const { vendor, deliveries, holdBack, recordOutcome, report, runtime } = dependencies;
  const { clock, monotonicMs, tracing } = runtime;
  const { sender } = vendor;
  const ready = await loadReady(dependencies, id);
  if (ready === undefined) return undefined;
  const prepared = await prepareInTurn(dependencies, ready, stop);
  if (prepared.action !== 'attempt') {
    await holdBack(ready, prepared);
    return undefined;
  }
  const { message, destination, rendered } = prepared;

  const vendorKey = await vendorKeyFor(sender, ready, clock);
  const at = clock();
  const beganMs = monotonicMs();
  const deadline = plus(at, attemptDeadlineMs);
  const result = await deliveries.issue(ready.plan, {
    type: 'start-attempt',
    attempt: ready.attempts + 1,
    vendor: sender.vendor,
    endpoint: destination.endpoint,
    ...(vendorKey !== undefined && { vendorKey }),
    ...(rendered !== undefined && { rendered }),
    deadline,
    at,
  });
  // Perhaps what was remembered was behind the log, and the delivery is ready for another attempt, which has to be prepared anew.
  if (result.outcome === 'refused' && isSecondTry === undefined) return attempt(dependencies, id, { ...how, isSecondTry: true });
  const attempting = await stateAfter(deliveries, id, result);
  if (attempting.status !== 'attempting' || !isOwnAttempt(result, attempting, deadline)) return undefined;

  const traced = await tracing?.attempt({ stream: deliveryStream(id), attempt: attempting.attempt });
  const traceparent = traced?.traceparent;
  // Other workers go by the deadline in the log; where the clock was set back meanwhile, no more time is left nevertheless.
  const leftMs = Math.floor(Math.min(msBetween(clock(), deadline), beganMs + attemptDeadlineMs - monotonicMs())); // a signal’s timeout is a whole number
  const sentMs = monotonicMs();
  const outcome = await sendBefore(sender, { ...message, attempt: attempting.attempt, ...(vendorKey !== undefined && { vendorKey }), traceparent }, leftMs);
  report({ event: 'attempt-ended', channel: sender.channel, vendor: sender.vendor, outcome: outcome.outcome, durationMs: monotonicMs() - sentMs });
  await recordOutcome(attempting, outcome, { destination, sms: smsRouteOf(message.target, message.identity, accountNumberOf(sender)) });
  return sender.isManyServers === true ? undefined : healthAfter(outcome);
}

/** After a wait for the number that it goes out from, it is prepared once more: the person may have declined it meanwhile. */
async function prepareInTurn({ vendor, prepareMessage }: Dependencies, { plan, attempts, status }: ReadyDelivery, stop: AbortSignal): Promise<PreparedMessage> {
  const from = accountNumberOf(vendor.sender);
  // What may have been sent already is no more for a person to hear of.
  const attempt = status === 'unknown' ? 'none' : attempts === 0 ? 'first' : 'later';
  const prepared = await prepareMessage(plan, { attempt, from });
  const paced = prepared.action === 'attempt' ? vendor.sender.numberOf?.(prepared.message) : undefined;
  const hasWaited = paced !== undefined && (await vendor.waitForNumber(paced, stop)) > 0;
  return hasWaited ? await prepareMessage(plan, { attempt: 'none', from }) : prepared;
}

/** A vendor's keys are good for a day; one that is nearly so old is not relied on. */
const VENDOR_KEY_GOOD_FOR_MS = 23 * HOUR_MS;

/**
 * An attempt that may repeat one of unknown outcome carries its key again, so that the vendor takes the message once: also where
 * another attempt between the two was certainly not taken.
 */
async function vendorKeyFor(sender: Sender, { unresolved, lastAttempt }: ReadyDelivery, clock: () => Instant): Promise<string | undefined> {
  if (unresolved.length > 0 && lastAttempt?.vendorKey !== undefined && lastAttempt.vendor === sender.vendor) {
    if (msBetween(lastAttempt.keyedAt ?? lastAttempt.startedAt, clock()) < VENDOR_KEY_GOOD_FOR_MS) return lastAttempt.vendorKey;
  }
  return sender.drawKey?.();
}

/**
 * False where another worker was faster, or the delivery ended instead; and where this worker stalled until its attempt was resolved
 * and the next one had begun. Only the answer to a repeated append doesn't tell which attempt it began; no later one has its deadline.
 */
function isOwnAttempt(result: CommandResult, attempting: DeliveryIn<'attempting'>, deadline: Instant): boolean {
  if (result.outcome !== 'appended') return false;
  if (result.repeated) return attempting.deadline === deadline;
  return (result.events as readonly DeliveryEvent[]).some(
    ({ type, data }) => type === 'notifications.attempt-started.v1' && data.attempt === attempting.attempt,
  );
}

/** Not older than the command's append. */
async function stateAfter(deliveries: Deliveries, id: DeliveryId, result: CommandResult): Promise<DeliveryState> {
  const remembered = result.outcome === 'appended' ? deliveries.recall(id, { atLeast: result.revision }) : undefined;
  return remembered ?? (await deliveries.load(id));
}

/**
 * undefined: there is nothing to attempt for this vendor now. Where this process remembers the delivery as ready, it is: else the
 * attempt can't be recorded, for that is appended at the revision that is remembered. That it is not ready is asked of the log.
 */
async function loadReady(dependencies: Dependencies, id: DeliveryId): Promise<ReadyDelivery | undefined> {
  const { vendor, deliveries, runtime } = dependencies;
  const { clock } = runtime;
  const isReady = (one: DeliveryState | undefined): one is ReadyDelivery =>
    (one?.status === 'queued' && one.vendor === vendor.sender.vendor) || (one?.status === 'unknown' && clock() >= repeatAt(one));
  const remembered = deliveries.recall(id);
  const state = isReady(remembered) ? remembered : await deliveries.load(id);
  if (!isReady(state)) return undefined;
  if (clock() >= state.plan.expiresAt) {
    await deliveries.issue(state.plan, { type: 'expire', at: clock() });
    return undefined;
  }
  const isForOutbox = state.plan.sandbox === true && vendor.sender.isLocal !== true;
  if (!isForOutbox && !state.rejectedBy.includes(vendor.sender.vendor)) return state;
  await leaveVendor(dependencies, state);
  return undefined;
}

/** The vendor has rejected an earlier attempt late, when the next one was planned already; or it is none for a sandbox. */
async function leaveVendor({ deliveries, chooseVendor, runtime: { clock } }: Dependencies, state: ReadyDelivery): Promise<void> {
  const vendor = await chooseVendor(state);
  const at = clock();
  if (vendor !== undefined && state.status === 'queued') await deliveries.issue(state.plan, { type: 'reroute', vendor, at });
  else if (vendor === undefined) await deliveries.issue(state.plan, { type: 'fail', reason: 'no-vendor', at });
}

/**
 * The signal aborts at the deadline. A sender that still doesn't answer is not waited for beyond the moment from which other workers
 * may resolve the attempt. A worker that stalled until the deadline sends nothing any more, for by then another one may.
 */
async function sendBefore(sender: Sender, message: Omit<Attempt, 'signal'>, leftMs: number): Promise<Outcome> {
  if (leftMs <= 0) return { outcome: 'retry', reason: 'deadline-passed' };
  const answered = new AbortController();
  try {
    return await Promise.race([
      sender.send({ ...message, signal: AbortSignal.timeout(leftMs) }),
      sleep(leftMs + ATTEMPT_SKEW_MS, answered.signal).then((): Outcome => ({ outcome: 'unknown', reason: 'no-answer' })),
    ]);
  } catch (error) {
    // A sender that throws has a bug, and may have sent nevertheless.
    return { outcome: 'unknown', reason: error instanceof Error ? error.name : 'thrown' };
  } finally {
    answered.abort(ANSWERED);
  }
}

/** Shared by all attempts, because an error made for each of them costs more than the rest of the waiting. */
const ANSWERED = new Error('answered');

function healthAfter(outcome: Outcome): VendorHealth {
  switch (outcome.outcome) {
    case 'accepted':
      return 'succeeded';
    case 'rejected':
      return outcome.account === true ? 'account-refused' : 'succeeded';
    case 'retry':
    case 'unknown':
      return 'failed';
  }
}

/** Nothing is given to a vendor that an operator has plugged out. True: nothing is left to do here. */
async function leavesWhilePluggedOut({ routing, ...dependencies }: Dependencies, id: DeliveryId, stop: AbortSignal): Promise<boolean> {
  const { vendor } = dependencies.vendor.sender;
  while (!(await routing.now()).isPluggedIn(vendor)) {
    if (await rerouteIfPossible({ ...dependencies, routing }, id)) return true;
    // The sweeper's to find, and another vendor's to repeat.
    if ((await dependencies.deliveries.load(id)).status === 'unknown') return true;
    await dependencies.runtime.sleep(PLUGGED_OUT_LOOK_MS, stop);
  }
  return false;
}

/** While a vendor is unavailable, its deliveries go to another one that is available, if there is one. True: nothing is left to do here. */
async function rerouteIfPossible({ vendor: { sender }, deliveries, chooseVendor, runtime: { clock } }: Dependencies, id: DeliveryId): Promise<boolean> {
  const state = await deliveries.load(id);
  if (state.status !== 'queued' || state.vendor !== sender.vendor) return state.status !== 'unknown';
  const vendor = await chooseVendor(state);
  if (vendor === undefined || vendor === sender.vendor) return false;
  await deliveries.issue(state.plan, { type: 'reroute', vendor, at: clock() });
  return true;
}
