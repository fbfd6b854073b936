/** The view store on a server of MongoDB's protocol. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import type { TestServer } from '../../tests/servers/server-process.ts';
import { connectMongo } from '../mongodb/connect.ts';
import { viewsContract } from './contract.ts';
import { outagesContract } from './faults/contract.ts';
import { mongoViews } from './mongodb/collections.ts';
import { markDropped } from './mongodb/drop.ts';
import type { DropStep } from './test-fixture.ts';
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
  /** It stops after the step as if it were killed: what it would have done next, it never does. */
  const dropAndDie = async (projection: string, collections: readonly string[], step: DropStep) => {
    await using connection = await connectMongo({ url, name: 'dying', answerTimeoutMs: ANSWER_TIMEOUT_MS });
    const views = mongoViews(connection.client, connection.database, (work) => work());
    await markDropped(views, projection, collections);
    if (step === 'marked it') return;
    for (const collection of collections) {
      const ids = (await views.rows(collection).find().toArray()).map(({ _id }) => _id);
      await views.rows(collection).deleteMany({ _id: { $in: step === 'emptied it' ? ids : ids.slice(ids.length / 2) } });
    }
  };
  return { start, dropAndDie, [Symbol.asyncDispose]: async () => resolve() };
});

outagesContract('mongodb', async () => {
  await using starting = new AsyncDisposableStack();
  const alone = starting.use(await startMongoServer({ isDurable: true }));
  const start = async () => {
    await using connecting = new AsyncDisposableStack();
    const options = { answerTimeoutMs: 1_000, selectionTimeoutMs: 500, connectTimeoutMs: 500 };
    const views = await startMongoViews(connecting.use(await connectMongo({ url: alone.url, name: 'test', ...options })));
    const connected = connecting.move();
    return { ...views, [Symbol.asyncDispose]: () => connected.disposeAsync() };
  };
  const started = starting.move();
  return { start, server: alone, [Symbol.asyncDispose]: () => started.disposeAsync() };
});
