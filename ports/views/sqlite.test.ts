import test from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, open, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as after } from 'node:timers/promises';
import { emptyTally } from '../cache-tallies.ts';
import { eventually, temporaryFolder, timesOnDisk } from '../sqlite/test-fixture.ts';
import { viewsContract } from './contract.ts';
import { ViewsUnavailable, type Document, type DocumentWrite, type ViewStore } from './port.ts';
import { startSqliteViews } from './sqlite.ts';
import { RecentDocuments } from './sqlite/recent-documents.ts';
import { DROP_STEPS, type DropStep } from './test-fixture.ts';

const openStore = async (newRecent: () => RecentDocuments | undefined) => {
  const folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  let recent = newRecent();
  const dropAndDie = async (projection: string, collections: readonly string[], step: DropStep) => {
    const child = startChild(DROP, file, JSON.stringify({ projection, collections }));
    const exited = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), exited]); // it has begun to drop
    await after(DROP_STEPS.indexOf(step));
    child.kill('SIGKILL');
    await exited;
    recent = newRecent();
  };
  const start = () => startSqliteViews(file, recent === undefined ? {} : { recent });
  return { start, dropAndDie, [Symbol.asyncDispose]: folder[Symbol.asyncDispose] };
};

viewsContract('sqlite', () => openStore(() => undefined));
viewsContract('sqlite with recent documents', () => openStore(() => new RecentDocuments({ bytesMax: 2 ** 20, tally: emptyTally() })));

/** The module's own text, with the module of the adapter and these arguments. */
function startChild(script: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script, new URL('sqlite.ts', import.meta.url).href, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr);
  return child;
}

const DROP = `
  const [module, file, what] = process.argv.slice(-3);
  const { startSqliteViews } = await import(module);
  const views = await startSqliteViews(file);
  const { projection, collections } = JSON.parse(what);
  process.stdout.write('.');
  await views.drop(projection, collections);`;

const posts = 'posts@1';
const put = (id: string, document: Document): DocumentWrite => ({ kind: 'put', collection: posts, id, document, seen: {} });

/** Texts that grow and rows in random order, so that pages split and SQLite moves rows. */
async function writeSecrets(views: ViewStore): Promise<string> {
  await views.prepare({ [posts]: { indexes: [{ fields: ['author', 'text'] }] } });
  for (let round = 0; round < 8; round++) {
    const writes = Array.from({ length: 1_500 }, (_, i) => {
      const words = 'word '.repeat((i * (round + 3)) % 60);
      return put(`p${(i * 7_919) % 1_500}`, { author: i % 100 === 0 ? 'bob' : 'ann', text: `secret of ${i} ${words}` });
    });
    await views.commit({ projection: posts, from: round === 0 ? undefined : String(round), to: String(round + 1), writes });
  }
  return '8';
}

test('values that a patch overwrote are in no file a moment later, while the views run', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'), { forgetWithinMs: 10 });
  const from = await writeSecrets(views);
  const forget = (author: string): DocumentWrite => ({ kind: 'patch', collection: posts, where: { author }, set: { text: { erased: true } } });
  t.true((await timesOnDisk(folder.path, 'secret of')) > 1_500);
  await views.commit({ projection: posts, from, to: '9', writes: [forget('ann'), forget('bob')] });
  await eventually(t, async () => (await timesOnDisk(folder.path, 'secret of')) === 0);
  t.is(await views.count(posts), 1_500);
});

test('values that were replaced by writes that forget are in no file a moment later', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'), { forgetWithinMs: 10 });
  const from = await writeSecrets(views);
  const writes = Array.from({ length: 1_500 }, (_, i): DocumentWrite => {
    const replaces = { collection: posts, id: `p${i}`, seen: {}, forgets: true } as const;
    return i % 2 === 0 ? { kind: 'put', ...replaces, document: { author: 'ann', text: null } } : { kind: 'remove', ...replaces };
  });
  await views.commit({ projection: posts, from, to: '9', writes });
  await eventually(t, async () => (await timesOnDisk(folder.path, 'secret of')) === 0);
  t.is(await views.count(posts), 750);
});

test('values that a patch overwrote are in no file once the views have stopped', async (t) => {
  await using folder = await temporaryFolder();
  const views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  const from = await writeSecrets(views);
  const forget = (author: string): DocumentWrite => ({ kind: 'patch', collection: posts, where: { author }, set: { text: null } });
  await views.commit({ projection: posts, from, to: '9', writes: [forget('ann'), forget('bob')] });
  await views[Symbol.asyncDispose]();
  t.is(await timesOnDisk(folder.path, 'secret of'), 0);
});

test('values that a patch overwrote are in no file a moment after a start, where a kill came in between', async (t) => {
  await using folder = await temporaryFolder();
  await using killed = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  const from = await writeSecrets(views);
  const forget = (author: string): DocumentWrite => ({ kind: 'patch', collection: posts, where: { author }, set: { text: null } });
  await views.commit({ projection: posts, from, to: '9', writes: [forget('ann'), forget('bob')] });
  await cp(folder.path, killed.path, { recursive: true });
  t.true((await timesOnDisk(killed.path, 'secret of')) > 0);
  await using _ = await startSqliteViews(join(killed.path, 'views.sqlite'), { forgetWithinMs: 10 });
  await eventually(t, async () => (await timesOnDisk(killed.path, 'secret of')) === 0);
});

test('the write-ahead log is emptied a moment after writing', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  await using views = await startSqliteViews(file, { walIdleMs: 10 });
  await writeSecrets(views);
  await eventually(t, async () => (await stat(`${file}-wal`)).size === 0);
  t.is(await views.checkpoint(posts), '8');
});

