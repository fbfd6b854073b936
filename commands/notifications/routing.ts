/** Which vendors serve which deliveries, as the operator says. Every process that delivers learns of it from the log. */
import type { RoutingRule } from '../../domain/notifications/routing/events.ts';
import { routing, type RoutingState } from '../../domain/notifications/routing/routing.ts';
import { routingStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { CommandResult } from '../handling/results.ts';

const STREAM = routingStream('vendors');

/** In place of all rules before. */
export const setRoutingRules =
  ({ handle }: CommandHandling) =>
  ({ rules }: { readonly rules: readonly RoutingRule[] }, context: CommandContext): Promise<CommandResult> =>
    handle(routing, STREAM, { type: 'set-rules', rules, at: context.at }, context);

/** What waits for it goes to others that serve it; what nobody else serves waits until it is plugged in. */
export const plugVendorOut =
  ({ handle }: CommandHandling) =>
  ({ vendor }: { readonly vendor: string }, context: CommandContext): Promise<CommandResult> =>
    handle(routing, STREAM, { type: 'plug-out', vendor, at: context.at }, context);

export const plugVendorIn =
  ({ handle }: CommandHandling) =>
  ({ vendor }: { readonly vendor: string }, context: CommandContext): Promise<CommandResult> =>
    handle(routing, STREAM, { type: 'plug-in', vendor, at: context.at }, context);

export const getRouting =
  ({ loadState }: CommandHandling) =>
  async (): Promise<RoutingState> =>
    (await loadState(routing, STREAM)).state;
