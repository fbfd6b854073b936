/** Whatever JSON can say may be in a document, and both adapters answer every query alike. */
import { deepStrictEqual } from 'node:assert/strict';
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
/** To look for what they answer differently: many. The seed that a failure prints, and its path, repeat it. */
const ROUNDS = Number(process.env['TIDINGS_TEST_ROUNDS'] ?? 25);
const SEED = process.env['TIDINGS_TEST_SEED'];
/** A round of this server takes half a second on a busy machine. */
const ROUND_MS = 2_000;
const ANSWER_TIMEOUT_MS = 30_000;

const scalar: fc.Arbitrary<Scalar> = fc.constantFrom<Scalar>(null, false, true, 0, -1, 1, 1.5, 1e21, 2 ** 53, '', 'ann', 'Ann', 'ann\u0000', 'ä', '\ud800', '😀', '1', 'true', '$ann'); // prettier-ignore
const key = fc.constantFrom('$set', '$literal', 'a.b', '', '__proto__', '_bsontype', '$ref', '$id', 'text', '\u0000', 'live', 'fields');
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(key, tie('value'), { maxKeys: 4 }), fc.jsonValue()),
})).value;
const id = fc.constantFrom('a', 'b', 'c', 'B', '$d', 'e.f', 'ä', '😀');

/** SecantusDB’s indexes put numbers of more than 128 decimal places, or fewer, at the wrong end: MongoDB’s are right. */
const EXTREME = { above: 1e100, below: 1e-100 };
const isExtreme = (value: unknown): boolean => typeof value === 'number' && value !== 0 && (Math.abs(value) > EXTREME.above || Math.abs(value) < EXTREME.below);
const inIndex = fc.oneof(scalar, json).filter((value) => !isExtreme(value));

/** What is absent is absent, and what is nothing is null. */
const document: fc.Arbitrary<Document> = fc
  .tuple(fc.dictionary(key, json, { maxKeys: 4 }), fc.record({ author: inIndex, likes: inIndex, place: inIndex }, { requiredKeys: [] }))
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
      set: fc.record({ text: json, place: inIndex }, { requiredKeys: ['text'] }),
    }),
  },
);

const field = fc.constantFrom(...FIELDS);
const bound = scalar.filter((value) => value !== null);
const boundsOf = (value: fc.Arbitrary<Scalar>) =>
  fc
    .tuple(value, value, fc.constantFrom('after', 'from', 'none'), fc.constantFrom('before', 'until', 'none'))
    .filter(([lower, upper, begin, end]) => (begin === 'none' ? end !== 'none' : end === 'none' || typeof lower === typeof upper))
    .map(([lower, upper, begin, end]) => ({ ...(begin === 'none' ? {} : { [begin]: lower }), ...(end === 'none' ? {} : { [end]: upper }) }));
const range = fc.oneof({ weight: 3, arbitrary: fc.tuple(field, boundsOf(bound)) }, { weight: 1, arbitrary: fc.tuple(fc.constant('_id'), boundsOf(id)) });
const query: fc.Arbitrary<DocumentQuery> = fc.record(
  {
    where: fc.dictionary(field, fc.oneof(scalar, fc.array(scalar, { maxLength: 4 })), { maxKeys: 2 }),
    range: range.map(([of, bounds]) => ({ field: of, ...bounds })),
    order: fc.dictionary(field, fc.constantFrom<1 | -1>(1, -1), { minKeys: 1, maxKeys: 2 }),
    limit: fc.constant(100),
  },
  { requiredKeys: ['limit'] },
);

async function answersOf(views: ViewStore, queries: readonly DocumentQuery[]): Promise<unknown> {
  const loaded = await views.load(collection, ['a', 'b', 'c', 'B', '$d', 'e.f', 'ä', '😀', 'none']);
  const answers: unknown[] = [loaded.map(({ version, ...others }) => ({ ...others, isThere: version > 0 }))];
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
  t.timeout(60_000 + ROUNDS * ROUND_MS);
  const same = async (writes: readonly DocumentWrite[], queries: readonly DocumentQuery[]) => {
    for (const views of [mongodb, sqlite]) {
      await views.drop(collection, [collection]);
      t.is(await views.commit({ projection: collection, from: undefined, to: '1', writes }), 'committed');
    }
    deepStrictEqual(await answersOf(mongodb, queries), await answersOf(sqlite, queries));
    for (const views of [mongodb, sqlite]) deepStrictEqual((await views.verify()).damage, []);
  };
  // Each round begins with nothing and throws what differs, so that a failure is made as small as it can be, and its seed is told.
  const writes = fc.array(written, { minLength: 1, maxLength: 24 });
  const seed = SEED === undefined ? {} : { seed: Number(SEED) };
  await fc.assert(fc.asyncProperty(writes, fc.array(query, { minLength: 1, maxLength: 6 }), same), { numRuns: ROUNDS, ...seed });
});
