/** Shares of posts. */
import { z } from 'zod';
import { postStreamOf } from '../../../domain/feed/post-id.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';

const stream = postStreamOf(EXAMPLE.reply);

export function shareRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const ofPost = { path: '/v1/posts/:post/share', callers: ['person'], tag: 'Posts', params: z.strictObject({ post: postId }) } as const;
  return [
    command(dependencies, {
      ...ofPost,
      method: 'put',
      limits: [{ limit: limits.posts, by: 'caller' }],
      operationId: 'sharePost',
      summary: 'Share a post',
      description: 'Passes a public post on to your friends and followers, once. The answer has the id of the post that the share is.',
      example: { result: { id: EXAMPLE.reply }, stream },
      refusals: ['post-unknown', 'post-is-share', 'post-not-public'],
      resultFields: { id: postId },
      execute: ({ caller: { person }, params: { post } }, context) => commands.sharePost({ person, post }, context),
    }),

    command(dependencies, {
      ...ofPost,
      method: 'delete',
      limits: [{ limit: limits.commands, by: 'caller' }],
      operationId: 'unsharePost',
      summary: 'Take a share back',
      description: 'Deletes your share of a post, also of one that you can’t see any more. You can share the post again.',
      example: { stream, revision: 1 },
      refusals: ['post-unknown'],
      execute: ({ caller: { person }, params: { post } }, context) => commands.unsharePost({ person, post }, context),
    }),
  ];
}
