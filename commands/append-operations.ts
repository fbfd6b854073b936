/** Lets the projections append their own events to the log: active versions, checkpoints, dead letters. */
import { v7 } from 'uuid';
import { accept, type Decider } from '../domain/shared/decider.ts';
import type { OperationsEvent } from '../domain/shared/operations.ts';
import type { Instant } from '../domain/shared/instant.ts';
import { LogUnavailable } from '../ports/event-log/port.ts';
import type { CommandHandling } from './handling/handle.ts';

/** Nothing is left to decide: every event is appended, whatever the stream holds. */
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
