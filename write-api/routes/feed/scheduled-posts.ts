/** Posts that are to be published later. */
import { z } from 'zod';
import { PUBLISH_AHEAD_MAX_DAYS } from '../../../domain/feed/scheduled/scheduled-post.ts';
import { scheduledPostStream } from '../../../domain/shared/streams.ts';
import { EXAMPLE } from '../../../edge/examples.ts';
import { instantWithOffset, scheduledPostId } from '../../../edge/fields.ts';
import type { Route } from '../../../edge/http/routes.ts';
import { command } from '../../command.ts';
import type { WriteDependencies } from '../../dependencies.ts';
import { newPost, postOf, PUBLISHING_REFUSALS } from './new-post.ts';

const body = newPost.extend({
  publishAt: instantWithOffset.meta({
    description: `When it is to be published: a time to come, at most ${PUBLISH_AHEAD_MAX_DAYS} days ahead, in UTC or with an offset.`,
    examples: [EXAMPLE.at],
  }),
});
const params = z.strictObject({ scheduled: scheduledPostId });
const stream = scheduledPostStream(EXAMPLE.scheduledPost);

export function scheduledPostRoutes(dependencies: WriteDependencies): readonly Route[] {
  const { commands, limits } = dependencies;
  const writing = { callers: ['person'], tag: 'Posts', limits: [{ limit: limits.posts, by: 'caller' }] } as const;
  return [
    command(dependencies, {
      ...writing,
      method: 'post',
      path: '/v1/me/scheduled-posts',
      operationId: 'schedulePost',
      summary: 'Schedule a post',
      description:
        'Publishes a post at a time to come. What would be refused now is refused at once; what others change until then, such as a post that you reply to, is looked at again when it is published.',
      example: { body: { text: 'Happy new year', publishAt: EXAMPLE.at }, result: { id: EXAMPLE.scheduledPost }, stream },
      body,
      refusals: [...PUBLISHING_REFUSALS, 'publish-at-out-of-range'],
      resultFields: { id: scheduledPostId },
      execute: ({ caller: { person: author }, body: { publishAt, ...post } }, context) =>
        commands.schedulePost({ author, ...postOf(post), publishAt }, context),
    }),

    command(dependencies, {
      ...writing,
      method: 'put',
      path: '/v1/me/scheduled-posts/:scheduled',
      operationId: 'changeScheduledPost',
      summary: 'Change a scheduled post',
      description: 'Replaces all of a post that waits to be published, its time included.',
      example: { body: { text: 'Happy new year, all', publishAt: EXAMPLE.at }, stream, revision: 1 },
      params,
      body,
      refusals: [...PUBLISHING_REFUSALS, 'publish-at-out-of-range', 'scheduled-post-unknown', 'scheduled-post-begun'],
      execute: ({ caller: { person: author }, params: { scheduled }, body: { publishAt, ...post } }, context) =>
        commands.changeScheduledPost({ scheduled, author, ...postOf(post), publishAt }, context),
    }),

    command(dependencies, {
      callers: ['person'],
      tag: 'Posts',
      limits: [{ limit: limits.commands, by: 'caller' }],
      method: 'delete',
      path: '/v1/me/scheduled-posts/:scheduled',
      operationId: 'cancelScheduledPost',
      summary: 'Cancel a scheduled post',
      description: 'Takes a post away that waits to be published, or that could not be.',
      example: { stream, revision: 1 },
      params,
      refusals: ['scheduled-post-unknown', 'scheduled-post-begun'],
      execute: ({ caller: { person: author }, params: { scheduled } }, context) => commands.cancelScheduledPost({ scheduled, author }, context),
    }),
  ];
}
