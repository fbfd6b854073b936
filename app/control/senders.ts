/** The vendors' accounts and what is routed to them, for an operator: whether their vendors take them, and to whom deliveries go. */
import { randomUUID } from 'node:crypto';
import type { Commands } from '../../commands/commands.ts';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { RoutingRule } from '../../domain/notifications/routing/events.ts';
import { sentenceOf } from '../../domain/shared/refusals.ts';
import { SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { Sender } from '../../ports/sender/port.ts';
import { ControlFailure, type CheckLine, type OperationRequest, type RoutingLine, type SenderLine } from './protocol.ts';

/** The time that a vendor's sandbox has to answer. */
const CHECK_DEADLINE_MS = 15 * SECOND_MS;

type Dependencies = {
  readonly senders: readonly Sender[];
  readonly commands: Pick<Commands, 'getRouting' | 'setRoutingRules' | 'plugVendorOut' | 'plugVendorIn'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

type Listed = Pick<Dependencies, 'senders' | 'commands'> & { readonly openBreakers: ReadonlySet<string> };

export async function* listSenders({ senders, commands, openBreakers }: Listed): AsyncIterable<SenderLine> {
  const { pluggedOut } = await commands.getRouting();
  for (const { vendor, channel, platforms } of senders)
    yield { vendor, channel, platforms: platforms ?? null, pluggedIn: !pluggedOut.includes(vendor), breaker: openBreakers.has(vendor) ? 'open' : 'closed' };
}

/** Asks all at once, and tells in their order. Nobody gets a message. */
export async function* checkSenders({ senders }: Pick<Dependencies, 'senders'>, signal: AbortSignal): AsyncIterable<CheckLine> {
  const vendors = senders.filter(({ isLocal }) => isLocal !== true);
  const checks = vendors.map((sender) => checkOf(sender, AbortSignal.any([signal, AbortSignal.timeout(CHECK_DEADLINE_MS)])));
  for (const check of checks) yield await check;
}

async function checkOf({ vendor, channel, check }: Sender, signal: AbortSignal): Promise<CheckLine> {
  if (check === undefined) return { vendor, channel, outcome: 'not-checked', reason: 'the vendor has no sandbox' };
  const result = await check(signal);
  return result.accepted ? { vendor, channel, outcome: 'accepted', reason: null } : { vendor, channel, outcome: 'refused', reason: result.reason };
}

export async function* showRouting({ commands }: Pick<Dependencies, 'commands'>): AsyncIterable<RoutingLine> {
  yield await commands.getRouting();
}

export async function* setRouting(dependencies: Dependencies, { rules }: OperationRequest<'set-routing'>): AsyncIterable<RoutingLine> {
  const { commands } = dependencies;
  expectDone(await commands.setRoutingRules({ rules: rules as readonly RoutingRule[] }, contextOf(dependencies, 'set-routing-rules', { rules })));
  yield await commands.getRouting();
}

export async function* plugVendor(dependencies: Dependencies, { vendor, plug }: OperationRequest<'plug-vendor'>): AsyncIterable<RoutingLine> {
  const { commands } = dependencies;
  const context = contextOf(dependencies, `plug-vendor-${plug}`, { vendor });
  expectDone(await (plug === 'out' ? commands.plugVendorOut({ vendor }, context) : commands.plugVendorIn({ vendor }, context)));
  yield await commands.getRouting();
}

function contextOf({ contextFor, clock }: Dependencies, type: string, body: unknown): CommandContext {
  const made = contextFor({ actor: 'system:command-line', type, key: randomUUID(), fresh: true, body, at: clock() });
  if (made.outcome === 'refused') throw new ControlFailure('failed', sentenceOf(made.refusal.code, made.refusal.facts));
  return made.context;
}

function expectDone(result: CommandResult): void {
  if (result.outcome === 'refused') throw new ControlFailure('bad-request', sentenceOf(result.refusal.code, result.refusal.facts));
}
