/** Posts that are to be published later. What they refer to is looked at twice: when they are scheduled, and when they are published. */
import { post } from '../../domain/feed/post.ts';
import type { PostDraft } from '../../domain/feed/scheduled/events.ts';
import { scheduledPost } from '../../domain/feed/scheduled/scheduled-post.ts';
import type { Refusal } from '../../domain/shared/decider.ts';
import type { PersonId, PostId, ScheduledPostId } from '../../domain/shared/ids.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import { scheduledPostStream } from '../../domain/shared/streams.ts';
import type { CommandContext } from '../handling/command-context.ts';
import type { Uses } from '../handling/dependencies.ts';
import { createdIdOf, postIdOf } from '../handling/deterministic-ids.ts';
import type { CommandHandling } from '../handling/handle.ts';
import type { CommandResult, CreateResult } from '../handling/results.ts';
import { preparePost, type PublishPost } from './posts.ts';

export type SchedulePost = PublishPost & { readonly publishAt: Instant };
type OfScheduled = { readonly scheduled: ScheduledPostId };

export const schedulePost =
  (dependencies: Uses<'log' | 'codec' | 'logins'>) =>
  async ({ author, publishAt, ...draft }: SchedulePost, context: CommandContext): Promise<CreateResult<ScheduledPostId>> => {
    const id = createdIdOf<ScheduledPostId>(context.command, 'scheduled-post');
    const fault = await faultOf(dependencies, { author, ...draft }, context);
    const command = { type: 'schedule', scheduled: id, author, draft, publishAt, ...(fault && { fault }), at: context.at } as const;
    return { id, handled: await dependencies.handle(scheduledPost, scheduledPostStream(id), command, context) };
  };

/** All of it is said anew. */
export const changeScheduledPost =
  (dependencies: Uses<'log' | 'codec' | 'logins'>) =>
  async ({ scheduled, author, publishAt, ...draft }: SchedulePost & OfScheduled, context: CommandContext): Promise<CommandResult> => {
    const fault = await faultOf(dependencies, { author, ...draft }, context);
    const command = { type: 'change', scheduled, author, draft, publishAt, ...(fault && { fault }), at: context.at } as const;
    return dependencies.handle(scheduledPost, scheduledPostStream(scheduled), command, context);
  };

export const cancelScheduledPost =
  ({ handle }: CommandHandling) =>
  ({ scheduled, author }: OfScheduled & { readonly author: PersonId }, context: CommandContext): Promise<CommandResult> =>
    handle(scheduledPost, scheduledPostStream(scheduled), { type: 'cancel', scheduled, author }, context);

/** Given by a worker, as the next. */
export const beginScheduledPost =
  ({ handle }: CommandHandling) =>
  ({ scheduled }: OfScheduled, context: CommandContext): Promise<CommandResult> =>
    handle(scheduledPost, scheduledPostStream(scheduled), { type: 'begin', scheduled, at: context.at }, context);

export const endScheduledPost =
  ({ handle }: CommandHandling) =>
  (
    { scheduled, became }: OfScheduled & { readonly became: { readonly post: PostId } | { readonly refusal: RefusalCode } },
    context: CommandContext,
  ): Promise<CommandResult> =>
    handle(scheduledPost, scheduledPostStream(scheduled), { type: 'end', scheduled, became }, context);

/** Why the post would be refused if it were published now. */
async function faultOf(
  dependencies: Uses<'log' | 'codec' | 'logins'>,
  draft: PostDraft & { readonly author: PersonId },
  context: CommandContext,
): Promise<Refusal | undefined> {
  const prepared = await preparePost(dependencies, draft, { id: postIdOf(context.command, context.at), context });
  if (prepared === 'unknown') return { code: 'post-unknown' };
  const decision = post.decide(post.initialState, prepared.command);
  return decision.outcome === 'refused' ? decision.refusal : undefined;
}
