/** Whatever JSON can say may be in a document, and both adapters answer every query alike. */
import { join } from 'node:path';
import fc from 'fast-check';
import { testWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import { connectMongo } from '../mongodb/connect.ts';
import { temporaryFolder } from '../sqlite/test-fixture.ts';
import { startMongoViews } from './mongodb.ts';
import type { Document, DocumentQuery, DocumentWrite, Scalar, ViewStore } from './port.ts';
import { startSqliteViews } from './sqlite.ts';

const collection = 'anything@1';
const FIELDS = ['author', 'likes', 'place'] as const;
const schema = { [collection]: { indexes: [{ fields: ['author', 'likes'] }, { fields: ['place'] }] } };
const ROUNDS = 25;
const ANSWER_TIMEOUT_MS = 30_000;

const scalar: fc.Arbitrary<Scalar> = fc.constantFrom<Scalar>(null, false, true, 0, -1, 1, 1.5, 1e21, 2 ** 53, '', 'ann', 'Ann', 'ann\u0000', 'ä', '\ud800', '😀', '1', 'true', '$ann'); // prettier-ignore
const key = fc.constantFrom('$set', '$literal', 'a.b', '', '__proto__', '_bsontype', '$ref', '$id', 'text', '\u0000', 'live', 'fields');
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(key, tie('value'), { maxKeys: 4 }), fc.jsonValue()),
})).value;
const id = fc.constantFrom('a', 'b', 'c', 'B', '$d', 'e.f', 'ä', '😀');

/** What is absent is absent, and what is nothing is null. */
const document: fc.Arbitrary<Document> = fc
  .tuple(
    fc.dictionary(key, json, { maxKeys: 4 }),
    fc.record({ author: fc.oneof(scalar, json), likes: fc.oneof(scalar, json), place: fc.oneof(scalar, json) }, { requiredKeys: [] }),
  )
  .map(([anything, indexed]) => JSON.parse(JSON.stringify({ ...anything, ...indexed })) as Document);
const written: fc.Arbitrary<DocumentWrite> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('put' as const),
      collection: fc.constant(collection),
      id,
      document,
      seen: fc.dictionary(key, fc.nat(), { maxKeys: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('remove' as const),
      collection: fc.constant(collection),
      id,
      seen: fc.constant({ $x: 1 }),
      position: fc.constant('7'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('increment' as const),
      collection: fc.constant(collection),
      id,
      by: fc.constant({ count: 2 }),
      position: fc.constant('8'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('patch' as const),
      collection: fc.constant(collection),
      where: fc.record({ author: scalar }),
      set: fc.record({ text: json, place: json }, { requiredKeys: ['text'] }),
    }),
  },
);

const field = fc.constantFrom(...FIELDS);
const bound = scalar.filter((value) => value !== null);
const query: fc.Arbitrary<DocumentQuery> = fc.record(
  {
    where: fc.dictionary(field, fc.oneof(scalar, fc.array(scalar, { maxLength: 4 })), { maxKeys: 2 }),
    range: fc
      .tuple(fc.oneof(field, fc.constant('_id')), fc.constantFrom('after', 'from', 'before', 'until'), bound, id)
      .map(([of, end, value, anId]) => ({ field: of, [end]: of === '_id' ? anId : value })),
    order: fc.dictionary(field, fc.constantFrom<1 | -1>(1, -1), { minKeys: 1, maxKeys: 2 }),
    limit: fc.constant(100),
  },
  { requiredKeys: ['limit'] },
);

async function answersOf(views: ViewStore, queries: readonly DocumentQuery[]): Promise<unknown> {
  const answers: unknown[] = [await views.load(collection, ['a', 'b', 'c', 'B', '$d', 'e.f', 'ä', '😀', 'none'])];
  for (const one of queries) {
    const inOrder = one.order === undefined ? { ...one, order: { _id: 1 as const } } : one;
    answers.push(await views.find(collection, inOrder), await views.pluck(collection, 'author', inOrder), await views.count(collection, one.where));
  }
  return answers;
}

testWith('secantusd-py')('both adapters answer every query alike, whatever JSON the documents are', async (t) => {
  await using folder = await temporaryFolder();
  await using server = await startMongoServer();
  await using connection = await connectMongo({ url: server.url, name: 'test', answerTimeoutMs: ANSWER_TIMEOUT_MS });
  await using mongodb = await startMongoViews(connection);
  await using sqlite = await startSqliteViews(join(folder.path, 'views.sqlite'));
  for (const views of [mongodb, sqlite]) await views.prepare(schema);
  let from: string | undefined;
  await fc.assert(
    fc.asyncProperty(fc.array(written, { minLength: 1, maxLength: 12 }), fc.array(query, { minLength: 1, maxLength: 6 }), async (writes, queries) => {
      const to = String(Number(from ?? 0) + 1);
      for (const views of [mongodb, sqlite]) t.is(await views.commit({ projection: collection, from, to, writes }), 'committed');
      from = to;
      t.deepEqual(await answersOf(mongodb, queries), await answersOf(sqlite, queries));
      for (const views of [mongodb, sqlite]) t.deepEqual((await views.verify()).damage, []);
    }),
    { numRuns: ROUNDS },
  );
});
