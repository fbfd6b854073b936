/**
 * What the vendor answered becomes an event. Only this worker knows the answer, so it goes on trying until others may judge the
 * attempt without it. An answer that tells nothing is not recorded at all: until the deadline a better one may still come.
 */
import type { Commands } from '../../../commands/commands.ts';
import type { ContextFor } from '../../../commands/handling/context.ts';
import type { In } from '../../../domain/notifications/delivery/delivery-state.ts';
import { ATTEMPT_SKEW_MS, retryAt } from '../../../domain/notifications/delivery/retry.ts';
import type { Destination } from '../../../domain/notifications/planning/destinations.ts';
import { plus, type Instant } from '../../../domain/shared/instant.ts';
import type { Outcome } from '../../../ports/sender/port.ts';
import { freshContext } from '../../jobs/command-contexts.ts';
import type { MayStillSendDependencies } from './may-still-send.ts';
import { addDue, type DueDependencies } from './delivery-jobs.ts';
import type { Routing } from '../vendors/routing.ts';

const RECORD_RETRY_MS = 500;

export type RecordDependencies = DueDependencies &
  MayStillSendDependencies & {
    readonly commands: Pick<Commands, 'commandDelivery' | 'invalidateEndpoint' | 'blockEndpoint'>;
    readonly contextFor: ContextFor;
    readonly routing: Routing;
    /** From 0 inclusive to 1 exclusive. */
    readonly random: () => number;
    readonly pause: (ms: number) => Promise<void>;
  };

export async function recordOutcome(dependencies: RecordDependencies, state: In<'attempting'>, outcome: Outcome, way: Destination): Promise<void> {
  const { clock } = dependencies;
  const { delivery } = state.plan;
  const judgedAt = plus(state.deadline, ATTEMPT_SKEW_MS);
  const command = commandOf(dependencies, state, outcome, way);
  if (command === undefined) {
    await addDue(dependencies, [{ delivery, dueAt: judgedAt }], clock());
    return;
  }
  const context = freshContext({ contextFor: dependencies.contextFor, part: 'deliver', type: `delivery-${command.type}`, body: command, at: command.at });
  await persistently(dependencies, judgedAt, () => dependencies.commands.commandDelivery({ delivery, command }, context));
  if (outcome.outcome === 'rejected' && outcome.endpointLost === true) await loseEndpoint(dependencies, state, way, outcome.reason);
}

/** undefined: nothing is known that could be written down. */
function commandOf({ clock, random, routing }: RecordDependencies, state: In<'attempting'>, outcome: Outcome, { platform }: Destination) {
  const { attempt, vendor, plan } = state;
  const at = clock();
  const retry = (reason: string, retryAfterMs?: number) => {
    const failure = { attempt, random: random(), at, expiresAt: plan.expiresAt, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    return { type: 'schedule-retry', attempt, reason, retryAt: retryAt(failure), at } as const;
  };
  switch (outcome.outcome) {
    case 'accepted':
      return { type: 'accept', attempt, vendor, vendorId: outcome.vendorId, at } as const;
    case 'rejected': {
      // It says something of us and nothing of the message, which is worth sending once the account is in order.
      if (outcome.account === true) return retry(outcome.reason);
      const nextVendor = routing.vendorFor({ channel: plan.channel, platform, without: [...state.rejectedBy, vendor] });
      const endpointLost = outcome.endpointLost === true;
      return { type: 'reject', attempt, vendor, reason: outcome.reason, endpointLost, ...(nextVendor === undefined ? {} : { nextVendor }), at } as const;
    }
    case 'retry':
      return retry(outcome.reason, outcome.retryAfterMs);
    case 'unknown':
      return undefined;
  }
}

async function persistently({ clock, pause }: RecordDependencies, until: Instant, append: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await append();
      return;
    } catch (error) {
      if (clock() >= until) throw error;
      await pause(RECORD_RETRY_MS);
    }
  }
}

/** A token is forgotten; an address or number that bounced for good is blocked, for the person may set it again. */
async function loseEndpoint(
  { commands, contextFor, clock }: RecordDependencies,
  { plan: { recipient: person }, attempt }: In<'attempting'>,
  { channel, endpoint }: Destination,
  reason: string,
): Promise<void> {
  const asked = { contextFor, part: 'deliver', body: { endpoint, attempt }, at: clock() };
  if (channel === 'push')
    await commands.invalidateEndpoint({ person, endpoint, reason: 'token-unregistered' }, freshContext({ ...asked, type: 'invalidate-endpoint' }));
  else
    await commands.blockEndpoint({ person, endpoint, reason: reason === 'stop' ? 'stop' : 'hard-bounce' }, freshContext({ ...asked, type: 'block-endpoint' }));
}
