/**
 * Takes back what an erased person did beside others: follows, likes and other reactions, bookmarks, pins and posts, replies among them; leaves the person's groups and
 * refuses their invitations, which take places. So every number counts what one would find. A person may have done very much of it, so the event only opens the work; each job takes back one range and adds the
 * job for the next. How far it has come is a document that the sweeper sees.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { CommandResult } from '../../commands/handling/results.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import type { ChannelId, MediaId, PersonId, PostId } from '../../domain/shared/ids.ts';
import { MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import type { RefusalCode } from '../../domain/shared/refusals.ts';
import type { Job } from '../../ports/job-queue/port.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { addJobs, type AddJobsDependencies } from '../jobs/add-jobs.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import { removeMediaWithBytes } from '../media/remove.ts';
import type { MediaPorts } from '../media/workers.ts';
import type { Sweep } from '../jobs/sweeper.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';

export const ERASE_ACTIVITY_QUEUE = 'erase-activity';
export const ERASE_ACTIVITY_CONCURRENCY = 2;
const RANGE_MAX = 200;
const OPEN_ERASURES = 'activity-erasures';
const STALLED_MS = 30_000;
const SWEPT_MAX = 1_000;
/** A request may be on its way when its person is erased, and a session is cached for a while: the last look comes later than that. */
const LAST_LOOK_AFTER_MS = 2 * MINUTE_MS;

const KINDS = ['follows', 'likes', 'reactions', 'bookmarks', 'pinned-posts', 'posts', 'groups', 'invitations', 'join-requests', 'media'] as const;
/** What a command says where there is nothing to take back any more, or it is a direct channel, which nobody leaves. */
const NOTHING_THERE: ReadonlySet<string> = new Set<RefusalCode>([
  'post-unknown',
  'channel-unknown',
  'not-a-group',
  'invitation-unknown',
  'join-request-unknown',
]);
type ActivityKind = (typeof KINDS)[number];

/** Id: the person and the kind. The next range begins behind `next`, null for the first. */
export type OpenErasure = {
  readonly person: PersonId;
  readonly activity: ActivityKind;
  readonly next: string | null;
  readonly erasedAt: Instant;
  readonly movedAt: Instant;
};

type Erased = Extract<UserEvent, { type: 'people.person-erased.v1' }>;

export const eraseActivity = (dependencies: AddJobsDependencies): TidingsReactor<Erased> => ({
  kind: 'reactor',
  name: 'erase-activity',
  version: 1,
  handles: ['people.person-erased.v1'],
  after: ['relationships', 'posts', 'bookmarks', 'pinned-posts', 'inbox', 'invitations', 'media'],
  indexes: { [OPEN_ERASURES]: [{ fields: ['movedAt'] }] },
  openWork: (event, { [OPEN_ERASURES]: erasures }) => {
    for (const erasure of erasuresOf(event.key as PersonId, event.metadata.at)) erasures?.update(idOf(erasure), event, () => erasure);
  },
  react: async (event) => void (await addJobs(dependencies, ERASE_ACTIVITY_QUEUE, erasuresOf(event.key as PersonId, event.metadata.at).map(jobOf))),
});

const erasuresOf = (person: PersonId, at: Instant): readonly OpenErasure[] =>
  KINDS.map((activity) => ({ person, activity, next: null, erasedAt: at, movedAt: at }));

type RangeDependencies = AddJobsDependencies & {
  readonly views: Pick<TidingsViews, 'pluck'>;
  readonly commands: Pick<
    Commands,
    | 'unfollow'
    | 'unlikePost'
    | 'takeReactionBack'
    | 'removeBookmark'
    | 'unpinAllPosts'
    | 'deletePost'
    | 'leaveChannel'
    | 'refuseInvitation'
    | 'withdrawJoinRequest'
    | 'removeMedia'
  >;
  /** Absent where nothing can have been uploaded. */
  readonly media?: MediaPorts | undefined;
  readonly contextFor: ContextFor;
  readonly progress: Pick<Progress, 'advance' | 'finish'>;
  readonly clock: () => Instant;
};

/** The job of one range. Done twice, it changes nothing: what was taken back is not there a second time. */
export const eraseActivityRange =
  (dependencies: RangeDependencies, { rangeMax = RANGE_MAX }: { readonly rangeMax?: number } = {}) =>
  async ({ data }: Pick<Job, 'data'>): Promise<void> => {
    const { progress, clock } = dependencies;
    const erasure = data as Pick<OpenErasure, 'person' | 'activity' | 'next' | 'erasedAt'>;
    const found = await findRange(dependencies.views, erasure, rangeMax);
    await Promise.all(found.map((of) => takeBack(dependencies, erasure, of)));
    const last = found.at(-1);
    if (last !== undefined && found.length === rangeMax) {
      await addJobs(dependencies, ERASE_ACTIVITY_QUEUE, [jobOf({ ...erasure, next: last })]);
      return progress.advance(OPEN_ERASURES, idOf(erasure), { next: last, movedAt: clock() });
    }
    if (clock() >= plus(erasure.erasedAt, LAST_LOOK_AFTER_MS)) return progress.finish(OPEN_ERASURES, idOf(erasure));
    progress.advance(OPEN_ERASURES, idOf(erasure), { next: null, movedAt: clock() }); // the sweeper begins again
  };

