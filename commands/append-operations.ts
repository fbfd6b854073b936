/** How the projections write into the log what they decided: which version is active, how far they have come, what they set aside. */
import { v7 } from 'uuid';
import { accept, type Decider } from '../domain/shared/decider.ts';
import type { OperationsEvent } from '../domain/shared/operations.ts';
import type { Instant } from '../domain/shared/instant.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import type { CommandHandling } from './handling/handle.ts';

/** Whoever decided stands by it: every event is appended, whatever was there before. */
const operations: Decider<undefined, OperationsEvent, OperationsEvent> = {
  reads: 'tail',
  initialState: undefined,
  evolve: () => undefined,
  decide: (_, event) => accept(event),
};

export const appendOperationsWith =
  ({ handle }: Pick<CommandHandling, 'handle'>, clock: () => Instant) =>
  async (stream: string, event: OperationsEvent): Promise<void> => {
    const command = v7();
    const handled = await handle(operations, stream, event, {
      command,
      request: command,
      actor: 'system:projections',
      at: clock(),
      since: undefined,
      correlationId: command,
    });
    if (handled.outcome === 'refused') throw new LogUnavailable(`${stream} could not be appended to: ${handled.refusal.code}`);
  };
