/** Bits that the disk has flipped in the file of the views, behind SQLite's back. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { temporaryFolder } from '../sqlite/test-fixture.ts';
import { ViewsDamaged, type DocumentWrite, type ViewStore } from './port.ts';
import { startSqliteViews } from './sqlite.ts';
import { posts, put, write } from './test-fixture.ts';

const AUTHOR_INDEX = { [posts]: { indexes: [{ fields: ['author'] }] } };
const FLIPPED_BITS = 60;

async function givenFile(...writes: readonly DocumentWrite[]) {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  const views = await startSqliteViews(file);
  await views.prepare(AUTHOR_INDEX);
  await write(views, ...writes);
  await views[Symbol.asyncDispose]();
  return { file, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
}

const QUOTE = '"'.charCodeAt(0);

/** In the first place where the file has the text and that fits; in any place where nothing is said. */
async function flipBitIn(file: string, text: string, fits: (place: { readonly before: number | undefined }) => boolean = () => true): Promise<void> {
  const bytes = await readFile(file);
  let at = bytes.indexOf(text);
  while (at >= 0 && !fits({ before: bytes[at - 1] })) at = bytes.indexOf(text, at + 1);
  if (at < 0) throw new Error(`The file has no such place with ${text}.`);
  await flipBitAt(file, at, 0);
}

async function flipBitAt(file: string, at: number, bit: number): Promise<void> {
  const handle = await open(file, 'r+');
  const byte = Buffer.alloc(1);
  await handle.read(byte, 0, 1, at);
  await handle.write(Buffer.from([byte.readUInt8(0) ^ (1 << bit)]), 0, 1, at);
  await handle.close();
}

const isDamaged = { instanceOf: ViewsDamaged, message: /views\.sqlite is damaged: the document p1 of posts@1 isn’t what was written\. Delete it/ };

test('a document with a flipped bit is answered by no query, and the others are', async (t) => {
  await using given = await givenFile(put('p1', { author: 'ann', text: 'she said yes' }), put('p2', { author: 'bob', text: 'hello' }));
  await flipBitIn(given.file, 'she said yes');
  await using views = await startSqliteViews(given.file);
  const error = await t.throwsAsync(views.get(posts, 'p1'), isDamaged);
  t.deepEqual(error?.document, { collection: posts, id: 'p1' });
  await t.throwsAsync(views.getMany(posts, ['p2', 'p1']), isDamaged);
  await t.throwsAsync(views.getFirst(posts, ['p1'], 1_000), isDamaged);
  await t.throwsAsync(views.load(posts, ['p1']), isDamaged);
  await t.throwsAsync(views.find(posts, { where: { author: 'ann' }, limit: 10 }), isDamaged);
  await t.throwsAsync(views.findPage(posts, { where: { author: 'ann' }, limit: 10, bytesMax: 1_000 }), isDamaged);
  t.deepEqual(await views.get(posts, 'p2'), { author: 'bob', text: 'hello' });
  t.is((await views.find(posts, { where: { author: 'bob' }, limit: 10 })).length, 1);
});

test('a document that is written anew is whole again', async (t) => {
  await using given = await givenFile(put('p1', { author: 'ann', text: 'she said yes' }));
  await flipBitIn(given.file, 'she said yes');
  await using views = await startSqliteViews(given.file);
  await write(views, put('p1', { author: 'ann', text: 'she said no' }));
  t.deepEqual(await views.get(posts, 'p1'), { author: 'ann', text: 'she said no' });
  t.deepEqual(await views.verify(), { documents: 1, damage: [] });
});

test('what a document has seen is checked as well, and so is a checkpoint', async (t) => {
  await using given = await givenFile(put('p1', { author: 'ann' }, 41));
  await flipBitIn(given.file, '{"post-p1":41}');
  await flipBitIn(given.file, `${posts}1`);
  await using views = await startSqliteViews(given.file);
  await t.throwsAsync(views.load(posts, ['p1']), isDamaged);
  await t.throwsAsync(views.checkpoints(), { instanceOf: ViewsDamaged, message: /the checkpoint of .* isn’t what was written/ });
});

