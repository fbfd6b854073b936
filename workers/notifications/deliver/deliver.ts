/**
 * One attempt at one delivery. It is written down before the vendor is called, so that whoever finds it knows that the vendor may
 * have been; and it is checked against the log a moment before, so that nobody hears what they have just declined.
 */
import type { Handled } from '../../../commands/handling/handle.ts';
import { deliveryStreamOf } from '../../../commands/notifications/deliveries.ts';
import { delivery as deliveryDecider } from '../../../domain/notifications/delivery/delivery.ts';
import type { In } from '../../../domain/notifications/delivery/delivery-state.ts';
import type { DeliveryEvent } from '../../../domain/notifications/events.ts';
import { ATTEMPT_DEADLINE_MS, ATTEMPT_SKEW_MS, UNKNOWN_REPEAT_AFTER_MS } from '../../../domain/notifications/delivery/retry.ts';
import { currentDestination } from '../../../domain/notifications/planning/destinations.ts';
import { contacts } from '../../../domain/people/contacts.ts';
import type { DeliveryId } from '../../../domain/shared/ids.ts';
import { msBetween, plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { Attempt, Outcome, Sender } from '../../../ports/sender/port.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import { sleep } from '../../jobs/sleep.ts';
import type { VendorHealth } from '../vendors/breaker.ts';
import { mayStillSend, type MayStillSend } from './may-still-send.ts';
import { recordOutcome, type RecordDependencies } from './record-outcome.ts';
import { contentOf } from '../plan/load-notification.ts';
import { targetOf } from './resolve-endpoint.ts';
import type { VendorGate } from '../vendors/vendor-gate.ts';

export type DeliverConfig = { readonly attemptDeadlineMs: number };
export const DELIVER: DeliverConfig = { attemptDeadlineMs: ATTEMPT_DEADLINE_MS };

export type DeliverDependencies = RecordDependencies & { readonly sender: Sender; readonly gate: VendorGate };

/** The work of one vendor's queue. What waits for the vendor gives up when `stop` aborts, and its job is done again elsewhere. */
export const deliver =
  (dependencies: DeliverDependencies, stop: AbortSignal, config: DeliverConfig = DELIVER) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { gate } = dependencies;
    const id = data['delivery'] as DeliveryId;
    if (!gate.open() && (await goElsewhere(dependencies, id))) return;
    await gate.enter(stop);
    let verdict: VendorHealth | undefined;
    try {
      verdict = await attempt(dependencies, id, config);
    } finally {
      gate.leave(verdict);
    }
  };

type Ready = In<'queued'> | In<'unknown'>;

/** Answers what the attempt says of the vendor; undefined where none was made. */
async function attempt(dependencies: DeliverDependencies, id: DeliveryId, { attemptDeadlineMs }: DeliverConfig): Promise<VendorHealth | undefined> {
  const { sender, clock, report } = dependencies;
  const state = await ready(dependencies, id);
  if (state === undefined) return undefined;
  const checked = await mayStillSend(dependencies, state.plan, { counts: state.attempts === 0 ? 'towards-the-cap' : 'not-again' });
  if (checked.verdict !== 'send') {
    await holdBack(dependencies, state, checked);
    return undefined;
  }
  const message = await messageOf(dependencies, state, checked);
  if ('failed' in message) {
    await give(dependencies, id, { type: 'fail', reason: message.failed, at: clock() });
    return undefined;
  }

  const at = clock();
  const deadline = plus(at, attemptDeadlineMs);
  const begun = await give(dependencies, id, { type: 'start-attempt', vendor: sender.vendor, deadline, at });
  const started = await stateOf(dependencies, id);
  if (started.status !== 'attempting' || !isOurs(begun, started, deadline)) return undefined;

  const outcome = await sendBy(sender, { ...message, attempt: started.attempt }, msBetween(clock(), deadline));
  report({ event: 'attempt-ended', channel: sender.channel, vendor: sender.vendor, outcome: outcome.outcome, durationMs: msBetween(at, clock()) });
  await recordOutcome(dependencies, started, outcome, checked.way);
  return verdictOf(outcome);
}

/**
 * Not where another worker was faster, or it has come to its end instead; nor where this one stalled until its attempt was judged and
 * the next one had begun. Only an append whose answer was lost doesn't say which attempt it began; no later one has its deadline.
 */
function isOurs(begun: Handled, started: In<'attempting'>, deadline: Instant): boolean {
  if (begun.outcome !== 'appended') return false;
  if (begun.repeated) return started.deadline === deadline;
  return (begun.events as readonly DeliveryEvent[]).some(({ type, data }) => type === 'notifications.attempt-started.v1' && data.attempt === started.attempt);
}

