/**
 * Searching messages: pages over 200 of all channels when everything is indexed, and the first answer of a channel that nobody has
 * searched before. Beside it what indexing costs, in CPU of the whole process: a message of an indexed channel, and of another one, as a
 * multiple of the message's own projection in the same run. `npx node bench/search.ts [channels] [messages a channel] [messages of the long one]`.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChannelId } from '../domain/shared/ids.ts';
import { instant } from '../domain/shared/instant.ts';
import { openEventStore } from '../event-store/open.ts';
import { createCodec } from '../ports/event-log/codec.ts';
import { startEmbeddedLog } from '../ports/event-log/embedded.ts';
import { openKeyring } from '../ports/event-log/keyring.ts';
import { startSqliteVault } from '../ports/vault/sqlite.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { messages } from '../projections/read-models/chat/messages.ts';
import { search } from '../projections/read-models/chat/search.ts';
import { termKeys } from '../projections/read-models/chat/term-keys.ts';
import { activeViews } from '../projections/view-access/active-views.ts';
import type { TidingsViews } from '../projections/view-access/tidings-views.ts';
import { messageSearch } from '../read-api/search/message-search.ts';
import { searchMessages } from '../read-api/search/search-messages.ts';
import { indexMessagesWith } from '../workers/chat/search/index-messages.ts';
import { beginIndex, createWords, fillChannel } from './search/fill.ts';
import { measureLive } from './search/live.ts';
import { formatRate, quantile } from './shared/statistics.ts';

const [CHANNELS = 1_000, MESSAGES = 1_000, LONG_MESSAGES = 100_000] = process.argv.slice(2).map(Number);
const SEARCHED_CHANNELS = Math.min(200, CHANNELS);
const SEARCHES = 500;
const PAGE = { cursor: undefined, limit: 20, bytesMax: 1_000_000 } as const;
const SECRET = Buffer.from('the secret of a benchmark');
const physical = (collection: string) => `${collection}@1`;
const clock = () => instant(Date.now());

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'));
try {
  await using log = startEmbeddedLog(await openEventStore(join(folder, 'events'), { noSync: true }));
  await using vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const file = join(folder, 'views.sqlite');
  await using views = await startSqliteViews(file);
  const codec = createCodec(openKeyring(vault), clock);
  for (const { indexes } of [messages, search]) {
    await views.prepare(Object.fromEntries(Object.entries(indexes).map(([name, ofCollection]) => [physical(name), { indexes: ofCollection }])));
  }
  const words = createWords(7);
  const filling = { log, codec, views, physical };
  const channels = Array.from({ length: CHANNELS }, (_, nth) => `room-${nth}` as ChannelId);
  const long = 'the-long-channel' as ChannelId;
  for (const [nth, channel] of channels.entries()) await fillChannel(filling, { channel, nth, messages: MESSAGES, message: words.message });
  await fillChannel(filling, { channel: long, nth: CHANNELS, messages: LONG_MESSAGES, message: words.message });
  const bytesBefore = (await stat(file)).size;
  console.log(`${formatRate(CHANNELS * MESSAGES)} messages in ${formatRate(CHANNELS)} channels, and ${formatRate(LONG_MESSAGES)} in one`);

  const searching = {
    views: activeViews({ views, versions: { physicalCollectionOf: physical } }) as unknown as TidingsViews,
    keys: termKeys(SECRET),
    clock,
  };
  const searchFor = async (typed: string, among: readonly ChannelId[]) => {
    const startedAt = performance.now();
    const { hits } = await searchMessages(searching, messageSearch({ typed }), { ...PAGE, channels: new Map(among.map((channel) => [channel, 0])) });
    return { ms: performance.now() - startedAt, hits: hits.length };
  };
  const print = (name: string, found: readonly { readonly ms: number; readonly hits: number }[]) => {
    const ms = found.map((one) => one.ms);
    const hits = found.reduce((sum, one) => sum + one.hits, 0) / found.length;
    const [half, most, worst] = [quantile(ms, 0.5), quantile(ms, 0.99), Math.max(...ms)].map((one) => `${one.toFixed(1)} ms`);
    console.log(`${name.padEnd(58)} p50 ${half}, p99 ${most}, worst ${worst}; ${hits.toFixed(1)} hits a page`);
  };

  print('first answer of the long channel, not indexed, a rare word', [await searchFor('word19000', [long])]);
  print('the same, a frequent word', [await searchFor('word3', [long])]);

  await beginIndex(filling, [...channels, long]);
  const index = indexMessagesWith({ log, codec, stored: views, collectionOf: physical, secret: SECRET, clock });
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  while ((await index()) > 0);
  const all = CHANNELS * MESSAGES + LONG_MESSAGES;
  const used = process.cpuUsage(cpu);
  console.log(
    `indexing what was said before: ${formatRate((all * 1_000) / (performance.now() - startedAt))} messages/s, ${Math.round((used.user + used.system) / all)} µs of CPU each`,
  );
  console.log(
    `${Math.round(((await stat(file)).size - bytesBefore) / all)} bytes of views a message; ${formatRate(await views.count(physical('postings')))} postings`,
  );

  for (const [name, typed] of [
    ['one word', () => words.word()],
    ['two words', () => `${words.word()} ${words.word()}`],
    ['a phrase', () => `"${words.word()} ${words.word()}"`],
  ] as const) {
    const found = [];
    for (let n = 0; n < SEARCHES; n++) {
      const first = Math.floor(words.random() * (CHANNELS - SEARCHED_CHANNELS + 1));
      found.push(await searchFor(typed(), channels.slice(first, first + SEARCHED_CHANNELS)));
    }
    print(`${name}, ${SEARCHED_CHANNELS} channels`, found);
  }
  const inLong = [];
  for (let n = 0; n < SEARCHES; n++) inLong.push(await searchFor(`${words.word()} ${words.word()}`, [long]));
  print('two words, the long channel', inLong);

  await measureLive({ log, codec, views, physical, secret: SECRET, clock, message: words.message });
} finally {
  await rm(folder, { recursive: true });
}