test('the sum follows every kind of write', async (t) => {
  await using given = await givenFile(put('p1', { author: 'ann', text: 'one' }), put('p2', { author: 'bob' }));
  await using views = await startSqliteViews(given.file);
  await write(
    views,
    { kind: 'increment', collection: posts, id: 'p1', by: { likes: 2 } },
    { kind: 'increment', collection: posts, id: 'p3', by: { likes: 1.5 } },
    { kind: 'patch', collection: posts, where: { author: 'ann' }, set: { author: 'eve', text: 'two “😀”', list: [1, { a: null }] } },
    { kind: 'remove', collection: posts, id: 'p2', seen: { 'post-p2': 1 } },
  );
  t.deepEqual(await views.getMany(posts, ['p1', 'p2', 'p3']), [
    { author: 'eve', text: 'two “😀”', likes: 2, list: [1, { a: null }] },
    undefined,
    { likes: 1.5 },
  ]);
  t.deepEqual(await views.load(posts, ['p2']), [{ id: 'p2', document: undefined, seen: { 'post-p2': 1 }, version: 2 }]);
  t.deepEqual(await views.verify(), { documents: 2, damage: [] });
});

test('verifying names each document that is damaged, and each that an index has as something else', async (t) => {
  const many = Array.from({ length: 2_500 }, (_, i) => put(`many-${String(i).padStart(4, '0')}`, { author: 'eve' }));
  await using given = await givenFile(put('p1', { author: 'ann', text: 'she said yes' }), put('p2', { author: 'the-author-of-p2' }), ...many);
  await flipBitIn(given.file, 'she said yes');
  await flipBitIn(given.file, '{"post-many-2222":0}');
  await flipBitIn(given.file, 'the-author-of-p2', ({ before }) => before !== QUOTE);
  await using views = await startSqliteViews(given.file);
  const { documents, damage } = await views.verify();
  t.is(documents, 2_502);
  for (const about of [/document p1 of posts@1/, /document many-2222 of posts@1/, /author of the document p2|missing from index|wrong # of entries/]) {
    t.true(
      damage.some((sentence) => about.test(sentence)),
      `${about}: ${damage.join('\n')}`,
    );
  }
  const stopped = new AbortController();
  stopped.abort(new Error('enough'));
  await t.throwsAsync(views.verify(stopped.signal), { message: 'enough' });
});

test('whichever bit is flipped, no document is answered that was not written', async (t) => {
  const written = new Map(Array.from({ length: 200 }, (_, i) => [`p${i}`, { author: `author-${i % 7}`, text: `the text of ${i}` }]));
  await using given = await givenFile(...[...written].map(([id, document]) => put(id, document)));
  const { length } = await readFile(given.file);
  let noticed = 0;
  for (let n = 0; n < FLIPPED_BITS; n++) {
    const [at, bit] = [Math.floor((n / FLIPPED_BITS) * length) + (n % 13), n % 8];
    await flipBitAt(given.file, at, bit);
    const answers = await allAnswers(given.file, [...written.keys()]);
    if (answers === 'refused') noticed++;
    else for (const [id, document] of answers) if (document !== undefined) t.deepEqual(document, written.get(id), `bit ${bit} of byte ${at}`);
    await flipBitAt(given.file, at, bit);
  }
  t.log(`${noticed} of ${FLIPPED_BITS} flipped bits were noticed by reading every document`);
  t.true(noticed > 0);
});

async function allAnswers(file: string, ids: readonly string[]): Promise<'refused' | readonly (readonly [string, unknown])[]> {
  let views: ViewStore | undefined;
  try {
    views = await startSqliteViews(file);
    const found = await views.getMany(posts, ids);
    return ids.map((id, at) => [id, found[at]] as const);
  } catch {
    return 'refused';
  } finally {
    await views?.[Symbol.asyncDispose]();
  }
}
