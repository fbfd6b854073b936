/** What only a server can do to the views: lose an answer, let two writers conflict, hold something else than was written. */
import type { ExecutionContext } from 'ava';
import { MongoNetworkError } from 'mongodb';
import { testWith } from '../../../tests/servers/availability.ts';
import { startMongoServer } from '../../../tests/servers/mongodb.ts';
import { connectMongo, type MongoConnection } from '../../mongodb/connect.ts';
import { startMongoViews } from '../mongodb.ts';
import { ViewsDamaged, ViewsUnavailable, type DocumentWrite, type ViewStore } from '../port.ts';
import { posts, projection, put, schema, write } from '../test-fixture.ts';

const ANSWER_TIMEOUT_MS = 30_000;

const testViews = (title: string, body: (t: ExecutionContext, views: ViewStore, connection: MongoConnection) => Promise<void>) =>
  testWith('secantusd-py')(title, async (t) => {
    await using server = await startMongoServer();
    await using connection = await connectMongo({ url: server.url, name: 'test', answerTimeoutMs: ANSWER_TIMEOUT_MS });
    await using views = await startMongoViews(connection);
    await views.prepare(schema);
    await body(t, views, connection);
  });

/** The connection breaks at the next commit of a transaction, once it is made or before. */
function breakAtCommit({ client }: MongoConnection, when: 'committed' | 'aborted'): void {
  const startSession = client.startSession.bind(client);
  client.startSession = (options) => {
    client.startSession = startSession;
    const session = startSession(options);
    const commit = session.commitTransaction.bind(session);
    session.commitTransaction = async () => {
      await (when === 'committed' ? commit() : session.abortTransaction());
      throw new MongoNetworkError('connection closed', {});
    };
    return session;
  };
}

testViews('a commit whose answer was lost is told as committed where it was made, and as an outage where it was not', async (t, views, connection) => {
  breakAtCommit(connection, 'committed');
  t.is(await views.commit({ projection, from: undefined, to: '1', writes: [put('p1', { n: 1 })] }), 'committed');
  breakAtCommit(connection, 'aborted');
  await t.throwsAsync(views.commit({ projection, from: '1', to: '2', writes: [put('p1', { n: 2 })] }), { instanceOf: ViewsUnavailable });
  t.deepEqual([await views.checkpoint(projection), await views.get(posts, 'p1')], ['1', { n: 1 }]);
});

testViews('two runners that count in one document lose nothing', async (t, views) => {
  const count: DocumentWrite = { kind: 'increment', collection: posts, id: 'counter', by: { n: 1 } };
  const run = async (runner: string) => {
    for (let from: number | undefined; (from ?? 0) < 8;) {
      const to: number = (from ?? 0) + 1;
      const outcome = await views.commit({ projection: `${projection}/${runner}`, from: from === undefined ? undefined : String(from), to: String(to), writes: [count] }); // prettier-ignore
      t.not(outcome, 'fenced');
      if (outcome === 'committed') from = to;
    }
  };
  await Promise.all([run('1.0'), run('2.0'), run('3.0')]);
  t.deepEqual(await views.get(posts, 'counter'), { n: 24 });
});

testViews('what somebody has changed in the database is answered by nobody, and named by `verify`', async (t, views, connection) => {
  await write(views, put('p1', { author: 'ann' }), put('p2', { author: 'ann' }), put('p3', { author: 'ann' }));
  t.deepEqual(await views.verify(), { documents: 3, damage: [] });
  const rows = connection.database.collection<{ readonly _id: string }>(posts);
  await rows.updateOne({ _id: 'p1' }, { $set: { json: '{"author":' } });
  await rows.updateOne({ _id: 'p2' }, { $set: { 'fields.author': 'eve' } });
  const error = await t.throwsAsync(views.get(posts, 'p1'), { instanceOf: ViewsDamaged });
  t.deepEqual(error.document, { collection: posts, id: 'p1' });
  await t.throwsAsync(views.find(posts, { where: { author: 'ann' }, limit: 5 }), { instanceOf: ViewsDamaged });
  const { documents, damage } = await views.verify();
  t.is(documents, 3);
  t.is(damage.length, 2);
  t.regex(damage.join('\n'), /document p1 of posts@1[^]*document p2 of posts@1 is indexed as something else/);
  const stopped = new AbortController();
  stopped.abort(new Error('enough'));
  await t.throwsAsync(views.verify(stopped.signal), { message: 'enough' });
});

testViews('a query by a field of no index is an error, and so is a collection that was not prepared', async (t, views) => {
  await t.throwsAsync(views.find(posts, { where: { text: 'one' }, limit: 1 }), { message: 'No index of posts@1 names text.' });
  await t.throwsAsync(views.get('inbox@1', 'i1'), { message: 'The collection inbox@1 was not prepared.' });
  await t.throwsAsync(views.prepare({ 'a"b': { indexes: [] } }), { message: /can’t be named/ });
  await t.throwsAsync(views.prepare({ 'inbox@1': { indexes: [{ fields: ['a.b'] }] } }), { message: /can’t be indexed/ });
  await t.throwsAsync(views.drop('posts@1/1.0', []), { message: /is a shard/ });
});