test('the write-ahead log is emptied now and then though writing never ends', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  await using views = await startSqliteViews(file, { walIdleMs: 500, walKeptMaxMs: 600 });
  let from = await writeSecrets(views);
  let emptied = false;
  for (let n = 9; !emptied && n < 3_000; n++) {
    await after(5);
    emptied = (await stat(`${file}-wal`)).size === 0;
    await views.commit({ projection: posts, from, to: String(n), writes: [put('p1', { author: 'ann' })] });
    from = String(n);
  }
  t.true(emptied);
});

test('a kill in the middle of a commit leaves documents and checkpoint of one and the same commit', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  for (let kill = 0; kill < 3; kill++) {
    const child = startChild(ENDLESS_COMMITS, file);
    const exited = once(child, 'exit');
    await Promise.race([once(child.stdout, 'data'), exited]); // it has begun to commit
    await after(20 + 31 * kill);
    child.kill('SIGKILL');
    await exited;
    await using views = await startSqliteViews(file);
    const committed = Number(await views.checkpoint(posts));
    t.true(committed > 0);
    t.is(await views.count(posts, { n: committed }), 500, 'every document is of the commit that the checkpoint names');
    t.is(await views.count(posts), 500);
  }
});

/** Each commit writes its number into 500 documents. */
const ENDLESS_COMMITS = `
  const [module, file] = process.argv.slice(-2);
  const { startSqliteViews } = await import(module);
  const views = await startSqliteViews(file);
  await views.prepare({ 'posts@1': { indexes: [{ fields: ['n'] }] } });
  let from = await views.checkpoint('posts@1');
  for (let n = Number(from ?? 0) + 1; ; n++) {
    const document = { n, text: 'word '.repeat(50) };
    const writes = Array.from({ length: 500 }, (_, i) => ({ kind: 'put', collection: 'posts@1', id: 'p' + i, document, seen: {} }));
    await views.commit({ projection: 'posts@1', from, to: String(n), writes });
    from = String(n);
    process.stdout.write('.');
  }`;

test('a file that another program keeps locked is ViewsUnavailable, and nothing was written', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  await using views = await startSqliteViews(file);
  await views.prepare({ [posts]: { indexes: [] } });
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  await t.throwsAsync(views.commit({ projection: posts, from: undefined, to: '1', writes: [put('p1', {})] }), {
    instanceOf: ViewsUnavailable,
    message: /views\.sqlite can’t be written: database is locked/,
  });
  other.exec('ROLLBACK');
  other.close();
  t.is(await views.commit({ projection: posts, from: undefined, to: '1', writes: [put('p1', {})] }), 'committed');
});

test('refuses a file that is no database, and leaves it as it is', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  const text = 'no database at all, but long enough to be looked at'.repeat(100);
  await writeFile(file, text);
  await t.throwsAsync(startSqliteViews(file), { message: /views\.sqlite is damaged, or not the views of Tidings.*Delete it/ });
  t.is(await readFile(file, 'utf8'), text);
});

test('refuses another program’s database, and leaves it as it is', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  const foreign = new DatabaseSync(file);
  foreign.exec('CREATE TABLE theirs (a)');
  foreign.close();
  const before = await readFile(file);
  await t.throwsAsync(startSqliteViews(file), { message: /is a database, but not the views of Tidings; it was left as it is/ });
  t.deepEqual(await readFile(file), before);
});

test('an error about a page that was overwritten from outside names the file and a remedy', async (t) => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'views.sqlite');
  const views = await startSqliteViews(file);
  await writeSecrets(views);
  await views[Symbol.asyncDispose]();
  const { size } = await stat(file);
  const handle = await open(file, 'r+');
  await handle.write(Buffer.alloc(size - 16_384, 0xff), 0, size - 16_384, 16_384); // all but the tables' names
  await handle.close();
  await using damaged = await startSqliteViews(file);
  const ids = Array.from({ length: 100 }, (_, i) => `p${i}`);
  await t.throwsAsync(damaged.getMany(posts, ids), { message: /views\.sqlite is damaged.*Delete it/ });
  await t.throwsAsync(damaged.commit({ projection: posts, from: '8', to: '9', writes: ids.map((id) => put(id, {})) }), { message: /views\.sqlite is damaged/ });
});

test('a query by a field of no index is an error, and so is a collection that was not prepared', async (t) => {
  await using folder = await temporaryFolder();
  await using views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await views.prepare({ [posts]: { indexes: [{ fields: ['author'] }] } });
  await t.throwsAsync(views.find(posts, { where: { text: 'one' }, limit: 1 }), { message: 'No index of posts@1 names text.' });
  await t.throwsAsync(views.find(posts, { order: { text: 1 }, limit: 1 }), { message: 'No index of posts@1 names text.' });
  await t.throwsAsync(views.get('inbox@1', 'i1'), { message: 'The collection inbox@1 was not prepared.' });
  await t.throwsAsync(views.prepare({ 'a"b': { indexes: [] } }), { message: /can’t be named/ });
  await t.throwsAsync(views.prepare({ 'inbox@1': { indexes: [{ fields: ['a.b'] }] } }), { message: /can’t be indexed/ });
});

test('once stopped, the views answer with an error, and stopping again is no error', async (t) => {
  await using folder = await temporaryFolder();
  const views = await startSqliteViews(join(folder.path, 'views.sqlite'));
  await views.prepare({ [posts]: { indexes: [] } });
  await views[Symbol.asyncDispose]();
  await views[Symbol.asyncDispose]();
  await t.throwsAsync(views.get(posts, 'p1'));
  await t.throwsAsync(views.commit({ projection: posts, from: undefined, to: '1', writes: [] }));
});
