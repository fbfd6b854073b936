/** The contexts in which workers give commands: the actor and the idempotency key. */
import { randomUUID } from 'node:crypto';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';

type WorkerCommand = {
  readonly contextFor: ContextFor;
  /** The worker's name: the actor is `system:<worker>`. Actors are stored, so a name is never changed. */
  readonly worker: string;
  /** The command's name. */
  readonly type: string;
  readonly body: unknown;
  readonly at: Instant;
};

/** Who gives the commands of a worker. */
export const actorOf = (worker: string): string => `system:${worker}`;

/** For a command that an event causes: given again for the same event, and the same `of` where one event causes several commands, it is the same command. */
export const contextForEvent = (event: Pick<Recorded, 'id' | 'metadata'>, { of = '', ...command }: WorkerCommand & { readonly of?: string }): CommandContext =>
  contextOf(command, { key: `${event.id}\n${of}`, causationId: event.id, correlationId: event.metadata.$correlationId });

/** For a command under a key of the worker's own: given again under the same key, it is the same command. */
export const contextForKey = (key: string, command: WorkerCommand): CommandContext => contextOf(command, { key });

/** For a command that is new each time; its decider keeps it from taking effect twice. */
export const freshContext = (command: WorkerCommand): CommandContext => contextOf(command, { key: randomUUID(), fresh: true });

function contextOf(
  { contextFor, worker, type, body, at }: WorkerCommand,
  key: { readonly key: string; readonly fresh?: true; readonly causationId?: string; readonly correlationId?: string },
): CommandContext {
  const result = contextFor({ actor: actorOf(worker), type, body, at, ...key });
  // Only a key that contains a time can be refused as too old or too new, and these contain none.
  if (result.outcome === 'refused') throw new Error(`${worker} can't give the command ${type}: ${result.refusal.code}`);
  return result.context;
}
