/** Posts, and likes of them. */
import { z } from 'zod';
import { postStreamOf } from '../../../domain/feed/post-id.ts';
import { PINNED_POSTS_MAX } from '../../../domain/feed/pinned-posts.ts';
import { REACTION_KINDS } from '../../../domain/feed/reaction-kinds.ts';
import { bookmarkStream, pinnedPostsStream, reactionStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { postId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { newPost, postOf, postText, PUBLISHING_REFUSALS } from './new-post.ts';

const params = z.strictObject({ post: postId });
const stream = postStreamOf(EXAMPLE.post);
const likeStream = reactionStream(EXAMPLE.post, EXAMPLE.bob);

export function postRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const writing = { callers: ['person'], tag: 'Posts', limits: [{ limit: limits.posts, by: 'caller' }] } as const;
  const ofPerson = { callers: ['person'], tag: 'Posts', limits: [{ limit: limits.commands, by: 'caller' }], params } as const;
  return [
    command(dependencies, {
      ...writing,
      method: 'post',
      path: '/v1/me/feed',
      operationId: 'publishPost',
      summary: 'Publish a post',
      description: 'Publishes a post to your friends and followers, a reply to a post that you can see, or one that quotes such a post.',
      example: { body: { text: 'Hello, world' }, result: { id: EXAMPLE.post }, stream },
      body: newPost,
      refusals: PUBLISHING_REFUSALS,
      resultFields: { id: postId },
      execute: ({ caller: { person: author }, body }, context) => commands.publishPost({ author, ...postOf(body) }, context),
    }),

    command(dependencies, {
      ...writing,
      method: 'patch',
      path: '/v1/posts/:post',
      operationId: 'editPost',
      summary: 'Edit a post',
      description: 'Changes the text of a post of yours.',
      example: { body: { text: 'Hello, whole world' }, stream, revision: 1 },
      params,
      body: z.strictObject({ text: postText }),
      refusals: [
        'post-unknown',
        'post-deleted',
        'post-hidden',
        'post-is-share',
        'not-the-author',
        'post-empty',
        'post-too-long',
        'text-malformed',
        'content-refused',
        'content-unchecked',
      ],
      execute: ({ caller: { person: author }, params: { post: id }, body }, context) => commands.editPost({ author, post: id, text: body.text }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post',
      operationId: 'deletePost',
      summary: 'Delete a post',
      description: 'Deletes a post of yours. Its replies stay.',
      example: { stream, revision: 2 },
      refusals: ['post-unknown', 'not-the-author'],
      execute: ({ caller: { person: author }, params: { post: id } }, context) => commands.deletePost({ author, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/posts/:post/like',
      operationId: 'likePost',
      summary: 'Like a post',
      description: 'Adds your like to a post that you can see.',
      example: { stream: likeStream },
      refusals: ['post-unknown', 'post-is-share'],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.likePost({ person, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post/like',
      operationId: 'unlikePost',
      summary: 'Unlike a post',
      description: 'Removes your like from a post, also from one that you can’t see any more.',
      example: { stream: likeStream, revision: 1 },
      refusals: ['post-unknown'],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.unlikePost({ person, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/posts/:post/reaction',
      operationId: 'reactToPost',
      summary: 'React to a post',
      description: 'Reacts to a post that you can see, in place of what your reaction to it was. One of the kinds is a like, as by the route of likes.',
      example: { body: { kind: 'love' }, stream: likeStream },
      body: z.strictObject({ kind: z.enum(REACTION_KINDS).meta({ description: 'How you react to it.' }) }),
      refusals: ['post-unknown', 'post-is-share'],
      execute: ({ caller: { person }, params: { post: id }, body: { kind } }, context) => commands.reactToPost({ person, post: id, kind }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post/reaction',
      operationId: 'takeReactionBack',
      summary: 'Take a reaction back',
      description: 'Takes back your reaction to a post, of whichever kind, a like among them.',
      example: { stream: likeStream, revision: 1 },
      refusals: ['post-unknown'],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.takeReactionBack({ person, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/posts/:post/bookmark',
      operationId: 'bookmarkPost',
      summary: 'Bookmark a post',
      description: 'Puts a post that you can see among your bookmarks, of which nobody else learns.',
      example: { stream: bookmarkStream(EXAMPLE.post, EXAMPLE.ada) },
      refusals: ['post-unknown'],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.bookmarkPost({ person, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post/bookmark',
      operationId: 'removeBookmark',
      summary: 'Remove a bookmark',
      description: 'Takes a post from your bookmarks, also one that you can’t see any more.',
      example: { stream: bookmarkStream(EXAMPLE.post, EXAMPLE.ada), revision: 1 },
      refusals: [],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.removeBookmark({ person, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'put',
      path: '/v1/posts/:post/pin',
      operationId: 'pinPost',
      summary: 'Pin a post to your profile',
      description: `Shows a post of yours first on your profile, before those that you pinned earlier; at most ${PINNED_POSTS_MAX}, and each to those who may read it.`,
      example: { stream: pinnedPostsStream(EXAMPLE.ada) },
      refusals: ['post-unknown', 'not-the-author', 'post-is-share', 'pinned-posts-full'],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.pinPost({ person, post: id }, context),
    }),

    command(dependencies, {
      ...ofPerson,
      method: 'delete',
      path: '/v1/posts/:post/pin',
      operationId: 'unpinPost',
      summary: 'Unpin a post from your profile',
      description: 'Takes a post from those that your profile shows first. The post stays.',
      example: { stream: pinnedPostsStream(EXAMPLE.ada), revision: 1 },
      refusals: [],
      execute: ({ caller: { person }, params: { post: id } }, context) => commands.unpinPost({ person, post: id }, context),
    }),
  ];
}
