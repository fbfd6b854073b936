/**
 * What a page costs to read, in the server and over HTTP, for readers of few and of very many authors. Beside it the very same rows are
 * read by their ids: the ratio is what finding, filtering and presenting them costs.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { postIdFrom } from '../../domain/feed/post-id.ts';
import type { PersonId, PostId } from '../../domain/shared/ids.ts';
import { instant, plus } from '../../domain/shared/instant.ts';
import { startMemoryFeedCache } from '../../ports/feed-cache/memory.ts';
import { startSqliteViews } from '../../ports/views/sqlite.ts';
import { activeViews } from '../../projections/view-access/active-views.ts';
import { createFeed } from '../../read-api/feed/create-feed.ts';
import { median } from '../shared/statistics.ts';
import { formatSpread, printRow } from './figures.ts';
import { fillViews, HISTORY_MS, physicalCollectionOf } from './fill-views.ts';
import { formatPagesPerSecond, PAGE_LIMIT, timeEach } from './page-times.ts';
import { readRowsById } from './read-rows-by-id.ts';

const AUTHORS = [150, 1_000, 5_000];
const PAGES = 2_000;
const PAGES_DOWN_MAX = 20;
const COLD_PAGES = 100;
const GOAL_WARM_MS = 1;
const GOAL_COLD_MS = 10;
const WARM_FEEDS_MAX = 100;
const clock = () => instant(Date.now());

export async function benchPages(folder: string): Promise<void> {
  for (const authors of AUTHORS) await benchReader(folder, authors);
}

async function benchReader(folder: string, authors: number): Promise<void> {
  await using stored = await startSqliteViews(join(folder, `views-${authors}.sqlite`));
  const views = activeViews({ views: stored, versions: { physicalCollectionOf } });
  const reader = randomUUID() as PersonId;
  await fillViews(stored, { reader, authors, now: clock() });
  await using feedCache = await startMemoryFeedCache({ feedsMax: WARM_FEEDS_MAX });
  const caughtUp = {
    feedLag: { postsMissing: async () => [] },
    waitForViews: async () => true,
    logFacts: { isBlockedBy: async () => false, areFriends: async () => true },
  };
  const read = createFeed({ views, feedCache, clock, ...caughtUp });
  const readFirst = () => read({ reader, limit: PAGE_LIMIT });

  const { posts } = await readFirst();
  if (posts.length !== PAGE_LIMIT) throw new Error(`The page has ${posts.length} posts.`);
  const warm = await timeEach(PAGES, readFirst);
  const byId = await timeEach(PAGES, () => readRowsById(views, reader, posts));
  const cursors = await cursorsWithinWarmFeed(read, reader);
  const furtherDown = await timeEach(PAGES, (i) => read({ reader, limit: PAGE_LIMIT, cursor: cursors[i % cursors.length] as PostId }));
  const belowFloor = postIdFrom(plus(clock(), -HISTORY_MS / 2), '0'.repeat(16));
  const fromViews = await timeEach(COLD_PAGES, () => read({ reader, limit: PAGE_LIMIT, cursor: belowFloor }));
  const cold = [];
  for (let i = 0; i < COLD_PAGES; i++) {
    await feedCache.invalidate([reader]);
    cold.push(...(await timeEach(1, readFirst)));
  }

  console.log(`a reader of ${authors.toLocaleString('en')} authors`);
  printRow(`warm page of ${PAGE_LIMIT}`, `${formatSpread(warm)}, ${formatPagesPerSecond(warm)} pages/s (goal ≤ ${GOAL_WARM_MS} ms)`);
  printRow('the same rows straight from the views, by id', `${formatSpread(byId)}, ${formatPagesPerSecond(byId)} pages/s`);
  printRow('ratio to reading them straight', `${(median(warm) / median(byId)).toFixed(2)} times its time`);
  printRow('warm page further down', formatSpread(furtherDown));
  printRow('page below the floor, from the views', formatSpread(fromViews));
  printRow('cold feed, its first page', `${formatSpread(cold)} (goal ≤ ${GOAL_COLD_MS} ms)`);
  console.log('');
}

async function cursorsWithinWarmFeed(read: ReturnType<typeof createFeed>, reader: PersonId): Promise<readonly PostId[]> {
  const cursors: PostId[] = [];
  for (let cursor: PostId | undefined; cursors.length < PAGES_DOWN_MAX;) {
    const { next } = await read({ reader, limit: PAGE_LIMIT, ...(cursor === undefined ? {} : { cursor }) });
    if (next === null) break;
    cursor = next;
    cursors.push(next);
  }
  return cursors;
}
