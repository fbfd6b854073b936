/**
 * Removes what nothing shows. Media is looked at a day after it is ready, and a day after a post or profile that showed it no longer
 * does; where nothing shows it, it leaves: from then on nothing can refer to it. What was decided a moment before is appended, and in
 * the views, long before the grace is over, and then it is looked at once more.
 */
import type { Commands } from '../../commands/commands.ts';
import type { ContextFor } from '../../commands/handling/command-context.ts';
import type { LoadState } from '../../commands/handling/handle.ts';
import { previewPictureIdOf } from '../../commands/handling/deterministic-ids.ts';
import type { ChannelEvent, DisappearanceEvent, MessagesEvent } from '../../domain/chat/events.ts';
import type { ScheduledMessageEvent } from '../../domain/chat/scheduled/events.ts';
import type { PostEvent } from '../../domain/feed/events.ts';
import type { ScheduledPostEvent } from '../../domain/feed/scheduled/events.ts';
import type { MediaEvent } from '../../domain/media/events.ts';
import { media, REMOVAL_GRACE_MS } from '../../domain/media/media.ts';
import type { UserEvent } from '../../domain/people/events.ts';
import { isErased, type Recorded } from '../../domain/shared/event.ts';
import type { ChannelId, MediaId } from '../../domain/shared/ids.ts';
import { DAY_MS, MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { mediaStream, messagesStream } from '../../domain/shared/streams.ts';
import { merge } from '../../ports/event-log/position.ts';
import { messageMediaId } from '../../projections/read-models/chat/messages.ts';
import { PREVIEW_USE } from '../../projections/read-models/feed/media.ts';
import type { TidingsReactor } from '../../projections/read-models/projectors.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import type { DomainReader, WorkerViews } from '../dependencies.ts';
import { freshContext } from '../jobs/command-contexts.ts';
import { withEach, type Sweep } from '../jobs/sweeper.ts';
import type { OpenWork } from '../open-work/open-work.ts';
import type { Progress } from '../open-work/work-progress.ts';
import { removeMediaWithBytes, type RemovingDependencies } from './remove.ts';

export const UNUSED_MAX_MS = DAY_MS;
/** The picture of a preview is looked at again and again: an edit of a message that was edited before doesn't tell which picture it takes away. */
const PREVIEWS_LOOKED_AT_AGAIN_MS = 7 * DAY_MS;
const OPEN_LOOKS = 'media-looks';
const EVERY_MS = MINUTE_MS;
const IDS_AT_ONCE_MAX = 500;
const SWEPT_MAX = 200;
/** How long a sweep waits for the view of what is used; it comes again. */
const VIEW_DEADLINE_MS = 10_000;
const WORKER = 'unused-media';

/** Id: the media. */
type OpenLook = { readonly media: MediaId; readonly dueAt: Instant };

type NoLongerScheduled =
  | Extract<ScheduledPostEvent, { type: 'feed.scheduled-post-changed.v1' | 'feed.scheduled-post-cancelled.v1' | 'feed.scheduled-post-ended.v1' }>
  | Extract<ScheduledMessageEvent, { type: 'chat.scheduled-message-changed.v1' | 'chat.scheduled-message-cancelled.v1' | 'chat.scheduled-message-ended.v1' }>;

type Pictured = Extract<ChannelEvent, { type: 'chat.channel-pictured.v1' }>;

type Watched =
  | Extract<MediaEvent, { type: 'media.ready.v1' }>
  | Extract<PostEvent, { type: 'feed.post-deleted.v1' | 'feed.post-edited.v1' }>
  | Extract<MessagesEvent, { type: 'chat.message-edited.v1' | 'chat.message-withdrawn.v1' }>
  | DisappearanceEvent
  | Pictured
  | NoLongerScheduled
  | Extract<UserEvent, { type: 'people.profile-changed.v1' }>;

export const lookForUnusedMedia = (
  { log, codec, views, progress }: Reader & { readonly progress: Progress },
  { unusedMaxMs = UNUSED_MAX_MS }: { readonly unusedMaxMs?: number } = {},
): TidingsReactor<Watched> => ({
  kind: 'reactor',
  name: 'unused-media',
  version: 1,
  handles: [
    'media.ready.v1',
    'feed.post-deleted.v1',
    'feed.post-edited.v1',
    'chat.message-edited.v1',
    'chat.message-withdrawn.v1',
    'chat.messages-disappeared.v1',
    'chat.scheduled-message-changed.v1',
    'chat.scheduled-message-cancelled.v1',
    'chat.scheduled-message-ended.v1',
    'feed.scheduled-post-changed.v1',
    'feed.scheduled-post-cancelled.v1',
    'feed.scheduled-post-ended.v1',
    'chat.channel-pictured.v1',
    'people.profile-changed.v1',
  ],
  after: ['media', 'messages'],
  indexes: { [OPEN_LOOKS]: [{ fields: ['dueAt'] }] },
  openWork: (event, { [OPEN_LOOKS]: looks }) => {
    if (event.type !== 'media.ready.v1') return;
    looks?.update(event.data.media, event, () => ({ media: event.data.media, dueAt: plus(event.metadata.at, unusedMaxMs) }));
  },
  react: async (event) => {
    if (event.type === 'media.ready.v1') return;
    const dueAt = plus(event.metadata.at, unusedMaxMs);
    const ids = await shownBefore({ log, codec, views }, event);
    for (const id of ids) progress.put(OPEN_LOOKS, id, { media: id, dueAt } satisfies OpenLook);
    if (ids.length > 0) await progress.flush();
  },
});

type Reader = Pick<DomainReader, 'log' | 'codec'> & { readonly views: Pick<TidingsViews, 'getMany'> };

function shownBefore(reader: Reader, event: Recorded<Exclude<Watched, { type: 'media.ready.v1' }>>): Promise<readonly MediaId[]> {
  switch (event.type) {
    case 'feed.post-deleted.v1':
      return shownByPost(reader, event);
    case 'feed.post-edited.v1':
      return previewedBefore(reader, event);
    case 'chat.message-edited.v1':
      return Promise.resolve([previewPictureIdOf({ stream: event.stream, revision: event.data.message })]);
    case 'chat.message-withdrawn.v1': {
      const { channel, message, mediaCount: count = 0 } = event.data;
      return shownByMessages(reader, channel, { messages: [message], media: [{ message, count }] });
    }
    case 'chat.messages-disappeared.v1':
      return shownByMessages(reader, event.data.channel, event.data);
    case 'chat.channel-pictured.v1':
      return shownByChannel(reader, event);
    case 'people.profile-changed.v1':
      return shownByProfile(reader, event);
    case 'chat.scheduled-message-changed.v1':
    case 'chat.scheduled-message-cancelled.v1':
    case 'chat.scheduled-message-ended.v1':
    case 'feed.scheduled-post-changed.v1':
    case 'feed.scheduled-post-cancelled.v1':
    case 'feed.scheduled-post-ended.v1':
      return namedByScheduled(reader, event);
  }
}

type Gone = { readonly messages: readonly number[]; readonly media?: readonly { readonly message: number; readonly count: number }[] };

/** Asked of the view: what the message said may be gone from the log. */
async function shownByMessages({ views }: Reader, channel: ChannelId, { messages, media: withMedia = [] }: Gone): Promise<readonly MediaId[]> {
  const stream = messagesStream(channel);
  const ids = withMedia.flatMap(({ message, count }) => Array.from({ length: count }, (_, place) => messageMediaId(channel, message, place)));
  const shown = [];
  for (let first = 0; first < ids.length; first += IDS_AT_ONCE_MAX)
    shown.push(...(await views.getMany('message-media', ids.slice(first, first + IDS_AT_ONCE_MAX))));
  return [...messages.map((revision) => previewPictureIdOf({ stream, revision })), ...shown.flatMap((one) => (one === undefined ? [] : [one.media]))];
}

/** What it named before: whether a post shows it now is looked at later. A draft may have been changed thousands of times. */
async function namedByScheduled({ log, codec }: Reader, { stream, revision }: Recorded<NoLongerScheduled>): Promise<readonly MediaId[]> {
  for await (const stored of log.readStream(stream, { from: revision - 1, direction: 'backwards' })) {
    const { data } = (await codec.decode(stored)) as Recorded<ScheduledPostEvent | ScheduledMessageEvent>;
    if ('draft' in data) return isErased(data.draft) ? [] : (data.draft.media ?? []).map(({ media: id }) => id);
  }
  return [];
}

/** What the post showed; nothing where that was erased, for then its owner was, and all of theirs goes. */
async function shownByPost({ log, codec }: Reader, { stream, revision }: Recorded<PostEvent>): Promise<readonly MediaId[]> {
  const shown = new Set<MediaId>();
  for await (const stored of log.readStream(stream, { limit: revision })) {
    const one = (await codec.decode(stored)) as Recorded<PostEvent>;
    if (one.type === 'feed.post-previewed.v1') shown.add(previewPictureIdOf({ stream, revision: one.data.of }));
    const media = one.type === 'feed.post-published.v1' ? one.data.media : undefined;
    if (media !== undefined && !isErased(media)) for (const { media: id } of media) shown.add(id);
  }
  return [...shown];
}

/** The pictures of previews that the edit takes away: those behind the text before it. A post may have been edited thousands of times. */
async function previewedBefore({ log, codec }: Reader, { stream, revision }: Recorded<PostEvent>): Promise<readonly MediaId[]> {
  const shown = new Set<MediaId>();
  for await (const stored of log.readStream(stream, { from: revision - 1, direction: 'backwards' })) {
    const one = (await codec.decode(stored)) as Recorded<PostEvent>;
    if (one.type === 'feed.post-published.v1' || one.type === 'feed.post-edited.v1') break;
    if (one.type === 'feed.post-previewed.v1') shown.add(previewPictureIdOf({ stream, revision: one.data.of }));
  }
  return [...shown];
}

/** What the profile showed before. */
async function shownByProfile({ log, codec }: Reader, event: Recorded<Extract<Watched, { type: 'people.profile-changed.v1' }>>): Promise<readonly MediaId[]> {
  if (event.data.picture === undefined) return [];
  let before: MediaId | undefined;
  for await (const stored of log.readStream(event.stream, { limit: event.revision })) {
    const one = (await codec.decode(stored)) as Recorded<UserEvent>;
    const picture = one.type === 'people.profile-changed.v1' ? one.data.picture : undefined;
    if (picture !== undefined) before = picture === null || isErased(picture) ? undefined : picture.media;
  }
  return before === undefined ? [] : [before];
}

/** The picture that the channel had before. */
async function shownByChannel({ log, codec }: Reader, event: Recorded<Pictured>): Promise<readonly MediaId[]> {
  if (event.revision === 0) return [];
  for await (const stored of log.readStream(event.stream, { from: event.revision - 1, direction: 'backwards' })) {
    if (stored.type !== event.type) continue;
    const { data } = (await codec.decode(stored)) as Recorded<Pictured>;
    return data.picture === null || isErased(data.picture) ? [] : [data.picture.media];
  }
  return [];
}

type SweepDependencies = RemovingDependencies & {
  readonly log: DomainReader['log'];
  readonly waitForViews: WorkerViews['waitForViews'];
  readonly views: Pick<TidingsViews, 'find'>;
  readonly loadState: LoadState;
  readonly commands: Pick<Commands, 'beginMediaRemoval' | 'keepMedia' | 'removeMedia'>;
  readonly contextFor: ContextFor;
  readonly openWork: OpenWork;
  readonly progress: Progress;
  readonly clock: () => Instant;
};

export const sweepUnusedMedia = (dependencies: SweepDependencies): Sweep => ({
  name: 'unused-media',
  everyMs: EVERY_MS,
  sweep: async () => {
    const { openWork, clock, progress } = dependencies;
    const due = await openWork.longestWaiting<OpenLook>(OPEN_LOOKS, { field: 'dueAt', until: clock(), limit: SWEPT_MAX });
    if (due.length === 0 || !(await knowsAllUses(dependencies))) return 0;
    try {
      await withEach(due, (look) => lookAt(dependencies, look));
    } finally {
      await progress.flush();
    }
    return due.length;
  },
});

/**
 * Whether the view has everything that was in the log a moment ago. One that is behind, stopped or built anew knows nothing of posts that
 * show what it would have us remove: then nothing is removed, and all of it is looked at again later.
 */
async function knowsAllUses({ log, waitForViews }: Pick<SweepDependencies, 'log' | 'waitForViews'>): Promise<boolean> {
  const heads = await Promise.all(log.logs.map((one) => log.head(one)));
  const position = heads.reduce(merge, undefined);
  return position === undefined || waitForViews(['media', 'messages'], position, { deadlineMs: VIEW_DEADLINE_MS });
}

async function lookAt(dependencies: SweepDependencies, { media: id, dueAt }: OpenLook): Promise<void> {
  const { loadState, views, commands, contextFor, progress, clock } = dependencies;
  const { state } = await loadState(media, mediaStream(id));
  const context = (type: string) => freshContext({ contextFor, worker: WORKER, type, body: { media: id }, at: clock() });
  const again = (at: Instant) => progress.advance(OPEN_LOOKS, id, { dueAt: at });
  const done = () => progress.finish(OPEN_LOOKS, id, { dueAt });
  if (state.status !== 'ready' && state.status !== 'leaving') return done();
  const [use] = await views.find('media-uses', { where: { media: id }, limit: 1 });
  const isUsed = use !== undefined || (await views.find('message-media', { where: { media: id, ended: false }, limit: 1 })).length > 0;
  if (state.status === 'ready') {
    // Which texts a message had, and so which previews, only the whole history tells.
    if (use?.by.startsWith(PREVIEW_USE) === true) return again(plus(clock(), PREVIEWS_LOOKED_AT_AGAIN_MS));
    if (isUsed) return done();
    await commands.beginMediaRemoval({ media: id }, context('begin-media-removal'));
    return again(plus(clock(), REMOVAL_GRACE_MS));
  }
  if (isUsed) {
    await commands.keepMedia({ media: id }, context('keep-media'));
    return done();
  }
  const removableAt = plus(state.since, REMOVAL_GRACE_MS);
  if (clock() < removableAt) return again(removableAt);
  await removeMediaWithBytes(dependencies, { media: id, ownerErased: false, worker: WORKER });
  done();
}
