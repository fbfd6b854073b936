/** The vendors' accounts and what is routed to them, for an operator: whether their vendors take them, and to whom deliveries go. */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { RoutingRule } from '../../domain/notifications/routing/events.ts';
import { SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import type { ActingOperator } from '../../domain/operators/roles.ts';
import type { Sender } from '../../ports/sender/port.ts';
import { contextFor, expectDone } from './operators/operators.ts';
import type { CheckLine, OperationRequest, RoutingLine, SenderLine } from './protocol.ts';

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

export async function* setRouting(dependencies: Dependencies, { rules }: OperationRequest<'set-routing'>, by: ActingOperator): AsyncIterable<RoutingLine> {
  const { commands } = dependencies;
  expectDone(await commands.setRoutingRules({ rules: rules as readonly RoutingRule[] }, contextFor(dependencies, by, 'set-routing-rules')));
  yield await commands.getRouting();
}

export async function* plugVendor(
  dependencies: Dependencies,
  { vendor, plug }: OperationRequest<'plug-vendor'>,
  by: ActingOperator,
): AsyncIterable<RoutingLine> {
  const { commands } = dependencies;
  const context = contextFor(dependencies, by, `plug-vendor-${plug}`);
  expectDone(await (plug === 'out' ? commands.plugVendorOut({ vendor }, context) : commands.plugVendorIn({ vendor }, context)));
  yield await commands.getRouting();
}
