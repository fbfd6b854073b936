/**
 * How a command that is given twice (a message sent again, a retried request) is done once. Its id follows from its actor, type and
 * key (`command-context.ts`), and every event names the command that made it. Before a command is decided, its id is looked up
 * among the commands handled in its stream, as far back as its key allows (`load-handled-commands.ts`); one that is found gets its
 * first result again. What nobody remembers here, the log may still know by the events' ids (`deterministic-ids.ts`).
 */
import type { Recorded } from '../../domain/shared/event.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { CLOCK_SKEW_MAX_MS, type CommandContext } from './command-context.ts';
import { refused, type CommandResult } from './results.ts';

/** What is remembered of a command that was handled: where its last event lies, the hash of its request, and when it was made. */
export type HandledCommand = { readonly revision: number; readonly position: Position; readonly request: string; readonly at: Instant };

/** Ids of commands, none of which can have been handled before `since`; undefined: none of them can have been handled at all. */
export type IdempotencyLookup = { readonly commands: ReadonlySet<string>; readonly since: Instant | undefined };

/** Reaches back to the earliest time at which any of these commands may have been handled. */
export function lookupOf(contexts: readonly CommandContext[]): IdempotencyLookup {
  return { commands: new Set(contexts.map(({ command }) => command)), since: earliest(contexts.map(({ since }) => since)) };
}

/**
 * After an append whose answer was lost: commands that were new when they came may have been handled since. Other processes, whose
 * clocks differ, may have appended after them.
 */
export function lookupAfterLostAnswer({ commands, since }: IdempotencyLookup, contexts: readonly CommandContext[]): IdempotencyLookup {
  return { commands, since: earliest([since, ...contexts.map(({ at }) => plus(at, -CLOCK_SKEW_MAX_MS))]) };
}

/** The first result again, or a refusal where the same key came with another request. */
export function repeatedResult(stream: string, first: HandledCommand, context: CommandContext): CommandResult {
  if (first.request !== context.request) return refused('idempotency-key-reused');
  const { revision, position, at } = first;
  return { outcome: 'appended', stream, revision, position, repeated: true, firstAt: at, events: [] };
}

export const handledCommandIn = ({ revision, position, metadata: { request, at } }: Pick<Recorded, 'revision' | 'position' | 'metadata'>): HandledCommand => ({
  revision,
  position: position as Position,
  request,
  at,
});

function earliest(moments: readonly (Instant | undefined)[]): Instant | undefined {
  return moments.reduce((least, moment) => (moment !== undefined && (least === undefined || moment < least) ? moment : least), undefined);
}
