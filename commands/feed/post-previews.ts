/** Records what the first link of a post leads to. */
import { post } from '../../domain/feed/post.ts';
import { postStreamOf } from '../../domain/feed/post-id.ts';
import type { LinkPreview } from '../../domain/media/link-preview.ts';
import type { PostId } from '../../domain/shared/ids.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { CommandHandling } from '../handling/handle.ts';

/** Given by a worker. `of`: the revision of the event whose text has the link. */
export const addPostPreview =
  ({ handle }: CommandHandling) =>
  ({ post: id, of, preview }: { readonly post: PostId; readonly of: number; readonly preview: LinkPreview }, context: CommandContext) =>
    handle(post, postStreamOf(id), { type: 'preview', post: id, of, preview }, context);
