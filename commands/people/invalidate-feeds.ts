/**
 * A reader who begins to see somebody's posts finds the older ones in their feed too. So the command drops the reader's warm feed: a
 * query with the position of this command must not get the feed as it was. A reactor drops it once more when the views have caught
 * up (`workers/feed/invalidate-feeds.ts`), so that a feed that was built in between, or was not dropped here, is right a moment later.
 */
import type { PersonId } from '../../domain/shared/ids.ts';
import type { CommandsDependencies } from '../handling/dependencies.ts';
import type { CommandResult } from '../handling/results.ts';

export async function invalidateFeedsOf(
  readers: readonly PersonId[],
  { feedCache }: Pick<CommandsDependencies, 'feedCache'>,
  handled: CommandResult,
): Promise<CommandResult> {
  if (handled.outcome === 'appended') await feedCache.invalidate(readers).catch(() => undefined);
  return handled;
}
