/** A MongoDB that hangs, is gone or stands alone ends in a named error in a named time, and no URL makes anything less durable. */
import type { ExecutionContext } from 'ava';
import { testWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { onceBack } from '../../tests/servers/once-back.ts';
import { Outage } from '../outage.ts';
import { connectMongo, MongoUnavailable, type MongoConnection, type MongoOptions } from './connect.ts';

class TestUnavailable extends Outage {}

const QUICK = { name: 'test', selectionTimeoutMs: 300, answerTimeoutMs: 600, connectTimeoutMs: 300 } satisfies Omit<MongoOptions, 'url'>;
/** A busy machine's timers are late. */
const SLACK_MS = 4_000;

async function isUnavailableSoon(t: ExecutionContext, mongodb: MongoConnection): Promise<void> {
  const startedAt = performance.now();
  const collection = mongodb.database.collection('documents');
  const tries = [mongodb.answer(TestUnavailable, () => collection.findOne({})), mongodb.answer(TestUnavailable, () => collection.insertOne({ n: 2 }))];
  for (const tried of tries) await t.throwsAsync(tried, { instanceOf: TestUnavailable });
  t.true(performance.now() - startedAt < QUICK.answerTimeoutMs + SLACK_MS);
}

testWith('secantusd-py')('a server that is gone or hangs for a time is an outage for that time, and no longer', async (t) => {
  await using server = await startMongoServer({ isDurable: true });
  await using mongodb = await onceBack(() => connectMongo({ url: server.url, ...QUICK }));
  const write = () => mongodb.answer(TestUnavailable, () => mongodb.database.collection('documents').insertOne({ n: 1 }));
  await write();
  server.hang();
  await isUnavailableSoon(t, mongodb);
  server.resume();
  await onceBack(write, TestUnavailable);
  await server.kill();
  await isUnavailableSoon(t, mongodb);
  await server.start();
  await onceBack(write, TestUnavailable);
  t.true((await onceBack(() => mongodb.answer(TestUnavailable, () => mongodb.database.collection('documents').countDocuments({ n: 1 })))) >= 3);
});

testWith('secantusd-py')('a pool whose connections are all in use is an outage', async (t) => {
  await using server = await startMongoServer();
  await using mongodb = await onceBack(() => connectMongo({ url: server.url, ...QUICK, answerTimeoutMs: 5_000, poolMax: 1 }));
  server.hang();
  const first = mongodb.answer(TestUnavailable, () => mongodb.database.command({ ping: 1 })).catch(() => undefined);
  const error = await t.throwsAsync(
    mongodb.answer(TestUnavailable, () => mongodb.database.command({ ping: 1 })),
    { instanceOf: TestUnavailable },
  );
  t.regex(error.message, /Timed out while checking out a connection|MongoDB can’t be reached/);
  server.resume();
  await first;
});

testWith('secantusd-py')('what was asked wrongly is no outage', async (t) => {
  await using server = await startMongoServer();
  await using mongodb = await onceBack(() => connectMongo({ url: server.url, ...QUICK }));
  const error = await t.throwsAsync(mongodb.answer(TestUnavailable, () => mongodb.database.command({ thereIsNoSuchCommand: 1 })));
  t.false(error instanceof Outage);
});

testWith('secantusd-py')('durability and consistency are never the URL’s, and the database is', async (t) => {
  await using server = await startMongoServer();
  const url = server.url.replace('/?', '/theirs?');
  await using mongodb = await onceBack(() =>
    connectMongo({ url: `${url}&w=0&journal=false&readPreference=secondary&readConcernLevel=local&retryWrites=false`, ...QUICK }),
  );
  const { options } = mongodb.client;
  t.like(options, { retryWrites: true, readConcern: { level: 'majority' }, writeConcern: { w: 'majority', journal: true } });
  t.is(options.readPreference.mode, 'primary');
  t.is(mongodb.database.databaseName, 'theirs');
  await using other = await onceBack(() => connectMongo({ url: server.url, ...QUICK }));
  t.is(other.database.databaseName, 'tidings');
});

testWith()('a server that isn’t there is `MongoUnavailable`', async (t) => {
  await t.throwsAsync(connectMongo({ url: 'mongodb://127.0.0.1:1/', ...QUICK }), { instanceOf: MongoUnavailable });
});

testWith('secantusd-py')('a server that stands alone, and so has no transactions, is refused with what to do', async (t) => {
  await using standalone = await startMongoServer({ args: ['--standalone'] });
  await t.throwsAsync(connectMongo({ url: standalone.url, ...QUICK }), { message: /stands alone and has no transactions.*--replSet/ });
});
