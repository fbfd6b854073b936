/**
 * 'A friend has posted' is told only to those who asked for it. Like the fan-out it goes through the friends in ranges, in jobs of
 * its own so that no feed waits for it, and each range in which somebody wants to know becomes one notification.
 */
import type { CommandContext, ContextFor } from '../../commands/context.ts';
import type { Commands } from '../../commands/commands.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { connectionId } from '../../projections/connections.ts';
import type { Reactor } from '../../projections/projection.ts';
import type { ActiveViews } from '../../projections/read-views.ts';
import { addJobs, type AddJobsDependencies } from '../add-jobs.ts';
import { under } from '../as-system.ts';
import type { BegunWork } from '../begun-work.ts';
import type { Progress } from '../progress.ts';
import type { Sweep } from '../sweeper.ts';

export const FRIEND_POSTED_QUEUE = 'friend-posted';
export const FRIEND_POSTED_CONCURRENCY = 2;
const FRIENDS_IN_RANGE_MAX = 500;
/** The category that people opt in to; nobody is told of posts who did not. */
export const FRIEND_POSTED = 'friend-posted';
const STALLED_MS = 20_000;
const SWEPT_MAX = 1_000;

/** Id: the post. As a fan-out's document. */
export type FriendPost = { readonly post: PostId; readonly author: PersonId; readonly next: PersonId | null; readonly movedAt: Instant };

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

export const friendPosted = (dependencies: AddJobsDependencies): Reactor<Published> => ({
  kind: 'reactor',
  name: 'friend-posted',
  version: 1,
  handles: ['feed.post-published.v1'],
  after: ['friends', 'connections', 'preferences', 'profile'],
  // Where this is new to an old log, nobody is told of posts of years ago.
  since: 'now',
  indexes: { 'friend-posts': [{ fields: ['movedAt'] }] },
  begin: (event, { 'friend-posts': friendPosts }) => {
    const { post, author } = event.data;
    if (isNews(event)) friendPosts?.update(post, event, () => ({ post, author, next: null, movedAt: event.metadata.at }));
  },
  react: async (event) => {
    const { post, author } = event.data;
    if (isNews(event)) await addJobs(dependencies, FRIEND_POSTED_QUEUE, [jobOf({ post, author, next: null })]);
  },
});

/** A reply is a turn in a conversation. */
const isNews = ({ data }: Published) => data.replyTo === undefined;

type RangeDependencies = AddJobsDependencies & {
  readonly views: ActiveViews;
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly progress: Progress;
  readonly clock: () => Instant;
};

/** One range of friends. */
export const tellFriends =
  (dependencies: RangeDependencies) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, progress, clock } = dependencies;
    const post = data['post'] as PostId;
    const author = data['author'] as PersonId;
    const after = data['next'] as PersonId | null;
    const friends = await views.find('friends', {
      where: { person: author },
      range: { field: 'friend', after: after ?? '' },
      order: { friend: 1 },
      limit: FRIENDS_IN_RANGE_MAX,
    });
    const recipients = await whoWantsToKnow(
      views,
      author,
      friends.map(({ friend }) => friend),
    );
    if (recipients.length > 0) await tell(dependencies, { post, author, after, recipients });
    const next = friends.length < FRIENDS_IN_RANGE_MAX ? null : (friends.at(-1)?.friend ?? null);
    if (next === null) return progress.finished('friend-posts', post);
    await addJobs(dependencies, FRIEND_POSTED_QUEUE, [jobOf({ post, author, next })]);
    progress.moved('friend-posts', post, { next, movedAt: clock() });
  };

/** Who asked for it and neither mutes nor blocks the author, nor is blocked. The views decide whom to think of; planning asks the log. */
async function whoWantsToKnow(views: Pick<ActiveViews, 'getMany'>, author: PersonId, friends: readonly PersonId[]): Promise<readonly PersonId[]> {
  const preferences = await views.getMany('preferences', friends);
  const asked = friends.filter((_, i) => preferences[i]?.choices.some(({ category, wanted }) => category === FRIEND_POSTED && wanted) === true);
  const hidden = await views.getMany(
    'connections',
    asked.flatMap((friend) => [
      connectionId({ from: friend, kind: 'mute', to: author }),
      connectionId({ from: friend, kind: 'block', to: author }),
      connectionId({ from: author, kind: 'block', to: friend }),
    ]),
  );
  return asked.filter((_, i) => hidden.slice(3 * i, 3 * i + 3).every((edge) => edge === undefined));
}

type Telling = { readonly post: PostId; readonly author: PersonId; readonly after: PersonId | null; readonly recipients: readonly PersonId[] };

/** Under a key of post and range: who opted in since a first try is not told, and nobody is told twice. */
async function tell({ views, commands, contextFor, clock }: RangeDependencies, { post, author, after, recipients }: Telling): Promise<void> {
  const name = (await views.get('profiles', author))?.name;
  if (name === undefined || name === null) return; // erased meanwhile
  const range = { post, after };
  const context: CommandContext = under(`${post}\n${after ?? ''}`, {
    contextFor,
    part: 'friend-posted',
    type: 'request-notification',
    body: range,
    at: clock(),
  });
  await commands.requestNotification(
    // The post itself is not repeated here: whoever opens the notification reads what it says by then.
    {
      source: { kind: 'feed', post },
      recipients,
      author,
      category: FRIEND_POSTED,
      channels: ['push'],
      priority: 'low',
      content: { title: name, body: 'has a new post' },
    },
    context,
  );
}

export const sweepFriendPosts = (dependencies: AddJobsDependencies & { readonly begun: BegunWork; readonly clock: () => Instant }): Sweep => ({
  name: 'friend-posts',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const stalled = await dependencies.begun.since<FriendPost>('friend-posts', {
      field: 'movedAt',
      until: plus(dependencies.clock(), -STALLED_MS),
      limit: SWEPT_MAX,
    });
    await addJobs(dependencies, FRIEND_POSTED_QUEUE, stalled.map(jobOf));
    return stalled.length;
  },
});

const jobOf = ({ post, author, next }: Pick<FriendPost, 'post' | 'author' | 'next'>): Job => ({ id: `${post}:${next ?? ''}`, data: { post, author, next } });
