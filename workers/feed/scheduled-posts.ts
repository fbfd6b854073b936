/**
 * Publishes posts whose time has come. A post is begun first, from when on its author can't change it any more; it is published under a
 * key made of its id, so that whoever does it twice publishes one post; and it is ended. Whatever stops in between is found again.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { PostDraft, ScheduledPostEvent } from '../../domain/feed/scheduled/events.ts';
import { scheduledPost } from '../../domain/feed/scheduled/scheduled-post.ts';
import { isErased, type Recorded } from '../../domain/shared/event.ts';
import type { PersonId, ScheduledPostId } from '../../domain/shared/ids.ts';
import { SECOND_MS, type Instant } from '../../domain/shared/instant.ts';
import { REFUSALS } from '../../domain/shared/refusals.ts';
import { scheduledPostStream } from '../../domain/shared/streams.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { DomainReader } from '../dependencies.ts';
import { contextForKey, freshContext } from '../jobs/command-contexts.ts';
import { withEach, type Sweep } from '../jobs/sweeper.ts';

/** A post is published so much later than its time at most, where nothing is in the way. */
const EVERY_MS = 10 * SECOND_MS;
const SWEPT_MAX = 200;
const WORKER = 'scheduled-posts';

type Dependencies = {
  readonly reader: Pick<DomainReader, 'log' | 'codec' | 'loadState'>;
  readonly views: Pick<TidingsViews, 'find'>;
  readonly commands: Pick<Commands, 'beginScheduledPost' | 'publishPost' | 'endScheduledPost'>;
  readonly contextFor: ContextFor;
  readonly clock: () => Instant;
};

export const sweepScheduledPosts = (dependencies: Dependencies): Sweep => ({
  name: 'scheduled-posts',
  everyMs: EVERY_MS,
  sweep: async () => {
    const { views, clock } = dependencies;
    const due = await views.find('scheduled-posts', { range: { field: 'dueAt', until: clock() }, order: { dueAt: 1 }, limit: SWEPT_MAX });
    await withEach(due, ({ scheduled }) => publish(dependencies, scheduled));
    return due.length;
  },
});

async function publish(dependencies: Dependencies, scheduled: ScheduledPostId): Promise<void> {
  const { reader, commands, contextFor, clock } = dependencies;
  const giving = (type: string, body: unknown) => ({ contextFor, worker: WORKER, type, body, at: clock() });
  await commands.beginScheduledPost({ scheduled }, freshContext(giving('begin-scheduled-post', { scheduled })));
  const { state } = await reader.loadState(scheduledPost, scheduledPostStream(scheduled));
  if (state.status !== 'begun') return; // it was changed or cancelled, or another has ended it, which the view doesn't know yet
  const draft = await draftOf(reader, scheduled);
  const became = draft === undefined ? ({ refusal: 'person-erased' } as const) : await publishOnce(draft);
  if (became === 'later') return;
  await commands.endScheduledPost({ scheduled, became }, freshContext(giving('end-scheduled-post', { scheduled, became })));

  async function publishOnce({ author, ...of }: PostDraft & { readonly author: PersonId }) {
    const { id, handled } = await commands.publishPost({ author, ...of }, contextForKey(scheduled, giving('publish-scheduled-post', { scheduled })));
    if (handled.outcome !== 'refused') return { post: id };
    const { code } = handled.refusal;
    // The cause is on our side, as where nobody could say whether it may be published: it is asked for again.
    return REFUSALS[code].kind === 'unavailable' ? 'later' : { refusal: code };
  }
}

/** As it was when it was begun; undefined where its author was erased. */
async function draftOf(
  { log, codec }: Pick<DomainReader, 'log' | 'codec'>,
  scheduled: ScheduledPostId,
): Promise<(PostDraft & { readonly author: PersonId }) | undefined> {
  let last: Extract<ScheduledPostEvent, { type: 'feed.post-scheduled.v1' | 'feed.scheduled-post-changed.v1' }> | undefined;
  for await (const stored of log.readStream(scheduledPostStream(scheduled))) {
    const event = (await codec.decode(stored)) as Recorded<ScheduledPostEvent>;
    if (event.type === 'feed.post-scheduled.v1' || event.type === 'feed.scheduled-post-changed.v1') last = event;
  }
  return last === undefined || isErased(last.data.draft) ? undefined : { author: last.data.author, ...last.data.draft };
}
