/**
 * Who has somebody new to read finds in the feed what they wrote before: whoever asks for the feed by the position of this very
 * command must not be shown it as it was. A reactor drops it once more when the views know (`workers/feed/drop-feeds.ts`), so that
 * one which was built in between, or was not dropped here, is right a moment later.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { CommandDependencies } from '../dependencies.ts';
import type { CommandResult } from '../handling/results.ts';

export async function dropFeedsOf(
  readers: readonly PersonId[],
  { feedCache }: Pick<CommandDependencies, 'feedCache'>,
  handled: CommandResult,
): Promise<CommandResult> {
  if (handled.outcome === 'appended') await feedCache.invalidate(readers).catch(() => undefined);
  return handled;
}
