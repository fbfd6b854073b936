/**
 * Notifies an author's friends of a new post, those who have opted in. Like the fan-out it goes through the friends in ranges, in
 * jobs of its own so that no feed waits for it. A range consists of whole buckets, and each bucket with recipients becomes one
 * notification. A bucket is all friends whose ids begin with the same character: it doesn't depend on who else is a friend by then,
 * so a range that is done again after friends came or went notifies no friend twice and leaves none out.
 */
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { Commands } from '../../commands/commands.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import { FRIEND_POSTED_CATEGORY } from '../../domain/notifications/categories/our-categories.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import { friendsAfter, inBuckets, optedInAmong } from './friends-to-notify.ts';

export const FRIEND_POSTED_QUEUE = 'friend-posted';
export const FRIEND_POSTED_CONCURRENCY = 2;
/** A range also has the rest of its last friend's bucket: ids are hashes in hexadecimal digits, so about 300 more for a person with the most friends. */
const FRIENDS_IN_RANGE_MAX = 500;
const STALLED_MS = 20_000;
const SWEPT_MAX = 1_000;

/** Id: the post. The next range begins behind `next`: the end of a bucket, or a friend's id in documents of older versions. */
export type OpenFriendPost = { readonly post: PostId; readonly author: PersonId; readonly next: string | null; readonly movedAt: Instant };

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

export const friendPosted = (dependencies: AddJobsDependencies): TidingsReactor<Published> => ({
  kind: 'reactor',
  name: 'friend-posted',
  version: 1,
  handles: ['feed.post-published.v1'],
  after: ['friends', 'relationships', 'preferences', 'profile'],
  // Where this reactor is new to an old log, no one is notified of posts of years ago.
  startFrom: 'now',
  indexes: { 'friend-posts': [{ fields: ['movedAt'] }] },
  openWork: (event, { 'friend-posts': friendPosts }) => {
    const { post, author } = event.data;
    if (isToldToFriends(event)) friendPosts?.update(post, event, () => ({ post, author, next: null, movedAt: event.metadata.at }));
  },
  react: async (event) => {
    const { post, author } = event.data;
    if (isToldToFriends(event)) await addJobs(dependencies, FRIEND_POSTED_QUEUE, [friendPostJob({ post, author, next: null })]);
  },
});

/** Friends are not notified of replies and shares, of what they may not read, and of nothing that was imported. */
const isToldToFriends = ({ data: { replyTo, shares, visibility, imported } }: Published) =>
  replyTo === undefined && shares === undefined && visibility !== 'self' && imported === undefined;

type RangeDependencies = AddJobsDependencies & {
  readonly views: TidingsViews;
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'advance' | 'finish'>;
  readonly clock: () => Instant;
};

/** The job of one range of friends. */
export const notifyFriends =
  (dependencies: RangeDependencies, { friendsMax = FRIENDS_IN_RANGE_MAX }: { readonly friendsMax?: number } = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, progress, clock } = dependencies;
    const post = data['post'] as PostId;
    const author = data['author'] as PersonId;
    const after = data['next'] as string | null;
    const { friends, next } = await friendsAfter(views, { author, after, friendsMax });
    const recipients = await optedInAmong(views, author, friends);
    if (recipients.length > 0) await notifyRecipients(dependencies, { post, author, recipients });
    if (next === null) return progress.finish('friend-posts', post);
    await addJobs(dependencies, FRIEND_POSTED_QUEUE, [friendPostJob({ post, author, next })]);
    progress.advance('friend-posts', post, { next, movedAt: clock() });
  };

type PostAndRecipients = { readonly post: PostId; readonly author: PersonId; readonly recipients: readonly PersonId[] };

async function notifyRecipients(dependencies: RangeDependencies, { post, author, recipients }: PostAndRecipients): Promise<void> {
  const name = (await dependencies.views.get('profiles', author))?.name;
  if (name === undefined || name === null) return; // erased meanwhile
  await Promise.all(inBuckets(recipients).map(([bucket, its]) => notifyBucket(dependencies, { post, author, bucket, recipients: its })));
}

/** Under a key of post and bucket: a friend who has opted in since a first try is not notified, and no friend is notified twice. */
async function notifyBucket(
  { commands, contextFor, clock }: RangeDependencies,
  { post, author, bucket, recipients }: PostAndRecipients & { readonly bucket: string },
): Promise<void> {
  await commands.requestNotification(
    // Nothing of the post is repeated here: it tells what is so when it is sent, and a client that opens it shows the text of that moment.
    {
      source: { kind: 'feed', post },
      recipients,
      author,
      category: FRIEND_POSTED_CATEGORY,
      channels: ['push', 'in-app'],
      priority: 'low',
    },
    contextForKey(`${post}\n${bucket}`, { contextFor, worker: 'friend-posted', type: 'request-notification', body: { post, bucket }, at: clock() }),
  );
}

export const sweepFriendPosts = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'friend-posts',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const stalled = await dependencies.openWork.longestWaiting<OpenFriendPost>('friend-posts', {
      field: 'movedAt',
      until: plus(dependencies.clock(), -STALLED_MS),
      limit: SWEPT_MAX,
    });
    await addJobs(dependencies, FRIEND_POSTED_QUEUE, stalled.map(friendPostJob));
    return stalled.length;
  },
});

const friendPostJob = ({ post, author, next }: Pick<OpenFriendPost, 'post' | 'author' | 'next'>): Job => ({
  id: `${post}:${next ?? ''}`,
  data: { post, author, next },
});
