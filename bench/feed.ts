/**
 * The feed: what it costs to write a post into its readers' warm feeds, how long until the last of them can see it, and what a page
 * costs to read. `npx node bench/feed.ts [posts]`; the figures are goals, never assertions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchFanOut } from './feed/fan-out.ts';
import { benchPages } from './feed/pages.ts';
import { startFeed } from './feed/start-feed.ts';

const POSTS = Number(process.argv[2] ?? 100);
const FRIENDS = [100, 1_000, 5_000];

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-feed-'));
try {
  console.log(`node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}; ${POSTS} posts a run, everything in one process\n`);
  await using feed = await startFeed(folder);
  for (const friends of FRIENDS) await benchFanOut(feed, { friends, posts: POSTS });
  await benchPages(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
