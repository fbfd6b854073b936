/**
 * How fast the embedded views take documents, beside SQLite itself doing the same in this thread in the same run: commits of
 * 500 documents of about 300 bytes, two indexes each. Also what a fold's load and a page of a query cost.
 *
 *   npx node bench/views.ts [documents]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Document, Views, Write } from '../ports/views/port.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';

const COMMIT_DOCUMENTS = 500;
const AUTHORS = 1_000;
const LIST_AUTHORS = 200; // of one batch when a cold feed is built
const collection = 'posts@1';
const documents = Number(process.argv[2] ?? 100_000);

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'));
try {
  for (const ids of ['ascending', 'scattered'] as const) {
    const raw = rawSqlite(join(folder, `raw-${ids}.sqlite`), ids);
    await using views = await startSqliteViews(join(folder, `views-${ids}.sqlite`));
    const ours = await viewsWrite(views, ids);
    console.log(`${ids} ids: views ${perSecond(ours.ms)} documents/s, event loop held ${percent(ours.loopMs, ours.ms)} of the time`);
    console.log(`${ids} ids: raw SQLite ${perSecond(raw)} documents/s; views take ${(ours.ms / raw).toFixed(2)} times as long`);
    await reads(views, ids);
  }
} finally {
  await rm(folder, { recursive: true });
}

async function viewsWrite(views: Views, ids: Ids): Promise<{ readonly ms: number; readonly loopMs: number }> {
  await views.prepare({ [collection]: { indexes: [{ fields: ['author'] }, { fields: ['at'] }] } });
  const start = performance.now();
  const cpu = performance.eventLoopUtilization();
  let waiting: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < documents; first += COMMIT_DOCUMENTS) {
    const writes = Array.from({ length: COMMIT_DOCUMENTS }, (_, i): Write => {
      const n = first + i;
      return { kind: 'put', collection, id: idOf(n, ids), document: documentOf(n), seen: { [`post-${n}`]: 0 } };
    });
    const commit = views.commit({ projection: collection, from: first === 0 ? undefined : String(first), to: String(first + COMMIT_DOCUMENTS), writes });
    await waiting; // the next batch is made while the last one is written, as a projection's runner does
    waiting = commit;
  }
  await waiting;
  return { ms: performance.now() - start, loopMs: performance.eventLoopUtilization(cpu).active };
}

/** The same tables and flushing, without the thread, the port and the fence. */
function rawSqlite(file: string, ids: Ids): number {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536',
  );
  database.exec('CREATE TABLE posts (_id TEXT PRIMARY KEY NOT NULL, document TEXT, seen TEXT, author, at)');
  database.exec('CREATE INDEX by_author ON posts (author, _id) WHERE document IS NOT NULL; CREATE INDEX by_at ON posts (at, _id) WHERE document IS NOT NULL');
  const put = database.prepare('INSERT INTO posts VALUES (?, ?, ?, ?, ?)');
  const start = performance.now();
  for (let first = 0; first < documents; first += COMMIT_DOCUMENTS) {
    database.exec('BEGIN');
    for (let n = first; n < first + COMMIT_DOCUMENTS; n++) {
      const document = documentOf(n);
      put.run(idOf(n, ids), JSON.stringify(document), JSON.stringify({ [`post-${n}`]: 0 }), document.author, document.at);
    }
    database.exec('COMMIT');
  }
  const ms = performance.now() - start;
  database.close();
  return ms;
}

async function reads(views: Views, ids: Ids): Promise<void> {
  const some = Array.from({ length: COMMIT_DOCUMENTS }, (_, i) => idOf((i * 7_919) % documents, ids));
  const authors = Array.from({ length: LIST_AUTHORS }, (_, i) => `person-${i * 5}`);
  await timed(`load of ${some.length}`, () => views.load(collection, some));
  await timed('one document', () => views.get(collection, some[0] ?? ''));
  await timed('20 newest of one author', () => views.find(collection, { where: { author: 'person-7' }, order: { _id: -1 }, limit: 20 }));
  await timed(`500 newest of ${LIST_AUTHORS} authors`, () => views.find(collection, { where: { author: authors }, order: { _id: -1 }, limit: 500 }));
  await timed('count of one author', () => views.count(collection, { author: 'person-7' }));
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const ROUNDS = 20;
  await work();
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) await work();
  console.log(`  ${what}: ${((performance.now() - start) / ROUNDS).toFixed(3)} ms`);
}

type Ids = 'ascending' | 'scattered';

function idOf(n: number, ids: Ids): string {
  return ids === 'ascending' ? `post-${String(n).padStart(20, '0')}` : `${(Math.imul(n, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}-${n}`;
}

function documentOf(n: number) {
  return {
    author: `person-${n % AUTHORS}`,
    at: new Date(1_700_000_000_000 + n * 1_000).toISOString(),
    text: `This is post ${n}. ${'It says one thing and another. '.repeat(5)}`,
    replies: n % 3,
    likes: n % 17,
  } satisfies Document;
}

function perSecond(ms: number): string {
  return Math.round((documents / ms) * 1_000).toLocaleString('en');
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}
