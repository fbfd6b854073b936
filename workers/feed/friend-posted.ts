/**
 * 'A friend has posted' is told only to those who asked for it. Like the fan-out it goes through the friends in ranges, in jobs of
 * its own so that no feed waits for it. A range is made of whole buckets, and each bucket in which somebody wants to know becomes one
 * notification. A bucket is all whose ids begin with the same character: which it is doesn't depend on who else is a friend by then,
 * so that a range that is done again after friends came or went tells nobody twice and leaves nobody out.
 */
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { Commands } from '../../commands/commands.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import { RECIPIENTS_MAX } from '../../domain/notifications/notification.ts';
import { FRIENDS_MAX } from '../../domain/people/relationships.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import { relationshipId } from '../../projections/read-models/relationships.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/query/tidings-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { contextForKey } from '../jobs/command-contexts.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/progress.ts';
import type { Sweep } from '../jobs/sweeper.ts';

export const FRIEND_POSTED_QUEUE = 'friend-posted';
export const FRIEND_POSTED_CONCURRENCY = 2;
/** And the rest of the bucket that the last of these is in: ids are hashes in hexadecimal digits, so of the most friends about 300. */
const FRIENDS_IN_RANGE_MAX = 500;
/** The category that people opt in to; nobody is told of posts who did not. */
export const FRIEND_POSTED = 'friend-posted';
const STALLED_MS = 20_000;
const SWEPT_MAX = 1_000;

/** Id: the post. As a fan-out's document, but that those come next whose ids are behind `next`: the end of a bucket, or of old a friend. */
export type FriendPost = { readonly post: PostId; readonly author: PersonId; readonly next: string | null; readonly movedAt: Instant };

type Published = Extract<PostEvent, { type: 'feed.post-published.v1' }>;

export const friendPosted = (dependencies: AddJobsDependencies): TidingsReactor<Published> => ({
  kind: 'reactor',
  name: 'friend-posted',
  version: 1,
  handles: ['feed.post-published.v1'],
  after: ['friends', 'relationships', 'preferences', 'profile'],
  // Where this is new to an old log, nobody is told of posts of years ago.
  startFrom: 'now',
  indexes: { 'friend-posts': [{ fields: ['movedAt'] }] },
  openWork: (event, { 'friend-posts': friendPosts }) => {
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
  readonly views: TidingsViews;
  readonly commands: Pick<Commands, 'requestNotification'>;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'advance' | 'finish'>;
  readonly clock: () => Instant;
};

/** One range of friends. */
export const notifyFriends =
  (dependencies: RangeDependencies, { friendsMax = FRIENDS_IN_RANGE_MAX }: { readonly friendsMax?: number } = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { views, progress, clock } = dependencies;
    const post = data['post'] as PostId;
    const author = data['author'] as PersonId;
    const after = data['next'] as string | null;
    const { friends, next } = await friendsAfter(views, { author, after, friendsMax });
    const recipients = await interestedAmong(views, author, friends);
    if (recipients.length > 0) await tell(dependencies, { post, author, recipients });
    if (next === null) return progress.finish('friend-posts', post);
    await addJobs(dependencies, FRIEND_POSTED_QUEUE, [jobOf({ post, author, next })]);
    progress.advance('friend-posts', post, { next, movedAt: clock() });
  };

type Friends = { readonly friends: readonly PersonId[]; readonly next: string | null };

/** So many, and who else is in the bucket of the last. */
async function friendsAfter(
  views: Pick<TidingsViews, 'pluck'>,
  { author, after, friendsMax }: { readonly author: PersonId; readonly after: string | null; readonly friendsMax: number },
): Promise<Friends> {
  const inOrder = { where: { person: author }, order: { friend: 1 } } as const;
  const friends = await views.pluck('friends', 'friend', { ...inOrder, range: { field: 'friend', after: after ?? '' }, limit: friendsMax });
  const last = friends.at(-1);
  if (last === undefined || friends.length < friendsMax) return { friends, next: null };
  const next = endOf(bucketOf(last));
  const rest = await views.pluck('friends', 'friend', { ...inOrder, range: { field: 'friend', after: last, before: next }, limit: FRIENDS_MAX });
  return { friends: [...friends, ...rest], next };
}

const bucketOf = (friend: PersonId, characters = 1): string => friend.slice(0, characters);

/** Behind every id of this bucket of one character, and before every id of the next. */
const endOf = (bucket: string): string => String.fromCharCode(bucket.charCodeAt(0) + 1);

/** Who asked for it and neither mutes nor blocks the author, nor is blocked. The views decide whom to think of; planning asks the log. */
async function interestedAmong(views: Pick<TidingsViews, 'getMany'>, author: PersonId, friends: readonly PersonId[]): Promise<readonly PersonId[]> {
  const preferences = await views.getMany('preferences', friends);
  const asked = friends.filter((_, i) => preferences[i]?.choices.some(({ category, wanted }) => category === FRIEND_POSTED && wanted) === true);
  const hidden = await views.getMany(
    'relationships',
    asked.flatMap((friend) => [
      relationshipId({ from: friend, kind: 'mute', to: author }),
      relationshipId({ from: friend, kind: 'block', to: author }),
      relationshipId({ from: author, kind: 'block', to: friend }),
    ]),
  );
  return asked.filter((_, i) => hidden.slice(3 * i, 3 * i + 3).every((edge) => edge === undefined));
}

type Telling = { readonly post: PostId; readonly author: PersonId; readonly recipients: readonly PersonId[] };

async function tell(dependencies: RangeDependencies, { post, author, recipients }: Telling): Promise<void> {
  const name = (await dependencies.views.get('profiles', author))?.name;
  if (name === undefined || name === null) return; // erased meanwhile
  await Promise.all(inBuckets(recipients).map(([bucket, its]) => tellBucket(dependencies, { post, author, name, bucket, recipients: its })));
}

/** A bucket of more than one request takes, which hashes don't make but somebody may have sought, is told in buckets of longer beginnings. */
function inBuckets(people: readonly PersonId[], characters = 1): readonly (readonly [string, readonly PersonId[]])[] {
  const buckets = [...Map.groupBy(people, (person) => bucketOf(person, characters))];
  return buckets.flatMap(([bucket, its]) => (its.length <= RECIPIENTS_MAX ? [[bucket, its] as const] : inBuckets(its, characters + 1)));
}

/** Under a key of post and bucket: who opted in or became a friend since a first try is not told, and nobody is told twice. */
async function tellBucket(
  { commands, contextFor, clock }: RangeDependencies,
  { post, author, name, bucket, recipients }: Telling & { readonly name: string; readonly bucket: string },
): Promise<void> {
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
    contextForKey(`${post}\n${bucket}`, { contextFor, worker: 'friend-posted', type: 'request-notification', body: { post, bucket }, at: clock() }),
  );
}

export const sweepFriendPosts = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'friend-posts',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const stalled = await dependencies.openWork.longestWaiting<FriendPost>('friend-posts', {
      field: 'movedAt',
      until: plus(dependencies.clock(), -STALLED_MS),
      limit: SWEPT_MAX,
    });
    await addJobs(dependencies, FRIEND_POSTED_QUEUE, stalled.map(jobOf));
    return stalled.length;
  },
});

const jobOf = ({ post, author, next }: Pick<FriendPost, 'post' | 'author' | 'next'>): Job => ({ id: `${post}:${next ?? ''}`, data: { post, author, next } });
