/**
 * What people do with a feed, in the shares of the reference workload: home 60, further pages 12, profile 15, like 8, post 2, reply 2,
 * follow 0.7, mute 0.3 in a hundred; readers by Zipf's law with exponent 0.8; at a rate that waits for nobody.
 */
import { runOpenLoop } from '../../chat/load.ts';
import type { Report } from '../../distributed/report.ts';
import { quantile } from '../../shared/statistics.ts';
import { openClient, type Answer, type Client } from './requests.ts';
import type { Sizes } from './sizes.ts';
import type { Target } from './target.ts';
import type { Account, World } from './world.ts';

const CONNECTIONS = 64;
const ZIPF_EXPONENT = 0.8;
const POSTS_REMEMBERED_MAX = 1_000;
const FAILURES_TOLD_MAX = 3;

type Kind = 'home' | 'further' | 'profile' | 'like' | 'post' | 'reply' | 'follow' | 'mute';
const SHARES: readonly (readonly [Kind, number])[] = [
  ['home', 60],
  ['further', 12],
  ['profile', 15],
  ['like', 8],
  ['post', 2],
  ['reply', 2],
  ['follow', 0.7],
  ['mute', 0.3],
];
const READS: readonly Kind[] = ['home', 'further', 'profile'];

/** What the readers have seen, to like it, answer it and read on from it. */
type Seen = { readonly posts: string[]; readonly cursors: Map<Account, string> };

export async function benchMix(target: Target, world: World, report: Report, { mixRates, mixSeconds }: Sizes): Promise<void> {
  using client = openClient(CONNECTIONS);
  const drawReader = zipf(world.readers);
  const seen: Seen = { posts: [], cursors: new Map() };
  for (const reader of world.readers) remember(seen, reader, await home(client, target, reader));
  for (const ratePerSecond of mixRates) {
    const times = new Map<Kind, number[]>(SHARES.map(([kind]) => [kind, []]));
    const running: Promise<void>[] = [];
    const failures: unknown[] = [];
    const cpuBefore = await target.cpuUs();
    await runOpenLoop({ ratePerSecond, seconds: mixSeconds }, () => {
      const [kind, reader] = [drawKind(), drawReader()];
      const meantAt = performance.now();
      running.push(
        act(kind, { client, target, world, seen, reader }).then(
          () => void times.get(kind)?.push(performance.now() - meantAt),
          (error: unknown) => void failures.push(error),
        ),
      );
    });
    await Promise.all(running);
    const cpuUs = (await target.cpuUs()) - cpuBefore;
    const of = (kinds: readonly Kind[]) => kinds.flatMap((kind) => times.get(kind) ?? []);
    const unit = 'ms';
    for (const [name, kinds] of [['reads', READS] as const, ['commands', SHARES.map(([kind]) => kind).filter((kind) => !READS.includes(kind))] as const]) {
      report.figure({ name: `the mix at ${ratePerSecond}/s: ${name}, p50`, value: quantile(of(kinds), 0.5), unit });
      report.figure({ name: `the mix at ${ratePerSecond}/s: ${name}, p99`, value: quantile(of(kinds), 0.99), unit });
    }
    report.figure({ name: `the mix at ${ratePerSecond}/s: CPU a request`, value: cpuUs / running.length, unit: 'µs' });
    report.figure({ name: `the mix at ${ratePerSecond}/s: failed`, value: failures.length, unit: `of ${running.length}`, goal: { of: 'value', most: 0 } });
    for (const error of failures.slice(0, FAILURES_TOLD_MAX)) report.progress(String(error));
    await target.settle();
  }
}

type Situation = { readonly client: Client; readonly target: Target; readonly world: World; readonly seen: Seen; readonly reader: Account };

async function act(kind: Kind, { client, target: { readUrl, writeUrl }, target, world, seen, reader: as }: Situation): Promise<void> {
  const post = oneOf(seen.posts);
  const author = oneOf(world.authors);
  switch (kind) {
    case 'home':
      return remember(seen, as, await home(client, target, as));
    case 'further': {
      const cursor = seen.cursors.get(as);
      return remember(
        seen,
        as,
        await client.call('GET', `${readUrl}/v1/me/feed?limit=20${cursor === undefined ? '' : `&before=${encodeURIComponent(cursor)}`}`, { as }),
      );
    }
    case 'profile':
      await Promise.all([
        client.call('GET', `${readUrl}/v1/people/${author}`, { as }),
        client.call('GET', `${readUrl}/v1/people/${author}/posts?limit=20`, { as }),
      ]);
      return;
    case 'like':
      await client.call('PUT', `${writeUrl}/v1/posts/${post}/like`, { as });
      return;
    case 'post':
      await client.call('POST', `${writeUrl}/v1/me/feed`, { as, body: { text: `A post of ${performance.now()}` } });
      return;
    case 'reply':
      await client.call('POST', `${writeUrl}/v1/me/feed`, { as, body: { text: `A reply of ${performance.now()}`, replyTo: post } });
      return;
    case 'follow':
      await client.call('PUT', `${writeUrl}/v1/me/follows/${author}`, { as });
      return;
    case 'mute':
      await client.call('PUT', `${writeUrl}/v1/me/mutes/${author}`, { as });
      return;
  }
}

const home = (client: Client, { readUrl }: Target, as: Account): Promise<Answer> => client.call('GET', `${readUrl}/v1/me/feed?limit=20`, { as });

function remember({ posts, cursors }: Seen, reader: Account, { body }: Answer): void {
  const page = JSON.parse(body) as { readonly posts: readonly { readonly id: string }[]; readonly next: string | null };
  for (const { id } of page.posts) posts.push(id);
  posts.splice(0, posts.length - POSTS_REMEMBERED_MAX);
  if (page.next === null) cursors.delete(reader);
  else cursors.set(reader, page.next);
}

const oneOf = <One>(all: readonly One[]): One => all[Math.floor(Math.random() * all.length)] as One;

const HUNDRED = SHARES.reduce((sum, [, share]) => sum + share, 0);

function drawKind(): Kind {
  let left = Math.random() * HUNDRED;
  for (const [kind, share] of SHARES) if ((left -= share) < 0) return kind;
  return 'home';
}

/** Draws the nth of all with a probability that falls with n to the power of the exponent. */
function zipf<One>(all: readonly One[]): () => One {
  const sums: number[] = [];
  let sum = 0;
  for (let n = 1; n <= all.length; n++) sums.push((sum += n ** -ZIPF_EXPONENT));
  return () => {
    const drawn = Math.random() * sum;
    return all[sums.findIndex((until) => drawn < until)] as One;
  };
}
