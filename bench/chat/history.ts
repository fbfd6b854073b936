/**
 * A channel with very many messages, as the importer brings them: what pages, jumps and searches of it take over HTTP, beside those of a
 * channel with a thousandth of them, in one process. What grows with a channel's history is seen here.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { v7 } from 'uuid';
import { channel, message, slackArchiveOf, user } from '../../cli/import/testing/slack.ts';
import { DAY_MS } from '../../domain/shared/instant.ts';
import { callApi } from '../../tests/client/call-api.ts';
import { expectStatus } from '../../tests/client/expectations.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from '../shared/start-tidings.ts';
import { UNLIMITED } from '../messages/target.ts';
import { formatRate, quantile } from '../shared/statistics.ts';
import { HISTORY_MESSAGES, HISTORY_REQUESTS } from './sizes.ts';
import { printHeader, printRow } from './table.ts';

const BINARY = resolve(import.meta.dirname, '../../cli/tidings.mjs');
const SHORT_MESSAGES = 1_000;
const A_DAY = 5_000;
const SENDERS = 8;
const START_SECONDS = Date.UTC(2023, 0, 1) / 1_000;
const VOCABULARY_WORDS = 20_000;
const PASSWORD = 'a stable full of staples';
const POLL_MS = 200;
const LIMIT = 50;

type History = { readonly name: string; readonly id: string; readonly messages: number };

export async function benchHistory(): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await temporaryFolder()).path;
  const tidings = await startTidingsAsPeopleDo(folder, UNLIMITED);
  stack.defer(async () => void (await tidings.stop('SIGTERM')));
  const { write, read } = tidings.addresses;
  const login = { loginName: 'reader', password: PASSWORD };
  expectStatus([201], await callApi(async () => write, '/v1/people', { method: 'POST', key: v7(), body: { ...login, name: 'Reader' } }));
  const { token } = expectStatus([201], await callApi(async () => write, '/v1/sessions', { method: 'POST', body: login })).body;
  const get = async (path: string) =>
    expectStatus([200], await callApi(async () => read, path, { headers: { authorization: `Bearer ${String(token)}` } })).body;

  const seconds = await importHistories(folder);
  const all = HISTORY_MESSAGES + SHORT_MESSAGES;
  console.log(`\nimported ${formatRate(all)} messages at ${formatRate(all / seconds)}/s`);
  const histories = await waitForHistories(get);

  printHeader(
    `history over HTTP, ${HISTORY_REQUESTS} requests each`,
    ...histories.flatMap(({ name, messages }) => [`${name} (${formatRate(messages)}) p50 ms`, 'p99 ms']),
  );
  for (const [name, pathOf] of CASES) {
    const cells = [];
    for (const history of histories) cells.push(...(await measure(() => get(pathOf(history)))));
    printRow(name, ...cells);
  }
  const first = [];
  for (const history of histories) first.push((await timed(() => get(searchOf(history)))).toFixed(1), '');
  printRow('the first search', ...first);
  for (const history of histories) while (((await get(searchOf(history)))['partly'] as readonly unknown[]).length > 0) await delay(POLL_MS);
  const cells = [];
  for (const history of histories) cells.push(...(await measure(() => get(searchOf(history)))));
  printRow('search, two words', ...cells);
}

const anySeq = ({ messages }: History): number => Math.floor(Math.random() * messages);
const messagesOf = ({ id }: History, query: string): string => `/v1/channels/${id}/messages?limit=${LIMIT}${query}`;
const CASES: readonly (readonly [name: string, path: (history: History) => string])[] = [
  ['the newest page', (history) => messagesOf(history, '')],
  ['a page before any message', (history) => messagesOf(history, `&before=${anySeq(history) + 1}`)],
  ['a page after any message', (history) => messagesOf(history, `&after=${anySeq(history)}`)],
  ['a jump to any message', (history) => messagesOf(history, `&around=${anySeq(history)}`)],
  ['a jump to any moment', (history) => messagesOf(history, `&at=${encodeURIComponent(new Date((START_SECONDS + anySeq(history)) * 1_000).toISOString())}`)],
];
const anyWord = (): string => `word${Math.floor(VOCABULARY_WORDS ** Math.random()) - 1}`;
const searchOf = ({ id }: History): string => `/v1/messages?channel=${id}&q=${anyWord()}%20${anyWord()}`;

async function measure(request: () => Promise<unknown>): Promise<readonly [string, string]> {
  const ms: number[] = [];
  for (let n = 0; n < HISTORY_REQUESTS; n++) ms.push(await timed(request));
  return [quantile(ms, 0.5).toFixed(1), quantile(ms, 0.99).toFixed(1)];
}

async function timed(request: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await request();
  return performance.now() - startedAt;
}

/** Answers how many seconds it took. */
async function importHistories(folder: string): Promise<number> {
  const users = Array.from({ length: SENDERS }, (_, n) => user(`U0${n}`, `sender-${n}`));
  const ids = users.map(({ id }) => String(id));
  const days: Record<string, readonly unknown[]> = {};
  for (const [name, messages] of [
    ['long', HISTORY_MESSAGES],
    ['short', SHORT_MESSAGES],
  ] as const) {
    for (let from = 0; from < messages; from += A_DAY) {
      const date = new Date(START_SECONDS * 1_000 + (from / A_DAY) * DAY_MS).toISOString().slice(0, 10);
      days[`${name}/${date}.json`] = Array.from({ length: Math.min(A_DAY, messages - from) }, (_, n) =>
        message(ids[(from + n) % SENDERS] ?? '', from + n, Array.from({ length: 12 }, anyWord).join(' ')),
      );
    }
  }
  const archive = join(folder, 'long.zip');
  await writeFile(archive, slackArchiveOf({ users, channels: [channel('C01', 'long', ids), channel('C02', 'short', ids)], days }));
  const accounts = join(folder, 'accounts.csv');
  await writeFile(accounts, 'slack,login name\nU00,reader\n');
  const startedAt = performance.now();
  const child = spawn(process.execPath, [BINARY, '--data', folder, 'import', 'slack', archive, '--people', accounts], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The import ended with ${String(code)}.`);
  return (performance.now() - startedAt) / 1_000;
}

async function waitForHistories(get: (path: string) => Promise<Readonly<Record<string, unknown>>>): Promise<readonly History[]> {
  const wanted = { long: HISTORY_MESSAGES, short: SHORT_MESSAGES };
  for (;;) {
    const rows = (await get('/v1/me/inbox'))['channels'] as readonly { readonly channel: string; readonly title: string; readonly headSeq: number | null }[];
    const found = Object.entries(wanted).flatMap(([name, messages]) => {
      const row = rows.find(({ title, headSeq }) => title === name && (headSeq ?? -1) >= messages - 1);
      return row === undefined ? [] : [{ name, id: row.channel, messages }];
    });
    if (found.length === 2) return found;
    await delay(POLL_MS);
  }
}
