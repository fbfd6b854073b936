/**
 * What is to become of a delivery whose time has come: a deferral or a wait that is over, an attempt that nobody answered for, an
 * outcome that nobody will ever know. Looking too early, or twice, changes nothing: the decider knows the state.
 */
import { deliveryStreamOf } from '../../../commands/notifications/deliveries.ts';
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/context.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { DeliveryCommand } from '../../../domain/notifications/delivery/delivery-commands.ts';
import { isEnded, type In, type Planned } from '../../../domain/notifications/delivery/delivery-state.ts';
import { ATTEMPT_DEADLINE_MS, ATTEMPT_SKEW_MS, UNKNOWN_REPEAT_AFTER_MS } from '../../../domain/notifications/delivery/retry.ts';
import { currentDestination } from '../../../domain/notifications/planning/destinations.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import type { Platform } from '../../../domain/people/events.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Sender } from '../../../ports/sender/port.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { Sleep } from '../../jobs/sleep.ts';
import { mayStillSend, type MayStillSendDependencies } from './may-still-send.ts';
import { addReady, readyOf, type DueDependencies } from './delivery-jobs.ts';
import type { Routing } from '../vendors/routing.ts';

export type AdvanceDeliveryDependencies = DueDependencies &
  MayStillSendDependencies & {
    readonly commands: Pick<Commands, 'commandDelivery'>;
    readonly contextFor: ContextFor;
    readonly routing: Routing;
    readonly senders: readonly Sender[];
    readonly sleep: Sleep;
  };

export const advanceDelivery =
  (dependencies: AdvanceDeliveryDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { state } = await dependencies.current(deliveryDecider, deliveryStreamOf(data['delivery'] as DeliveryId));
    if (state.status === 'none' || state.status === 'accepted' || isEnded(state)) return;
    const at = dependencies.clock();
    if (at >= state.plan.expiresAt && state.status !== 'attempting') return command(dependencies, state, { type: 'expire', at });
    switch (state.status) {
      case 'planned':
      case 'deferred':
        return decideAgain(dependencies, state);
      case 'queued':
        return findVendor(dependencies, state);
      case 'attempting':
        if (at < plus(state.deadline, ATTEMPT_SKEW_MS)) return;
        return resolveTimedOutAttempt(dependencies, state);
      case 'waiting':
        return queueAgain(dependencies, state);
      case 'unknown':
        return retryUnknown(dependencies, state);
    }
  };

/** Nobody answered in time, and nobody will any more. A vendor that can be asked knows what it took; else it is unknown. */
async function resolveTimedOutAttempt(dependencies: AdvanceDeliveryDependencies, state: In<'attempting'>): Promise<void> {
  const { attempt, vendor } = state;
  const { delivery, channel } = state.plan;
  const sender = dependencies.senders.find((one) => one.channel === channel && one.vendor === vendor);
  const settled = await settledBy(dependencies, sender, { delivery, attempt });
  const at = dependencies.clock();
  switch (settled?.outcome) {
    case 'accepted':
      return command(dependencies, state, { type: 'accept', attempt, vendor, vendorId: settled.vendorId, at });
    case 'retry':
      return command(dependencies, state, { type: 'schedule-retry', attempt, reason: settled.reason, retryAt: at, at });
    case undefined:
      return command(dependencies, state, { type: 'outcome-unknown', attempt, reason: 'no-answer', at });
  }
}

/** A vendor that doesn't say it in time might as well not know. */
async function settledBy({ sleep }: AdvanceDeliveryDependencies, sender: Sender | undefined, attempt: Parameters<NonNullable<Sender['resolveAttempt']>>[0]) {
  if (sender?.resolveAttempt === undefined) return undefined;
  const answered = new AbortController();
  try {
    return await Promise.race([sender.resolveAttempt(attempt), sleep(ATTEMPT_DEADLINE_MS, answered.signal).then(() => undefined)]);
  } finally {
    answered.abort();
  }
}

