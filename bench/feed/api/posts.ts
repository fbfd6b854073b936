/** Posts over HTTP: what one costs that nobody reads, and how long until those see it who follow its author. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Report } from '../../distributed/report.ts';
import { quantile } from '../../shared/statistics.ts';
import { openClient, type Client } from './requests.ts';
import type { Sizes } from './sizes.ts';
import type { Target } from './target.ts';
import type { Account, World } from './world.ts';

const GOAL_LONELY_US = 1_000;
const GOAL_VISIBLE_MS = 200;
const CONNECTIONS = 32;
/** Feeds that are looked at again and again until the post is there: evenly spread over all, the first and the last among them. */
const WATCHED_FEEDS = 16;
const LOOKED_EVERY_MS = 2;
const VISIBLE_WITHIN_MS = 60_000;
const TEXT = 'x'.repeat(280);

export async function benchLonelyPosts(target: Target, { lonely }: World, report: Report, { lonelyPosts: count }: Sizes): Promise<void> {
  using client = openClient(CONNECTIONS);
  await publish(client, target, lonely);
  await target.settle();
  const before = await target.cpuUs();
  for (let n = 0; n < count; n++) await publish(client, target, lonely);
  await target.settle();
  report.figure({
    name: 'CPU a post before its first delivery, settling included',
    value: ((await target.cpuUs()) - before) / count,
    unit: 'µs',
    goal: { of: 'value', most: GOAL_LONELY_US },
  });
}

export async function benchFanOut(target: Target, world: World, report: Report, { fanOutPosts }: Sizes): Promise<void> {
  using client = openClient(CONNECTIONS);
  for (const [followers, author] of world.followed) {
    const warm = world.followers.slice(0, followers);
    const watched = Array.from({ length: WATCHED_FEEDS }, (_, n) => warm[Math.floor((n * (warm.length - 1)) / (WATCHED_FEEDS - 1))] as Account);
    const times: number[] = [];
    const before = await target.cpuUs();
    for (let n = 0; n < fanOutPosts; n++) times.push(await timeUntilVisible(client, target, author, [...new Set(watched)]));
    await target.settle();
    const name = `post → visible in ${warm.length.toLocaleString('en')} warm feeds of ${followers.toLocaleString('en')} followers`;
    report.figure({ name: `${name}, p50`, value: quantile(times, 0.5), unit: 'ms', goal: { of: 'value', most: GOAL_VISIBLE_MS } });
    report.figure({ name: `${name}, the slowest of ${times.length}`, value: Math.max(...times), unit: 'ms' });
    report.figure({
      name: `CPU a delivery to ${followers.toLocaleString('en')}, looking included`,
      value: ((await target.cpuUs()) - before) / (fanOutPosts * warm.length),
      unit: 'µs',
    });
  }
}

/** From the request until the last of the watched readers has it on the first page. */
async function timeUntilVisible(client: Client, target: Target, author: Account, readers: readonly Account[]): Promise<number> {
  const startedAt = performance.now();
  const post = await publish(client, target, author);
  await Promise.all(
    readers.map(async (as) => {
      while (!(await client.call('GET', `${target.readUrl}/v1/me/feed?limit=1`, { as })).body.includes(post)) {
        if (performance.now() - startedAt > VISIBLE_WITHIN_MS) throw new Error('A reader never saw the post.');
        await delay(LOOKED_EVERY_MS);
      }
    }),
  );
  return performance.now() - startedAt;
}

async function publish(client: Client, target: Target, as: Account): Promise<string> {
  const { body } = await client.call('POST', `${target.writeUrl}/v1/me/feed`, { as, body: { text: TEXT } });
  return (JSON.parse(body) as { readonly id: string }).id;
}
