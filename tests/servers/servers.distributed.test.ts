/** The servers that the tests of adapters stand on do what those tests make them do. */
import { MongoClient } from 'mongodb';
import { testWith } from './availability.ts';
import { startMongoServer } from './mongodb.ts';
import { ask, startRedisCluster, startRedisServer } from './redis.ts';

testWith('redis-server')('a Redis can be killed, started again on its port, and hung', async (t) => {
  await using redis = await startRedisServer();
  await ask(redis.url, ['SET', 'a', '1']);
  await redis.kill();
  await t.throwsAsync(ask(redis.url, ['GET', 'a']));
  await redis.start();
  t.is(await ask(redis.url, ['GET', 'a']), null);
  redis.hang();
  const answer = ask(redis.url, ['PING']);
  t.is(await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 200, 'no answer'))]), 'no answer');
  redis.resume();
  t.is(await answer, 'PONG');
});

testWith('redis-server')('three Redis are a cluster', async (t) => {
  await using cluster = await startRedisCluster();
  t.is(cluster.urls.length, 3);
  const info = String(await ask(cluster.urls[0] ?? '', ['CLUSTER', 'INFO']));
  t.regex(info, /cluster_state:ok/);
});

testWith('secantusd-py')('a MongoDB server keeps its documents over a kill, and has transactions', async (t) => {
  await using mongodb = await startMongoServer({ isDurable: true });
  {
    await using client = await MongoClient.connect(mongodb.url);
    const documents = client.db('test').collection('documents');
    await client.withSession(async (session) => {
      session.startTransaction();
      await documents.insertOne({ n: 1 }, { session });
      t.is(await documents.countDocuments(), 0);
      await session.commitTransaction();
    });
    t.is(await documents.countDocuments(), 1);
  }
  await mongodb.kill();
  await mongodb.start();
  await using client = await MongoClient.connect(mongodb.url);
  t.is(await client.db('test').collection('documents').countDocuments(), 1);
});
