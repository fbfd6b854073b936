/** Bookmarks posts, and takes bookmarks away. */
import { bookmark } from '../../domain/feed/bookmark.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { bookmarkStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import type { CommandHandling } from '../handling/handle.ts';
import { refused, type CommandResult } from '../handling/results.ts';
import { loadPost } from './post-target.ts';

type Bookmark = { readonly person: PersonId; readonly post: PostId };

export const bookmarkPost =
  (dependencies: Uses<'log' | 'codec'>) =>
  async ({ person, post }: Bookmark, context: CommandContext): Promise<CommandResult> => {
    const loaded = await loadPost(dependencies, post, person);
    if (loaded === undefined) return refused('post-unknown');
    const { target, readRevisions } = loaded;
    return dependencies.handle(bookmark, bookmarkStream(post, person), { type: 'bookmark', post, actor: person, target }, context, { readRevisions });
  };

export const removeBookmark =
  ({ handle }: CommandHandling) =>
  ({ person, post }: Bookmark, context: CommandContext): Promise<CommandResult> =>
    handle(bookmark, bookmarkStream(post, person), { type: 'remove', post, actor: person }, context);
