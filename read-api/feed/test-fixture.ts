/**
 * A small world for tests of the feed: people post, follow, befriend, mute and block, over the real views and the real cache; and a
 * naive model of each feed. What the workers of feeds do later is done when the test says so.
 */
import { friendshipOf, type PersonId, type PostId } from '../../domain/shared/ids.ts';
import { deliveryMode, PULL_THRESHOLDS, stampFor, type DeliveryModeCommand } from '../../domain/feed/delivery-mode/delivery-mode.ts';
import { postIdFrom } from '../../domain/feed/post-id.ts';
import { DAY_MS, instant, plus } from '../../domain/shared/instant.ts';
import type { TidingsEvent } from '../../domain/events.ts';
import type { Recorded } from '../../domain/shared/event.ts';
import { deliveryModeStream, friendshipStream, postStream, relationshipsStream } from '../../domain/shared/streams.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import type { FeedCache } from '../../ports/feed-cache/port.ts';
import { temporaryFolder } from '../../ports/sqlite/test-fixture.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { deliveryModes } from '../../projections/read-models/delivery-modes.ts';
import { relationships } from '../../projections/read-models/relationships.ts';
import { foldBatch, type ProjectEvent } from '../../projections/folding/fold.ts';
import { friends } from '../../projections/read-models/friends.ts';
import { recordedEvents } from '../../projections/test-fixture.ts';
import { posts } from '../../projections/read-models/posts.ts';
import { profile } from '../../projections/read-models/profile.ts';
import type { AnyProjector } from '../../projections/projection.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { positionAt } from '../../ports/event-log/position.ts';
import { FEED_FAN_OUT, INVALIDATE_FEEDS, OPEN_FAN_OUTS, openFeedLag } from '../../projections/view-access/feed-lag.ts';
import { activeViews } from '../../projections/view-access/active-views.ts';
import type { TidingsViews } from '../../projections/view-access/tidings-views.ts';
import { invalidateFeeds } from '../../workers/feed/invalidate-feeds.ts';
import { createFeed } from './create-feed.ts';
import type { PostDependencies } from './hydrate.ts';
import type { ReadPage } from './pipeline.ts';
import type { FeedDependencies } from './skeleton.ts';
import { worldWorkers, type Fate } from './testing/workers/test-fixture.ts';

const PROJECTORS: readonly AnyProjector[] = [profile, posts, deliveryModes, friends, relationships];
const START = instant(Date.UTC(2030, 0, 1));
/** More than any list here has. */
const ALL = 1_000;
/** Longer than every window of time in which the views are searched. */
export const LONG_MS = 130 * DAY_MS;

export type Kind = 'follow' | 'mute' | 'block' | 'friend';
type MadePost = { readonly post: PostId; readonly author: PersonId; deleted: boolean };

export type World = {
  readonly views: TidingsViews;
  readonly feedCache: FeedCache;
  readonly read: ReadPage;
  /** For feeds that read this world in a way of their own. */
  readonly queries: Omit<FeedDependencies & PostDependencies, 'clock' | 'feedCache'> & { readonly feedCache: FeedCache };
  /** Of the last event that the views know. */
  readonly head: () => Position;
  /** One post of each author, all at one time, `afterMs` after the previous ones. They wait for `fanOut`. */
  publish(by: readonly PersonId[], options: PublishOptions): Promise<readonly PostId[]>;
  /** The author has very many active followers from now on, or few. */
  turn(author: PersonId, to: 'pull' | 'push'): Promise<void>;
  /** One job of whatever is waiting. */
  runOne(fate: Fate): Promise<void>;
  /** Posts that the views have, and that are not in all feeds yet. */
  underWay(): ReadonlySet<PostId>;
  /** The fan-out remembers that these posts are to be delivered, and does no more. */
  openFanOuts(): Promise<void>;
  fanOut(): Promise<void>;
  /** Drops the feeds of readers who gained an author, in a world in which that is held back. */
  invalidateFeeds(): Promise<void>;
  remove(which: number): Promise<void>;
  connect(kind: Kind, from: PersonId, to: PersonId): Promise<void>;
  disconnect(kind: Kind, from: PersonId, to: PersonId): Promise<void>;
  /** Trims the feed as the cache does when it is too long: `kept` posts stay, and the floor rises. */
  trim(reader: PersonId, kept: number): Promise<void>;
  /** The feed by a naive look at everything. */
  expected(reader: PersonId): readonly PostId[];
};

/** `staleBy`: the command has read how the author's posts are delivered before so many of the author's turns. */
type PublishOptions = { readonly afterMs: number; readonly staleBy?: number };
type WorldOptions = { readonly feedsMax: number; readonly feedPostsMax: number; readonly invalidation?: 'at-once' | 'held-back' };

