/**
 * Writing documents into the embedded views, beside SQLite itself in this thread in the same run: commits of 500 documents of about
 * 300 bytes with two indexes each. Also what a fold's load and a page of a query cost. `npx node bench/views.ts [documents]`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { postStream } from '../domain/shared/streams.ts';
import type { Document, ViewStore, DocumentWrite } from '../ports/views/port.ts';
import { startSqliteViews } from '../ports/views/sqlite.ts';
import { formatRate } from './shared/statistics.ts';

const COMMIT_DOCUMENTS = 500;
const AUTHORS = 1_000;
/** So many authors are in one query when a cold feed is built. */
const LIST_AUTHORS = 200;
const READ_ROUNDS = 20;
const COLLECTION = 'posts@1';
const DOCUMENTS = Number(process.argv[2] ?? 100_000);

const folder = await mkdtemp(join(tmpdir(), 'tidings-bench-'));
try {
  for (const ids of ['ascending', 'scattered'] as const) {
    const rawMs = measureRawSqlite(join(folder, `raw-${ids}.sqlite`), ids);
    await using views = await startSqliteViews(join(folder, `views-${ids}.sqlite`));
    const ours = await measureViews(views, ids);
    console.log(`${ids} ids: views ${perSecond(ours.ms)} documents/s, event loop busy ${percent(ours.loopMs, ours.ms)} of the time`);
    console.log(`${ids} ids: raw SQLite ${perSecond(rawMs)} documents/s; views take ${(ours.ms / rawMs).toFixed(2)} times as long`);
    await measureReads(views, ids);
  }
} finally {
  await rm(folder, { recursive: true });
}

async function measureViews(views: ViewStore, ids: Ids): Promise<{ readonly ms: number; readonly loopMs: number }> {
  await views.prepare({ [COLLECTION]: { indexes: [{ fields: ['author'] }, { fields: ['at'] }] } });
  const startedAt = performance.now();
  const cpu = performance.eventLoopUtilization();
  let committing: Promise<unknown> = Promise.resolve();
  for (let first = 0; first < DOCUMENTS; first += COMMIT_DOCUMENTS) {
    const writes = Array.from({ length: COMMIT_DOCUMENTS }, (_, i): DocumentWrite => {
      const n = first + i;
      return { kind: 'put', collection: COLLECTION, id: idOf(n, ids), document: documentOf(n), seen: { [postStream(String(n))]: 0 } };
    });
    const commit = views.commit({ projection: COLLECTION, from: first === 0 ? undefined : String(first), to: String(first + COMMIT_DOCUMENTS), writes });
    await committing; // the next batch is made while the previous one is written, as a runner does
    committing = commit;
  }
  await committing;
  return { ms: performance.now() - startedAt, loopMs: performance.eventLoopUtilization(cpu).active };
}

/** The same tables and flushing, without the thread, the port and the check of the checkpoint. Returns milliseconds. */
function measureRawSqlite(file: string, ids: Ids): number {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -65536',
  );
  database.exec('CREATE TABLE posts (_id TEXT PRIMARY KEY NOT NULL, document TEXT, seen TEXT, author, at)');
  database.exec('CREATE INDEX by_author ON posts (author, _id) WHERE document IS NOT NULL; CREATE INDEX by_at ON posts (at, _id) WHERE document IS NOT NULL');
  const put = database.prepare('INSERT INTO posts VALUES (?, ?, ?, ?, ?)');
  const startedAt = performance.now();
  for (let first = 0; first < DOCUMENTS; first += COMMIT_DOCUMENTS) {
    database.exec('BEGIN');
    for (let n = first; n < first + COMMIT_DOCUMENTS; n++) {
      const document = documentOf(n);
      put.run(idOf(n, ids), JSON.stringify(document), JSON.stringify({ [postStream(String(n))]: 0 }), document.author, document.at);
    }
    database.exec('COMMIT');
  }
  const ms = performance.now() - startedAt;
  database.close();
  return ms;
}

async function measureReads(views: ViewStore, ids: Ids): Promise<void> {
  const sample = Array.from({ length: COMMIT_DOCUMENTS }, (_, i) => idOf((i * 7_919) % DOCUMENTS, ids));
  const authors = Array.from({ length: LIST_AUTHORS }, (_, i) => `person-${i * 5}`);
  await measureRead(`load of ${sample.length}`, () => views.load(COLLECTION, sample));
  await measureRead('one document', () => views.get(COLLECTION, sample[0] ?? ''));
  await measureRead('20 newest of one author', () => views.find(COLLECTION, { where: { author: 'person-7' }, order: { _id: -1 }, limit: 20 }));
  await measureRead(`500 newest of ${LIST_AUTHORS} authors`, () => views.find(COLLECTION, { where: { author: authors }, order: { _id: -1 }, limit: 500 }));
  await measureRead('count of one author', () => views.count(COLLECTION, { author: 'person-7' }));
}

async function measureRead(name: string, read: () => Promise<unknown>): Promise<void> {
  await read();
  const startedAt = performance.now();
  for (let round = 0; round < READ_ROUNDS; round++) await read();
  console.log(`  ${name}: ${((performance.now() - startedAt) / READ_ROUNDS).toFixed(3)} ms`);
}

type Ids = 'ascending' | 'scattered';

function idOf(n: number, ids: Ids): string {
  return ids === 'ascending' ? `a-post-${String(n).padStart(20, '0')}` : `${(Math.imul(n, 2_654_435_761) >>> 0).toString(16).padStart(8, '0')}-${n}`;
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
  return formatRate((1_000 * DOCUMENTS) / ms);
}

function percent(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}
