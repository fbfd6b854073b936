/**
 * Records a vendor's answer as an event. Only this worker knows the answer, so it tries until the moment from which other workers may
 * resolve the attempt without it. An unknown outcome is not recorded: until then a better answer may still arrive.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/command-context.ts';
import type { DeliveryIn } from '../../../domain/notifications/delivery/delivery-state.ts';
import { ATTEMPT_SKEW_MS, retryAt } from '../../../domain/notifications/delivery/retry.ts';
import type { Destination } from '../../../domain/notifications/planning/destinations.ts';
import { REACHED_AT } from '../../../domain/people/notification-channels.ts';
import { MINUTE_MS, plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Outcome } from '../../../ports/sender/port.ts';
import type { Runtime } from '../../dependencies.ts';
import type { FrequencyCaps } from '../caps/frequency-caps.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { ChooseVendor } from './choose-vendor.ts';
import type { Deliveries, StateCommand } from './deliveries.ts';
import type { DeliveryJobs } from './delivery-jobs.ts';
import { recordStop, type SmsRoute } from './sms-stop.ts';

const RECORD_RETRY_MS = 500;
/** Longer than from any answer to the moment from which other workers may resolve the attempt. */
const RECORD_TRIED_MAX_MS = 2 * MINUTE_MS;

type Dependencies = {
  readonly deliveries: Deliveries;
  readonly deliveryJobs: DeliveryJobs;
  readonly chooseVendor: ChooseVendor;
  readonly caps: Pick<FrequencyCaps, 'settle'>;
  readonly commands: Pick<Commands, 'invalidateEndpoint' | 'blockEndpoint' | 'stopSms'>;
  readonly contextFor: ContextFor;
  readonly runtime: Runtime;
};

export type RecordOutcome = (attempting: DeliveryIn<'attempting'>, outcome: Outcome, to: Sent) => Promise<void>;

/** Where the attempt went, and how, where it was a text. */
export type Sent = { readonly destination: Destination; readonly sms?: SmsRoute | undefined };

export const recordOutcomeWith =
  (dependencies: Dependencies): RecordOutcome =>
  async (attempting, outcome, sent) => {
    const { deliveries, deliveryJobs, caps, runtime } = dependencies;
    const { plan, deadline } = attempting;
    const resolvableAt = plus(deadline, ATTEMPT_SKEW_MS);
    const nextVendor = await nextVendorAfter(dependencies, attempting, outcome);
    const command = commandOf(runtime, attempting, outcome, nextVendor);
    if (command === undefined) {
      await deliveryJobs.addDue([{ delivery: plan.delivery, dueAt: resolvableAt }], runtime.clock());
      return;
    }
    await retryUntil(runtime, resolvableAt, deliveries.repeatable(plan, command));
    caps.settle(plan.delivery, outcome.outcome === 'accepted' ? 'accepted' : 'not-accepted');
    if (outcome.outcome === 'rejected' && outcome.endpointLost === true) await recordLostEndpoint(dependencies, attempting, sent, outcome);
  };

/** After a rejection of the message, another vendor that serves it. */
async function nextVendorAfter(
  { chooseVendor, runtime }: Dependencies,
  { plan, rejectedBy, vendor, deadline }: DeliveryIn<'attempting'>,
  outcome: Outcome,
): Promise<string | undefined> {
  if (outcome.outcome !== 'rejected' || outcome.account === true || outcome.endpointLost === true) return undefined;
  return await retryUntil(runtime, plus(deadline, ATTEMPT_SKEW_MS), () => chooseVendor({ plan, rejectedBy: [...rejectedBy, vendor] }));
}

/** undefined: nothing is known that could be recorded. */
function commandOf(
  runtime: Runtime,
  { attempt, vendor, plan }: DeliveryIn<'attempting'>,
  outcome: Outcome,
  nextVendor: string | undefined,
): StateCommand | undefined {
  const at = runtime.clock();
  const retry = (reason: string, retryAfterMs?: number): StateCommand => {
    const failed = { attempt, random: runtime.random(), at, expiresAt: plan.expiresAt, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return { type: 'schedule-retry', attempt, reason, retryAt: retryAt(failed), at };
  };
  switch (outcome.outcome) {
    case 'accepted':
      return { type: 'accept', attempt, vendor, vendorId: outcome.vendorId, at };
    case 'rejected': {
      // It is about our account and not about the message, which can be sent once the account is in order.
      if (outcome.account === true) return retry(outcome.reason);
      const endpointLost = outcome.endpointLost === true;
      return { type: 'reject', attempt, vendor, reason: outcome.reason, endpointLost, ...(nextVendor === undefined ? {} : { nextVendor }), at };
    }
    case 'retry':
      return retry(outcome.reason, outcome.retryAfterMs);
    case 'unknown':
      return undefined;
  }
}

/** `until` is what other workers go by. Where the clock was set back meanwhile, the tries end nevertheless. */
async function retryUntil<Result>({ clock, monotonicMs, sleep }: Runtime, until: Instant, tried: () => Promise<Result>): Promise<Result> {
  const never = new AbortController().signal;
  const giveUpMs = monotonicMs() + RECORD_TRIED_MAX_MS;
  for (;;) {
    try {
      return await tried();
    } catch (error) {
      if (clock() >= until || monotonicMs() >= giveUpMs) throw error;
      await sleep(RECORD_RETRY_MS, never);
    }
  }
}

/** A device's token is invalidated; an address or number that bounced for good is blocked, for the person may set it again. */
async function recordLostEndpoint(
  { commands, contextFor, runtime }: Dependencies,
  { plan: { recipient: person }, attempt }: DeliveryIn<'attempting'>,
  { destination: { channel, endpoint }, sms }: Sent,
  { reason, goneSince }: Extract<Outcome, { outcome: 'rejected' }>,
): Promise<void> {
  // A STOP is to one number or service, and START there takes it back.
  if (reason === 'stop' && sms !== undefined) return recordStop({ commands, contextFor }, sms, runtime.clock());
  const command = { contextFor, worker: 'deliver', body: { endpoint, attempt }, at: runtime.clock() };
  switch (REACHED_AT[channel]) {
    case 'device':
      await commands.invalidateEndpoint(
        { person, endpoint, reason: 'token-unregistered', ...(goneSince !== undefined && { deadSince: goneSince }) },
        freshContext({ ...command, type: 'invalidate-endpoint' }),
      );
      return;
    case 'phone':
    case 'email': {
      const block = reason === 'stop' ? 'stop' : 'hard-bounce';
      await commands.blockEndpoint({ person, endpoint, reason: block }, freshContext({ ...command, type: 'block-endpoint' }));
      return;
    }
    case 'centre': // no vendor is asked
      return;
  }
}
