/** In whose name, and under which key, a worker gives a command. */
import { randomUUID } from 'node:crypto';
import type { CommandContext, ContextFor } from '../../commands/handling/command-context.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import type { Instant } from '../../domain/shared/instant.ts';

type WorkerRequest = {
  readonly contextFor: ContextFor;
  /** The part of the workers that asks. */
  readonly part: string;
  /** The command's name. */
  readonly type: string;
  readonly body: unknown;
  readonly at: Instant;
};

/** Because of an event: asked again for the same event (and, where one event causes several commands, the same `of`), it is the same command. */
export const contextForEvent = (event: Pick<Recorded, 'id' | 'metadata'>, { of = '', ...asked }: WorkerRequest & { readonly of?: string }): CommandContext =>
  contextOf(asked, { key: `${event.id}\n${of}`, causationId: event.id, correlationId: event.metadata.$correlationId });

/** Under a key of the asker's own making: whoever asks under the same key asks the same. */
export const contextForKey = (key: string, asked: WorkerRequest): CommandContext => contextOf(asked, { key });

/** Asked once: what keeps it from happening twice is the decider. */
export const freshContext = (asked: WorkerRequest): CommandContext => contextOf(asked, { key: randomUUID(), fresh: true });

function contextOf(
  { contextFor, part, type, body, at }: WorkerRequest,
  key: { readonly key: string; readonly fresh?: true; readonly causationId?: string; readonly correlationId?: string },
): CommandContext {
  const asked = contextFor({ actor: `system:${part}`, type, body, at, ...key });
  // Only a key that tells a time can be too old or too new, and these tell none.
  if (asked.outcome === 'refused') throw new Error(`${part} can't ask for ${type}: ${asked.refusal.code}`);
  return asked.context;
}
