/**
 * Commands for one stream queue here, so that those of one process never conflict with each other, and so that many that arrive at
 * once are handled as one batch with one append. Different streams don't wait for each other.
 */
import type { AnyDecider } from '../../domain/shared/decider.ts';
import type { CommandContext } from './command-context.ts';
import type { Contention } from './contention.ts';
import { refused, type CommandResult } from './results.ts';

/** So many queued commands are decided and appended together. */
const BATCH_COMMANDS_MAX = 256;
/** So many commands may wait for one stream; a command beyond is refused as `write-contention`. */
const QUEUED_COMMANDS_MAX = 4_096;

export type QueuedCommand = {
  readonly command: unknown;
  readonly context: CommandContext;
  /** Of the streams that were read beside the decision; they go into the metadata of its events. */
  readonly readRevisions: Readonly<Record<string, number>> | undefined;
};

/** Handles the first commands of a batch, at least one, and returns their results; the others go back to the queue's head. */
export type HandleBatch = (decider: AnyDecider, stream: string, batch: readonly QueuedCommand[]) => Promise<readonly CommandResult[]>;

export type CommandQueue = { enqueue(decider: AnyDecider, stream: string, command: QueuedCommand): Promise<CommandResult> };

type Entry = QueuedCommand & { readonly resolve: (result: CommandResult) => void; readonly reject: (error: unknown) => void };

export function createCommandQueue(contention: Pick<Contention, 'isContended' | 'awaitTurn'>, handleBatch: HandleBatch): CommandQueue {
  const queues = new Map<string, Entry[]>();

  const runQueued = async (decider: AnyDecider, stream: string, queue: Entry[]): Promise<void> => {
    while (queue.length > 0) {
      let batch: readonly Entry[] | undefined;
      try {
        // What comes while others have their turn is handled together.
        using _turn = contention.isContended(stream) ? await contention.awaitTurn(stream) : undefined;
        batch = queue.splice(0, BATCH_COMMANDS_MAX);
        const results = await handleBatch(decider, stream, batch);
        for (const [i, result] of results.entries()) batch[i]?.resolve(result);
        queue.unshift(...batch.slice(results.length));
      } catch (error) {
        for (const entry of batch ?? queue.splice(0, BATCH_COMMANDS_MAX)) entry.reject(error);
      }
    }
    queues.delete(stream);
  };

  return {
    enqueue: (decider, stream, command) =>
      new Promise((resolve, reject) => {
        const entry = { ...command, resolve, reject };
        const queue = queues.get(stream);
        if (queue === undefined) {
          const started = [entry];
          queues.set(stream, started);
          void runQueued(decider, stream, started);
        } else if (queue.length >= QUEUED_COMMANDS_MAX) resolve(refused('write-contention'));
        else queue.push(entry);
      }),
  };
}