async function decideAgain(dependencies: AdvanceDeliveryDependencies, state: In<'planned'> | In<'deferred'>): Promise<void> {
  const at = dependencies.clock();
  if (state.status === 'deferred' && at < state.until) return;
  const checked = await mayStillSend(dependencies, state.plan, { counts: 'not-again' });
  if (checked.verdict === 'cancel') return command(dependencies, state, { type: 'cancel', at });
  const verdict = checked.verdict === 'send' ? sendBy(dependencies, state, checked.way.platform) : checked;
  if (state.status === 'deferred') await command(dependencies, state, { type: 'release', ...(verdict === undefined ? {} : { verdict }), at });
  if (verdict === undefined) return fail(dependencies, state);
  if (state.status === 'deferred') return;
  switch (verdict.verdict) {
    case 'send':
      return command(dependencies, state, { type: 'queue', vendor: verdict.vendor, at });
    case 'suppress':
      return command(dependencies, state, { type: 'suppress', reason: verdict.reason, at });
    case 'defer':
      return command(dependencies, state, { type: 'defer', reason: verdict.reason, until: verdict.until, at });
  }
}

function sendBy({ routing }: AdvanceDeliveryDependencies, { plan, rejectedBy }: Planned, platform: Platform | undefined) {
  const vendor = routing.vendorFor({ channel: plan.channel, platform, without: rejectedBy });
  return vendor === undefined ? undefined : ({ verdict: 'send', vendor } as const);
}

/** Queued for a vendor that nobody here delivers to. */
async function findVendor(dependencies: AdvanceDeliveryDependencies, state: In<'queued'>): Promise<void> {
  if (dependencies.routing.has(state.plan.channel, state.vendor)) return;
  const vendor = await vendorFor(dependencies, state);
  if (vendor === undefined) return fail(dependencies, state);
  return command(dependencies, state, { type: 'reroute', vendor, at: dependencies.clock() });
}

/** The wait is over. Where the vendor is still down and another one isn't, it goes to that one. */
async function queueAgain(dependencies: AdvanceDeliveryDependencies, state: In<'waiting'>): Promise<void> {
  const at = dependencies.clock();
  if (at < state.retryAt) return;
  return command(dependencies, state, { type: 'queue', vendor: (await vendorFor(dependencies, state)) ?? state.vendor, at });
}

/** Nothing settled it. It is tried again with the vendor that may have it, where a second one replaces the first. */
async function retryUnknown(dependencies: AdvanceDeliveryDependencies, state: In<'unknown'>): Promise<void> {
  const at = dependencies.clock();
  if (at < plus(state.since, UNKNOWN_REPEAT_AFTER_MS)) return;
  if (state.plan.atMostOnce || state.cancelling) return command(dependencies, state, { type: 'fail', reason: 'outcome-unknown', at });
  const { channel } = state.plan;
  const vendor = dependencies.routing.has(channel, state.vendor) ? state.vendor : await vendorFor(dependencies, state);
  if (vendor === undefined) return fail(dependencies, state);
  await addReady(dependencies, { channel, vendor }, [readyOf(state, vendor, state.since)]);
}

async function vendorFor({ current, routing }: AdvanceDeliveryDependencies, { plan, rejectedBy }: Planned): Promise<string | undefined> {
  const { state } = await current(contacts, `contacts-${plan.recipient}`);
  return routing.vendorFor({ channel: plan.channel, platform: currentDestination(state, plan)?.platform, without: rejectedBy });
}

const fail = (dependencies: AdvanceDeliveryDependencies, state: Planned) =>
  command(dependencies, state, { type: 'fail', reason: 'no-vendor', at: dependencies.clock() });

/** A refusal means that it has gone on meanwhile: whoever moved it sees to what comes next. */
async function command({ commands, contextFor }: AdvanceDeliveryDependencies, { plan }: Planned, given: DeliveryCommand & { readonly at: Instant }) {
  const context = freshContext({ contextFor, part: 'look-after', type: `delivery-${given.type}`, body: plan.delivery, at: given.at });
  await commands.commandDelivery({ delivery: plan.delivery, command: given }, context);
}
