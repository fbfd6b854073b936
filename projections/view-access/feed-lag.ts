/**
 * What a warm feed may lack of a moment that the views have already reached. Two workers bring it there: the fan-out writes new posts
 * into feeds, and feeds of readers who gained an author are dropped. Both come later than the views, so a reader who asks for the feed
 * as of a position gets the rest from here.
 */
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { covers, logsIn, offsetIn, positionAt, sortable } from '../../ports/event-log/position.ts';
import type { Position } from '../../ports/event-log/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { Positions } from '../progress/positions.ts';
import { friendId } from '../read-models/friends.ts';
import { relationshipId } from '../read-models/relationships.ts';
import type { TidingsViews } from './tidings-views.ts';

/** The names of the two reactors, and the collection with the open work of the first. They are stored. */
export const FEED_FAN_OUT = 'feed-fan-out';
export const INVALIDATE_FEEDS = 'drop-feeds';
export const OPEN_FAN_OUTS = 'fanouts';
/** By author: warm feeds of the author's readers may lack posts that were imported. */
export const OPEN_IMPORTS = 'imported-posts';

/** Posts on their way into feeds that one request looks at. Where there are more, the feed is read from the views. */
export const POSTS_UNDER_WAY_MAX = 256;
/** Authors whose posts are being imported. */
const IMPORTING_MAX = 256;

export type FeedLag = {
  /**
   * Posts of the reader's authors that a warm feed may lack, of all posts up to the position. Ask before reading the feed: a post is
   * either here, or in the feed by then. Undefined: the feed may lack more than that, and must be read from the views.
   */
  postsMissing(reader: PersonId, upTo: Position): Promise<readonly PostId[] | undefined>;
};

type UnderWay = { readonly post: PostId; readonly author: PersonId };
type Dependencies = {
  readonly stored: Pick<ViewStore, 'prepare' | 'find'>;
  readonly views: Pick<TidingsViews, 'find' | 'pluck' | 'getMany'>;
  readonly positions: Pick<Positions, 'of'>;
};

export async function openFeedLag({ stored, views, positions }: Dependencies): Promise<FeedLag> {
  await stored.prepare({ [OPEN_FAN_OUTS]: { indexes: [] }, [OPEN_IMPORTS]: { indexes: [] } }); // a query before the first fan-out finds nothing instead of failing

  const openFanOuts = () => stored.find<UnderWay>(OPEN_FAN_OUTS, { limit: POSTS_UNDER_WAY_MAX + 1 });

  /** Warm feeds of the readers of these authors are about to be dropped. */
  const readsImported = async (reader: PersonId): Promise<boolean> => {
    const open = await stored.find<Pick<UnderWay, 'author'>>(OPEN_IMPORTS, { limit: IMPORTING_MAX + 1 });
    return open.length > IMPORTING_MAX || (await amongReadersAuthors(views, reader, open)).size > 0;
  };

  /** An edit moves a post's position on, so there is no upper bound. */
  const postsAfter = async (reached: Position | undefined, upTo: Position): Promise<readonly UnderWay[]> => {
    const found = ranges(reached, upTo).map((range) => views.find('posts', { range, order: { position: 1 }, limit: POSTS_UNDER_WAY_MAX + 1 }));
    return (await Promise.all(found)).flat();
  };

  const hasNewAuthors = async (reader: PersonId, reached: Position | undefined, upTo: Position): Promise<boolean> => {
    const found = ranges(reached, upTo).flatMap((range) => [
      views.pluck('relationships', 'to', { where: { from: reader, kind: 'follow' }, range, limit: 1 }),
      views.pluck('friends', 'friend', { where: { person: reader }, range, limit: 1 }),
    ]);
    return (await Promise.all(found)).some((authors) => authors.length > 0);
  };

  return {
    postsMissing: async (reader, upTo) => {
      // Before all else: what is before the checkpoint is either open work, or done.
      const [invalidated, fannedOut] = await Promise.all([positions.of(INVALIDATE_FEEDS), positions.of(FEED_FAN_OUT)]);
      const [isIncomplete, open, newer] = await Promise.all([hasNewAuthors(reader, invalidated, upTo), openFanOuts(), postsAfter(fannedOut, upTo)]);
      if (isIncomplete || (await readsImported(reader)) || open.length > POSTS_UNDER_WAY_MAX || newer.length > POSTS_UNDER_WAY_MAX) return undefined;
      return ofAuthors(views, reader, [...open, ...newer]);
    },
  };
}

/** The ranges of sortable positions behind `reached`, in those logs in which it is before `upTo`. */
function ranges(reached: Position | undefined, upTo: Position) {
  return logsIn(upTo)
    .filter((log) => !covers(reached, positionAt(log, offsetIn(upTo, log) ?? 0)))
    .map((log) => {
      const offset = reached === undefined ? undefined : offsetIn(reached, log);
      const lower = offset === undefined ? { from: sortable(positionAt(log, 0)) } : { after: sortable(positionAt(log, offset)) };
      return { field: 'position', ...lower, before: sortable(positionAt(log + 1, 0)) };
    });
}

async function ofAuthors(views: Pick<TidingsViews, 'getMany'>, reader: PersonId, posts: readonly UnderWay[]): Promise<readonly PostId[]> {
  const read = await amongReadersAuthors(views, reader, posts);
  return [...new Set(posts.filter(({ author }) => read.has(author)).map(({ post }) => post))];
}

/** Those of these authors whose posts belong into the reader's feed. */
async function amongReadersAuthors(
  views: Pick<TidingsViews, 'getMany'>,
  reader: PersonId,
  of: readonly Pick<UnderWay, 'author'>[],
): Promise<ReadonlySet<PersonId>> {
  const authors = [...new Set(of.map(({ author }) => author))];
  if (authors.length === 0) return new Set();
  const [follows, friends] = await Promise.all([
    views.getMany(
      'relationships',
      authors.map((author) => relationshipId({ from: reader, kind: 'follow', to: author })),
    ),
    views.getMany(
      'friends',
      authors.map((author) => friendId(reader, author)),
    ),
  ]);
  return new Set(authors.filter((_, i) => follows[i] !== undefined || friends[i] !== undefined));
}