/** The next people followed, posts liked or published, or channels, by id of the row or the invitation. */
function findRange(views: Pick<TidingsViews, 'pluck'>, { person, activity, next }: Pick<OpenErasure, 'person' | 'activity' | 'next'>, limit: number) {
  const after = next ?? '';
  switch (activity) {
    case 'follows':
      return views.pluck('relationships', 'to', { where: { from: person, kind: 'follow' }, range: { field: 'to', after }, order: { to: 1 }, limit });
    case 'likes':
      return views.pluck('likes', 'post', { where: { person }, range: { field: 'post', after }, order: { post: 1 }, limit });
    case 'reactions':
      return views.pluck('post-reactions', 'post', { where: { person }, range: { field: 'post', after }, order: { post: 1 }, limit });
    case 'bookmarks':
      return views.pluck('bookmarks', 'post', { where: { person }, range: { field: 'post', after }, order: { post: 1 }, limit });
    case 'pinned-posts':
      return views.pluck('pinned-posts', 'person', { where: { person }, range: { field: 'person', after }, order: { person: 1 }, limit });
    case 'posts':
      return views.pluck('posts', '_id', { where: { author: person }, range: { field: '_id', after }, order: { _id: 1 }, limit });
    case 'groups':
      return views.pluck('inbox', '_id', { where: { person, member: true }, range: { field: '_id', after }, order: { _id: 1 }, limit });
    case 'invitations':
      return views.pluck('invitations', '_id', { where: { person }, range: { field: '_id', after }, order: { _id: 1 }, limit });
    case 'join-requests':
      return views.pluck('join-requests', '_id', { where: { person }, range: { field: '_id', after }, order: { _id: 1 }, limit });
    case 'media':
      return views.pluck('media', '_id', { where: { owner: person }, range: { field: '_id', after }, order: { _id: 1 }, limit });
  }
}

async function takeBack(dependencies: RangeDependencies, erasure: Pick<OpenErasure, 'person' | 'activity'>, of: string): Promise<void> {
  const handled = await giveCommand(dependencies, erasure, of);
  // The job is tried again; but what is gone by now needs nothing more.
  if (handled.outcome === 'refused' && !NOTHING_THERE.has(handled.refusal.code)) throw new Error(`${erasure.activity} of ${of}: ${handled.refusal.code}`);
}

function giveCommand(dependencies: RangeDependencies, { person, activity }: Pick<OpenErasure, 'person' | 'activity'>, of: string): Promise<CommandResult> {
  const { commands, contextFor, clock } = dependencies;
  const context = (type: string) => freshContext({ contextFor, worker: 'erase-activity', type, body: { person, of }, at: clock() });
  switch (activity) {
    case 'follows':
      return commands.unfollow({ person, other: of as PersonId }, context('unfollow'));
    case 'likes':
      return commands.unlikePost({ person, post: of as PostId }, context('unlike-post'));
    case 'reactions':
      return commands.takeReactionBack({ person, post: of as PostId }, context('take-reaction-back'));
    case 'bookmarks':
      return commands.removeBookmark({ person, post: of as PostId }, context('remove-bookmark'));
    case 'pinned-posts':
      return commands.unpinAllPosts({ person }, context('unpin-all-posts'));
    case 'posts':
      return commands.deletePost({ author: person, post: of as PostId }, context('delete-post'));
    case 'groups':
      return commands.leaveChannel({ person, channel: channelIn(of) }, context('leave-channel'));
    case 'invitations':
      return commands.refuseInvitation({ person, channel: channelIn(of) }, context('refuse-invitation'));
    case 'join-requests':
      return commands.withdrawJoinRequest({ person, channel: channelIn(of) }, context('withdraw-join-request'));
    case 'media':
      return removeMedia(dependencies, of as MediaId);
  }
}

function removeMedia({ media, ...dependencies }: RangeDependencies, id: MediaId): Promise<CommandResult> {
  if (media === undefined) throw new Error('There is media, and no store of it.');
  return removeMediaWithBytes({ ...dependencies, ...media }, { media: id, ownerErased: true, worker: 'erase-activity' });
}

export const sweepErasures = (dependencies: AddJobsDependencies & { readonly openWork: OpenWork; readonly clock: () => Instant }): Sweep => ({
  name: 'activity-erasures',
  everyMs: STALLED_MS / 2,
  sweep: async () => {
    const until = plus(dependencies.clock(), -STALLED_MS);
    const stalled = await dependencies.openWork.longestWaiting<OpenErasure>(OPEN_ERASURES, { field: 'movedAt', until, limit: SWEPT_MAX });
    await addJobs(dependencies, ERASE_ACTIVITY_QUEUE, stalled.map(jobOf));
    return stalled.length;
  },
});

/** In an `inboxId` or an `invitationId`. */
const channelIn = (id: string): ChannelId => id.slice(id.indexOf(':') + 1) as ChannelId;

const idOf = ({ person, activity }: Pick<OpenErasure, 'person' | 'activity'>): string => `${person}:${activity}`;

/** Named by its range, so that a range is never in the queue twice. */
const jobOf = ({ person, activity, next, erasedAt }: Pick<OpenErasure, 'person' | 'activity' | 'next' | 'erasedAt'>): Job => ({
  id: `${idOf({ person, activity })}:${next ?? ''}`,
  data: { person, activity, next, erasedAt },
});
