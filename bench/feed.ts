/**
 * The feed as its users meet it: the real process with all roles, or a cluster with one process of every role, over HTTP, on data that
 * has grown. `npm run bench:feed [-- --profile distributed] [--only pages,mix] [--json file] [--quick]`. `parts` measures fan-out and pages
 * in this process, beside bare loops over the same caches and rows. The figures are goals, never assertions.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { openReport, type Report } from './distributed/report.ts';
import { benchMix } from './feed/api/mix.ts';
import { benchColdPages, benchWarming, benchWarmPages } from './feed/api/pages.ts';
import { benchFanOut, benchLonelyPosts } from './feed/api/posts.ts';
import { sizesOf, type Profile, type Sizes } from './feed/api/sizes.ts';
import { startTarget, type Target } from './feed/api/target.ts';
import { fillWorld, type World } from './feed/api/world.ts';
import { benchFanOut as benchFanOutInProcess } from './feed/fan-out.ts';
import { benchPages } from './feed/pages.ts';
import { startFeed } from './feed/start-feed.ts';

const PARTS_FRIENDS = [100, 1_000, 5_000];
const PARTS_POSTS = 100;

/** In this order: feeds are cold before they are warmed. */
const OVER_HTTP: Readonly<Record<string, (target: Target, world: World, report: Report, sizes: Sizes) => Promise<void>>> = {
  cold: benchColdPages,
  warming: benchWarming,
  pages: benchWarmPages,
  'fan-out': benchFanOut,
  post: benchLonelyPosts,
  mix: benchMix,
};
const SECTIONS = [...Object.keys(OVER_HTTP), 'parts'];

const options = new Command('bench:feed')
  .description('Measure the feed over HTTP, on either profile, each figure beside a goal or a peer in the same run.')
  .addOption(new Option('--profile <profile>', 'what runs').choices(['embedded', 'distributed'] satisfies Profile[]).default('embedded'))
  .option('--only <sections>', `some of ${SECTIONS.join(',')}`, sections, Object.keys(OVER_HTTP))
  .option('--json <file>', 'keep the figures in this file')
  .option('--quick', 'very little of everything, to see whether it works', false)
  .parse()
  .opts<{ readonly profile: Profile; readonly only: readonly string[]; readonly json?: string; readonly quick: boolean }>();

const sizes = sizesOf(options.profile, { isQuick: options.quick });
const report = openReport({ isQuick: options.quick, file: options.json, command: `npm run bench:feed -- --profile ${options.profile}` });
const wanted = Object.keys(OVER_HTTP).filter((name) => options.only.includes(name));
if (wanted.length > 0) await benchOverHttp(wanted);
if (options.only.includes('parts')) await benchParts();

async function benchOverHttp(names: readonly string[]): Promise<void> {
  const of = report.of(options.profile);
  const { target, world } = await startTarget(options.profile, (stores) => fillWorld(stores, sizes, (text) => of.progress(text)));
  await using stopping = target;
  of.progress('waiting for the views');
  await stopping.settle();
  for (const name of names) {
    try {
      // A feed that nobody has read is nobody's audience.
      if (name === 'fan-out' && !names.includes('warming')) await benchWarming(target, world, report.of('warming'));
      await OVER_HTTP[name]?.(target, world, report.of(name), sizes);
    } catch (error) {
      report.fail(name, error);
    }
  }
}

async function benchParts(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-feed-'));
  try {
    await using feed = await startFeed(folder);
    for (const friends of PARTS_FRIENDS) await benchFanOutInProcess(feed, { friends, posts: PARTS_POSTS });
    await benchPages(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function sections(text: string): readonly string[] {
  const named = text.split(',');
  const unknown = named.filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no section ${unknown.join(', ')}.`);
  return named;
}
