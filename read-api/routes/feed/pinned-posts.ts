/** The posts that a person shows first on their profile. */
import { z } from 'zod';
import { PINNED_POSTS_MAX } from '../../../domain/feed/pinned-posts.ts';
import { personId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { isAcrossBlock, isUnknownTo } from '../../across-blocks.ts';
import type { ReadDependencies } from '../../dependencies.ts';
import { showPosts } from '../../feed/pipeline.ts';
import { EXAMPLE_POST, postSchema } from '../../feed/post-view.ts';
import { maySee } from '../../feed/rules.ts';
import { query, refused } from '../../query.ts';
import { READ_FOR_POSTS } from './posts.ts';

export function pinnedPostRoutes(dependencies: ReadDependencies): readonly Route[] {
  const { views, logFacts } = dependencies;
  return [
    query(dependencies, {
      callers: ['person'],
      tag: 'Posts',
      reads: [...READ_FOR_POSTS, 'pinned-posts'],
      path: '/v1/people/:person/pinned-posts',
      operationId: 'getPinnedPosts',
      revalidates: true,
      summary: 'List the posts that a person has pinned',
      description: `Returns the posts that a person shows first on their profile, the newest pin first, at most ${PINNED_POSTS_MAX}; those of them that you may see. A person who blocks you is unknown to you; of one whom you block you see none.`,
      example: { posts: [EXAMPLE_POST] },
      params: z.strictObject({ person: personId }),
      response: z.object({ posts: z.array(postSchema) }),
      refusals: ['person-unknown'],
      handle: async ({ caller: { person: reader }, params: { person } }) => {
        const pair = { reader, person };
        if ((await views.get('profiles', person)) === undefined || (await isUnknownTo(logFacts, pair))) return refused('person-unknown');
        const pinned = (await isAcrossBlock(logFacts, pair)) ? undefined : await views.get('pinned-posts', person);
        return { posts: pinned === undefined ? [] : await showPosts(dependencies, { reader, ids: pinned.posts, rule: maySee, relationsOf: 'log' }) };
      },
    }),
  ];
}
