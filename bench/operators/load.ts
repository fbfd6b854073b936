/** What people do meanwhile: they write to each other, and read their feeds. */
import { quantilesOf, runOpenLoop, type Quantiles } from '../chat/load.ts';
import type { Report } from '../distributed/report.ts';
import { openClient } from '../feed/api/requests.ts';
import { openChatLoad } from '../messages/chat-load.ts';
import type { LoadSizes } from './sizes.ts';
import type { Target } from './target.ts';

const CONNECTIONS_MAX = 16;
/** Of their 99th percentile: what works beside people takes no more of their time. */
const GOAL = { of: 'ratio', most: 1.1 } as const;

type Measured = { readonly chat: Quantiles; readonly feed: Quantiles };

export type Load = Disposable & {
  /** Tells the 99th percentiles beside the work, which is done again and again as long as people are there, and those without it just before. */
  beside(work: { readonly name: string; readonly once: () => Promise<unknown> }, report: Report): Promise<void>;
};

export async function openLoad({ gatewayUrl, readUrl, pairs }: Target, { messagesPerSecond, feedPagesPerSecond, seconds }: LoadSizes): Promise<Load> {
  const chat = await openChatLoad(gatewayUrl, pairs);
  const client = openClient(CONNECTIONS_MAX);

  const readFeeds = async (): Promise<Quantiles> => {
    const readAt = new Float64Array(feedPagesPerSecond * seconds).fill(Number.NaN);
    const reading: Promise<void>[] = [];
    const meantAt = await runOpenLoop({ ratePerSecond: feedPagesPerSecond, seconds }, (n) => {
      const as = pairs[n % pairs.length]?.members[0];
      const page = client.call('GET', `${readUrl}/v1/me/feed`, as === undefined ? {} : { as });
      reading.push(page.then(() => void (readAt[n] = performance.now())));
    });
    await Promise.allSettled(reading);
    return quantilesOf(readAt.map((at, n) => at - (meantAt[n] ?? Number.NaN)));
  };
  const measure = async (): Promise<Measured> => {
    const [ofChat, ofFeed] = await Promise.all([chat.measure({ ratePerSecond: messagesPerSecond, seconds }), readFeeds()]);
    return { chat: ofChat, feed: ofFeed };
  };
  await measure(); // so that what is measured is warm

  return {
    beside: async ({ name, once }, report) => {
      const alone = await measure();
      let isOver = false;
      let times = 0;
      const working = (async () => {
        for (; !isOver; times += 1) await once();
      })();
      const beside = await Promise.race([measure(), working.then(() => Promise.reject(new Error('The work ended early.')))]);
      isOver = true;
      await working;
      report.progress(`${name}: ${times} times meanwhile`);
      for (const [what, of] of [
        ['message', 'chat'],
        ['page of a feed', 'feed'],
      ] as const) {
        const missing = beside[of].missing > 0 ? `, ${beside[of].missing} missing` : '';
        report.figure({
          name: `${what}, p99 beside ${name}${missing}`,
          value: beside[of].p99,
          unit: 'ms',
          peer: { name: 'alone', value: alone[of].p99 },
          goal: GOAL,
        });
      }
    },
    [Symbol.dispose]: () => {
      chat[Symbol.dispose]();
      client[Symbol.dispose]();
    },
  };
}
