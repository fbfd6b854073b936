/** The view store on a server of MongoDB's protocol. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import type { TestServer } from '../../tests/servers/server-process.ts';
import { connectMongo } from '../mongodb/connect.ts';
import { viewsContract } from './contract.ts';
import { startMongoViews } from './mongodb.ts';

let server: TestServer;
test.before(async () => {
  server = await startMongoServer();
});
test.after.always(() => server[Symbol.asyncDispose]());

/** A busy machine's server is slow. */
const ANSWER_TIMEOUT_MS = 30_000;
/** All tests of the contract at once are more than this server answers in time. */
const TESTS_AT_ONCE = 3;
const turns = Array.from({ length: TESTS_AT_ONCE }, () => Promise.resolve());
let opened = 0;

viewsContract('mongodb', async () => {
  const turn = opened++ % TESTS_AT_ONCE;
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = turns[turn];
  turns[turn] = promise;
  await before;
  const url = server.url.replace('/?', `/views-${randomUUID()}?`);
  const start = async () => {
    await using starting = new AsyncDisposableStack();
    const views = await startMongoViews(starting.use(await connectMongo({ url, name: 'test', answerTimeoutMs: ANSWER_TIMEOUT_MS })));
    const started = starting.move();
    return { ...views, [Symbol.asyncDispose]: () => started.disposeAsync() };
  };
  return { start, [Symbol.asyncDispose]: async () => resolve() };
});