export async function givenWorlds() {
  const folder = await temporaryFolder();
  const stored = await startSqliteViews(`${folder.path}/views.sqlite`);
  let worlds = 0;
  return {
    begin: (options: WorldOptions) => beginWorld(stored, `w${++worlds}`, options),
    [Symbol.asyncDispose]: async () => {
      await stored[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function beginWorld(stored: ViewStore, name: string, { feedsMax, feedPostsMax, invalidation = 'at-once' }: WorldOptions): Promise<World> {
  const physical = (collection: string) => `${collection}@${name}`;
  await stored.prepare(
    Object.fromEntries(PROJECTORS.flatMap(({ indexes }) => Object.entries(indexes).map(([collection, its]) => [physical(collection), { indexes: its }]))),
  );
  const views = activeViews({ views: stored, versions: { physicalCollectionOf: physical } });
  const feedCache = await startMemoryFeedCache({ feedsMax });
  const dropping = invalidateFeeds({ feedCache, broadcast: { publish: () => undefined } });
  const revisions = new Map<string, number>();
  const checkpoints = new Map<string, string>();
  const edges = new Set<string>();
  const made: MadePost[] = [];
  const modes = new Map<PersonId, (typeof deliveryMode.initialState)[]>();
  const waiting: Recorded[] = [];
  const invalidations: TidingsEvent[] = [];
  const reached = { fanOut: 0, invalidation: 0 };
  let now = START;
  let happened = 0;
  let offset = 0;
  let last: Promise<unknown> = Promise.resolve();

  /** Changes happen one after the other, as in a log; reads may come in between. */
  const oneByOne = <Value>(work: () => Promise<Value>): Promise<Value> => {
    const done = last.then(work);
    last = done;
    return done;
  };

  const project = async (events: readonly { readonly stream: string; readonly event: TidingsEvent }[]) => {
    const numbered = recordedEvents(
      events.map(({ stream, event }) => {
        const revision = (revisions.get(stream) ?? -1) + 1;
        revisions.set(stream, revision);
        return { stream, event, revision };
      }),
    ).map((event) => ({ ...event, position: positionAt(0, ++offset) }));
    const to = String(++happened);
    for (const { name: projector, indexes, handles, project: fold } of PROJECTORS) {
      const handled = numbered.filter(({ type }) => handles.includes(type));
      if (handled.length === 0) continue;
      const { writes } = await foldBatch(stored, { project: fold as ProjectEvent, collections: Object.keys(indexes), physical }, handled);
      const projection = physical(projector);
      await stored.commit({ projection, from: checkpoints.get(projection), to, writes });
      checkpoints.set(projection, to);
    }
    waiting.push(...numbered);
    invalidations.push(...numbered.filter((event) => dropping.handles.some((type) => type === event.type)));
    if (invalidation === 'at-once') await invalidate();
  };
  const invalidate = async () => {
    for (const event of invalidations.splice(0)) await dropping.react(event as never);
    reached.invalidation = offset;
  };
  /** The reactors of the fan-out and of turns come this far. */
  const react = async () => {
    const to = offset;
    for (const event of waiting.splice(0)) await workers.take(event);
    reached.fanOut = to;
  };
  const feedLag = await openFeedLag({
    views,
    stored: {
      prepare: async () => undefined,
      find: async (collection) => (collection === OPEN_FAN_OUTS ? workers.openFanOuts() : []) as never,
    },
    positions: { of: async (runner) => ({ [FEED_FAN_OUT]: positionAt(0, reached.fanOut), [INVALIDATE_FEEDS]: positionAt(0, reached.invalidation) })[runner] },
  });
  const modesOf = (author: PersonId) => modes.getOrInsertComputed(author, () => [deliveryMode.initialState]);
  const decideMode = async (command: DeliveryModeCommand) => {
    const states = modesOf(command.author);
    const decided = deliveryMode.decide(states.at(-1) ?? deliveryMode.initialState, command);
    if (decided.outcome === 'refused') throw new Error('A turn is never refused.');
    for (const event of decided.events) {
      states.push(deliveryMode.evolve(deliveryMode.initialState, event));
      await project([{ stream: deliveryModeStream(command.author), event }]);
    }
  };
  const workers = worldWorkers({
    views,
    feedCache,
    clock: () => now,
    finishTurn: (turn) => oneByOne(() => decideMode({ type: 'finish-turn', ...turn })),
  });
  const happen = (events: Parameters<typeof project>[0]) => oneByOne(() => project(events));

  const change = async (kind: Kind, change: 'begins' | 'ends', from: PersonId, to: PersonId) => {
    const edge = kind === 'friend' ? `friend:${friendshipOf(from, to)}` : `${kind}:${from}:${to}`;
    if (from === to || edges.has(edge) === (change === 'begins')) return;
    if (change === 'begins') edges.add(edge);
    else edges.delete(edge);
    await happen(kind === 'friend' ? friendship(change, from, to) : [connection(kind, change, from, to)]);
  };

  const isVisible = (reader: PersonId, { author, deleted }: MadePost): boolean => {
    if (deleted || author === reader) return !deleted;
    const connected = edges.has(`follow:${reader}:${author}`) || edges.has(`friend:${friendshipOf(reader, author)}`);
    const hidden = [`mute:${reader}:${author}`, `block:${reader}:${author}`, `block:${author}:${reader}`].some((edge) => edges.has(edge));
    return connected && !hidden;
  };

  const queries: World['queries'] = {
    views,
    feedCache,
    feedLag,
    waitForViews: async () => true,
    logFacts: { isBlockedBy: async () => false, areFriends: async () => true },
  };
  return {
    views,
    feedCache,
    read: createFeed({ ...queries, clock: () => now }, { feedPostsMax }),
    queries,
    head: () => positionAt(0, offset),
    publish: async (by, { afterMs, staleBy = 0 }) => {
      now = plus(now, afterMs);
      const at = now;
      const published = by.map((author, i): MadePost => ({ post: postIdFrom(at, digestOf(made.length + i)), author, deleted: false }));
      made.push(...published);
      await happen(
        published.map(({ post, author }) => ({
          stream: postStream(post),
          event: { type: 'feed.post-published.v1', data: { post, author, text: 'Hello', delivered: stampFor(modeBefore(modesOf(author), staleBy)), at } },
        })),
      );
      return published.map(({ post }) => post);
    },
    turn: (author, to) =>
      oneByOne(() =>
        decideMode({ type: 'count', author, activeFollowers: to === 'pull' ? PULL_THRESHOLDS.pullFromFollowers : 0, thresholds: PULL_THRESHOLDS }),
      ),
    openFanOuts: () => oneByOne(react),
    runOne: (fate) => workers.runOne(fate),
    fanOut: async () => {
      for (let event = offset; ; event = offset) {
        await oneByOne(react);
        await workers.runAll(); // a turn that is finished is an event as well
        if (event === offset) return;
      }
    },
    underWay: () => new Set([...workers.openFanOuts(), ...waiting.map(({ data }) => data)].flatMap((of) => ('post' in of ? [of.post as PostId] : []))),
    invalidateFeeds: () => oneByOne(invalidate),
    remove: async (which) => {
      const one = made[which % Math.max(1, made.length)];
      if (one === undefined || one.deleted) return;
      one.deleted = true;
      const { post, author } = one;
      await happen([{ stream: postStream(post), event: { type: 'feed.post-deleted.v1', data: { post, author } } }]);
    },
    connect: (kind, from, to) => change(kind, 'begins', from, to),
    disconnect: (kind, from, to) => change(kind, 'ends', from, to),
    trim: (reader, kept) =>
      oneByOne(async () => {
        // In one step, for whatever a worker tells the feed in between would be lost.
        const [page, token] = await Promise.all([feedCache.page(reader, { limit: ALL }), feedCache.beginBuild(reader)]);
        if (page === undefined) return;
        await feedCache.warm(reader, token, { ...page, posts: page.posts.slice(0, kept), floor: page.posts[kept] ?? page.floor });
      }),
    expected: (reader) =>
      made
        .filter((post) => isVisible(reader, post))
        .map(({ post }) => post)
        .sort()
        .reverse(),
  };
}

const modeBefore = <State>(states: readonly State[], turns: number): State => states[Math.max(0, states.length - 1 - turns)] as State;

function friendship(change: 'begins' | 'ends', from: PersonId, to: PersonId) {
  const stream = friendshipStream(friendshipOf(from, to));
  const event: TidingsEvent =
    change === 'begins'
      ? { type: 'people.friend-accepted.v1', data: { from, to, round: 1 } }
      : { type: 'people.friend-removed.v1', data: { by: from, other: to, round: 1 } };
  return [{ stream, event }];
}

const TYPES = {
  follow: { begins: 'people.followed.v1', ends: 'people.unfollowed.v1' },
  mute: { begins: 'people.muted.v1', ends: 'people.unmuted.v1' },
  block: { begins: 'people.blocked.v1', ends: 'people.unblocked.v1' },
} as const;

function connection(kind: Exclude<Kind, 'friend'>, change: 'begins' | 'ends', from: PersonId, person: PersonId) {
  return { stream: relationshipsStream(from), event: { type: TYPES[kind][change], data: { person } } as TidingsEvent };
}

/** Like digests, not in the order of creation. */
const digestOf = (count: number): string => String((count * 7_919 + 13) % 100_003).padStart(16, '0');
