/**
 * The real process with all roles on the embedded profile, on a core of its own where processes can be pinned, on a log that was written
 * before; with people in pairs who are there besides, and an app whose worker had seen everything before the log was written.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { v7 } from 'uuid';
import { writeLongLog } from '../../tests/write-long-log.ts';
import { callApi } from '../../tests/client/call-api.ts';
import { expectStatus } from '../../tests/client/expectations.ts';
import type { AppCredentials } from '../../tests/client/sign-request.ts';
import { ADMIN_TOKEN, temporaryFolder, type TidingsProcess } from '../../tests/start-for-test.ts';
import { startTidingsAsPeopleDo } from '../shared/start-tidings.ts';
import { isPinned, SERVER_CORE } from '../chat/server-process.ts';
import { waitFor } from '../distributed/waiting.ts';
import { openClient } from '../feed/api/requests.ts';
import { hasSettled } from '../feed/api/target.ts';
import { gatewayUrlOf, signUpPairs, UNLIMITED, type Pair } from '../messages/target.ts';
import { pagesOf } from './changes.ts';
import { readBare } from './folder.ts';
import type { Sizes } from './sizes.ts';

/** Of each who is followed. */
const POSTS = 20;
/** All views of a million events. */
const SETTLED_WITHIN_MS = 60 * 60_000;
const SETTLE_POLL_MS = 500;
const LIMITS = ['posts', 'changes', 'app-requests'].map((name) => `${name}=100000000/60`).join(',');
const SETTINGS = { ...UNLIMITED, TIDINGS_CHAT_PUSH_AFTER_MS: '10000', TIDINGS_RATE_LIMITS: `${UNLIMITED.TIDINGS_RATE_LIMITS},${LIMITS}` };

export type Target = AsyncDisposable & {
  readonly dataFolder: string;
  /** A place for what is made. */
  readonly outFolder: string;
  readonly gatewayUrl: string;
  readonly readUrl: string;
  readonly pairs: readonly Pair[];
  readonly worker: AppCredentials;
  /** Of the worker, before the log was written. */
  readonly cursor: string;
  /** Events a second, for whoever reads the log bare. */
  readonly bareEventsPerSecond: number;
};

export async function startTarget({ events, load }: Sizes, progress: (text: string) => void): Promise<Target> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder()).path;
  const dataFolder = join(folder, 'data');
  progress(`${2 * load.pairs} people sign up`);
  const prepared = await prepare(dataFolder, load.pairs);
  progress(`${events} events are written`);
  await writeLongLog(dataFolder, events);
  const bare = await readBare(dataFolder);
  progress('the process starts, and makes its views');
  const tidings = starting.use(await startTidingsAsPeopleDo(dataFolder, SETTINGS));
  starting.defer(async () => void (await tidings.stop('SIGTERM')));
  await settle(tidings);
  if (isPinned) spawnSync('taskset', ['-acp', SERVER_CORE, String(tidings.child.pid)]);
  const started = starting.move();
  return {
    ...prepared,
    dataFolder,
    outFolder: join(folder, 'out'),
    gatewayUrl: gatewayUrlOf(tidings),
    readUrl: tidings.addresses.read,
    bareEventsPerSecond: bare.perSecond,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

const settle = ({ addresses }: TidingsProcess) =>
  waitFor('the process to settle', () => hasSettled(addresses.ops), { withinMs: SETTLED_WITHIN_MS, pollMs: SETTLE_POLL_MS });

async function prepare(dataFolder: string, pairCount: number): Promise<Pick<Target, 'pairs' | 'worker' | 'cursor'>> {
  await using tidings = await startTidingsAsPeopleDo(dataFolder, SETTINGS);
  const { write, read } = tidings.addresses;
  const asOperator = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const post = async (path: string, body: object) =>
    expectStatus([200, 201], await callApi(async () => write, path, { method: 'POST', key: v7(), body, headers: asOperator })).body;
  const { id } = await post('/v1/apps', { name: 'Bench' });
  const { secret } = await post(`/v1/apps/${String(id)}/keys`, { name: 'A worker', scopes: ['projections:messages', 'personal-fields'] });
  const worker = { id: String(id), secret: String(secret) };

  const pairs = await signUpPairs(write, pairCount);
  using client = openClient(1);
  for (const { members } of pairs) {
    const [reader, author] = members;
    await client.call('PUT', `${write}/v1/me/follows/${author.person}`, { as: reader });
    for (let n = 0; n < POSTS; n++) await client.call('POST', `${write}/v1/me/feed`, { as: author, body: { text: `Post ${n}`.padEnd(200, '.') } });
  }
  await settle(tidings);
  const { cursor } = await pagesOf({ readUrl: read, worker });
  await tidings.stop('SIGTERM');
  return { pairs, worker, cursor };
}
