/** Workers outside share the work on a projection's changes: each part is held by one of them at a time, and its cursor is in the log. */
import { shareOf, type PartOfWork } from '../../domain/subscriptions/events.ts';
import { partOfWork, type PartState } from '../../domain/subscriptions/part-of-work.ts';
import { partStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandResult } from '../handling/results.ts';

/** So many of a part's last events are kept: each says all. */
const KEPT_EVENTS = 10;

export type HoldPart = PartOfWork & { readonly holder: string; readonly cursor?: string | undefined };
export type HeldPart = { readonly handled: CommandResult; readonly state: PartState };

/** Takes the part, or goes on holding it, and stores how far it is done. */
export const holdPart =
  ({ handle, loadState, log }: Uses<'log'>) =>
  async (asked: HoldPart, context: CommandContext): Promise<HeldPart> => {
    const stream = partStream(asked.app, shareOf(asked));
    const handled = await handle(partOfWork, stream, { type: 'hold', ...asked, at: context.at }, context);
    if (handled.outcome === 'appended' && handled.revision === 0) await log.keepLast(stream, KEPT_EVENTS);
    const { state } = await loadState(partOfWork, stream);
    return { handled, state };
  };

export const releasePart =
  ({ handle }: Uses) =>
  (asked: HoldPart, context: CommandContext): Promise<CommandResult> =>
    handle(partOfWork, partStream(asked.app, shareOf(asked)), { type: 'release', ...asked, at: context.at }, context);
