/** Posts, and liking them. */
import { z } from 'zod';
import { postId } from '../../edge/fields.ts';
import type { Route } from '../../edge/http/routes.ts';
import { command } from '../command.ts';
import type { WriteDependencies } from '../dependencies.ts';

const params = z.strictObject({ post: postId });
const post = z.string().meta({ description: 'At most 10,000 characters.' });

export function postRoutes({ commands, contextFor, limits }: WriteDependencies): readonly Route[] {
  const writing = { callers: ['person'], limits: [{ limit: limits.posts, by: 'caller' }] } as const;
  const ofPerson = { callers: ['person'], limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return [
    command(contextFor, {
      ...writing,
      method: 'post',
      path: '/v1/me/feed',
      operationId: 'publishPost',
      summary: 'Publish a post.',
      body: z.strictObject({ text: post, replyTo: postId.optional() }),
      refusals: ['post-empty', 'post-too-long', 'text-malformed', 'post-unknown', 'post-deleted', 'blocked'],
      more: { id: postId },
      act: ({ caller: { person: author }, body: { text, replyTo } }, context) =>
        commands.publishPost({ author, text, ...(replyTo === undefined ? {} : { replyTo }) }, context),
    }),

    command(contextFor, {
      ...writing,
      method: 'patch',
      path: '/v1/posts/:post',
      operationId: 'editPost',
      summary: 'Change the text of one’s post.',
      params,
      body: z.strictObject({ text: post }),
      refusals: ['post-unknown', 'post-deleted', 'not-the-author', 'post-empty', 'post-too-long', 'text-malformed'],
      act: ({ caller: { person: author }, params: { post: id }, body: { text } }, context) => commands.editPost({ author, post: id, text }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post',
      operationId: 'deletePost',
      summary: 'Delete one’s post.',
      refusals: ['post-unknown', 'not-the-author'],
      act: ({ caller: { person: author }, params: { post: id } }, context) => commands.deletePost({ author, post: id }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'put',
      path: '/v1/posts/:post/like',
      operationId: 'likePost',
      summary: 'Like a post.',
      refusals: ['post-unknown', 'post-deleted', 'blocked'],
      act: ({ caller: { person }, params: { post: id } }, context) => commands.likePost({ person, post: id }, context),
    }),

    command(contextFor, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post/like',
      operationId: 'unlikePost',
      summary: 'Take one’s like back.',
      refusals: ['post-unknown'],
      act: ({ caller: { person }, params: { post: id } }, context) => commands.unlikePost({ person, post: id }, context),
    }),
  ];
}