async function ready(dependencies: DeliverDependencies, id: DeliveryId): Promise<Ready | undefined> {
  const { sender, clock } = dependencies;
  const state = await stateOf(dependencies, id);
  const isReady =
    (state.status === 'queued' && state.vendor === sender.vendor) || (state.status === 'unknown' && clock() >= plus(state.since, UNKNOWN_REPEAT_AFTER_MS));
  if (!isReady) return undefined;
  if (clock() < state.plan.expiresAt) return state;
  await give(dependencies, id, { type: 'expire', at: clock() });
  return undefined;
}

/** What may have been sent already can't be suppressed or deferred: it is not repeated, or not yet. */
async function holdBack(dependencies: DeliverDependencies, state: Ready, checked: Exclude<MayStillSend, { verdict: 'send' }>): Promise<void> {
  const { delivery } = state.plan;
  const at = dependencies.clock();
  switch (checked.verdict) {
    case 'cancel':
      await give(dependencies, delivery, state.status === 'queued' ? { type: 'cancel', at } : { type: 'fail', reason: 'outcome-unknown', at });
      return;
    case 'suppress':
      await give(dependencies, delivery, { type: state.status === 'queued' ? 'suppress' : 'fail', reason: checked.reason, at });
      return;
    case 'defer':
      if (state.status === 'queued') await give(dependencies, delivery, { type: 'defer', reason: checked.reason, until: checked.until, at });
      return;
  }
}

type Message = Omit<Attempt, 'signal' | 'attempt'>;

async function messageOf(
  dependencies: DeliverDependencies,
  { plan }: Ready,
  { asked, way }: Extract<MayStillSend, { verdict: 'send' }>,
): Promise<Message | { readonly failed: string }> {
  const { delivery, notification, recipient, category, priority, expiresAt } = plan;
  const [target, said] = await Promise.all([targetOf(dependencies, recipient, way.endpoint), contentOf(dependencies, asked.requested)]);
  if (target === undefined) return { failed: 'endpoint-removed' };
  if (said === 'erased') return { failed: 'content-erased' };
  if ('fault' in said) return { failed: 'template-fault' };
  const collapseKey = asked.requested.collapseKey ?? delivery;
  const ttlSeconds = Math.max(1, Math.floor(msBetween(dependencies.clock(), expiresAt) / 1_000));
  return { delivery, notification, target, content: said.content, category, priority, collapseKey, ttlSeconds };
}

/**
 * The signal aborts at the deadline, and who then still doesn't answer is not waited for beyond the moment from which others may
 * judge. A worker that was stalled until its deadline sends nothing any more, for by then somebody else may.
 */
async function sendBy(sender: Sender, message: Omit<Attempt, 'signal'>, leftMs: number): Promise<Outcome> {
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

function verdictOf(outcome: Outcome): VendorHealth {
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

/** One for all, because an error made for each attempt costs more than the rest of the waiting. */
const ANSWERED = new Error('answered');

/** While a vendor is shut off, what waits for it goes to another one that isn't, where there is one. */
async function goElsewhere(dependencies: DeliverDependencies, id: DeliveryId): Promise<boolean> {
  const { sender, routing, current, clock } = dependencies;
  const state = await stateOf(dependencies, id);
  if (state.status !== 'queued' || state.vendor !== sender.vendor) return state.status !== 'unknown';
  const { plan } = state;
  const platform = currentDestination((await current(contacts, `contacts-${plan.recipient}`)).state, plan)?.platform;
  const vendor = routing.vendorFor({ channel: plan.channel, platform, without: state.rejectedBy });
  if (vendor === undefined || vendor === sender.vendor) return false;
  await give(dependencies, id, { type: 'reroute', vendor, at: clock() });
  return true;
}

const stateOf = async ({ current }: DeliverDependencies, id: DeliveryId) => (await current(deliveryDecider, deliveryStreamOf(id))).state;

type Given = Parameters<DeliverDependencies['commands']['commandDelivery']>[0]['command'] & { readonly at: Instant };

/** What is refused has gone on without us. */
async function give({ commands, contextFor }: DeliverDependencies, delivery: DeliveryId, command: Given): Promise<Handled> {
  const context = freshContext({ contextFor, part: 'deliver', type: `delivery-${command.type}`, body: delivery, at: command.at });
  return commands.commandDelivery({ delivery, command }, context);
}
