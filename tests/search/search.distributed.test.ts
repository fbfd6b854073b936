/** The same on a server of MongoDB's protocol. */
import { randomUUID } from 'node:crypto';
import { connectMongo } from '../../ports/mongodb/connect.ts';
import { startMongoViews } from '../../ports/views/mongodb.ts';
import { testWith } from '../servers/availability.ts';
import { startMongoServer } from '../servers/mongodb.ts';
import { findsWhatReadingFinds } from './finds-what-reading-finds.ts';

const WITHIN_MS = 5 * 60_000;
const ANSWER_TIMEOUT_MS = 60_000;
const RUNS = 3;

testWith('secantusd-py')('a search finds on MongoDB too what reading every message would find', async (t) => {
  t.timeout(WITHIN_MS);
  await using server = await startMongoServer();
  await findsWhatReadingFinds(
    t,
    async () => {
      await using starting = new AsyncDisposableStack();
      const url = server.url.replace('/?', `/search-${randomUUID()}?`);
      const connection = starting.use(await connectMongo({ url, name: 'test', answerTimeoutMs: ANSWER_TIMEOUT_MS }));
      const views = starting.use(await startMongoViews(connection));
      const running = starting.move();
      return { ...views, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
    },
    RUNS,
  );
});
