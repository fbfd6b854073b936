/** A single post, as the reader may see it at this moment. */
import type { PersonId, PostId } from '../../../domain/shared/ids.ts';
import type { PostDependencies } from '../../feed/hydrate.ts';
import { showPosts } from '../../feed/pipeline.ts';
import type { PostView } from '../../feed/post-view.ts';
import { maySee } from '../../feed/rules.ts';

/** By the log behind the views. Undefined where there is none that the reader may see. */
export async function visiblePost(dependencies: PostDependencies, reader: PersonId, post: PostId): Promise<PostView | undefined> {
  return (await showPosts(dependencies, { reader, ids: [post], rule: maySee, relationsOf: 'log' }))[0];
}
