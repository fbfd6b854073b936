// Keeps a table of PostgreSQL in step with the posts of a Tidings. Start as many as you like: they share the work, and it doesn't matter
// when one of them dies. TIDINGS_READ, TIDINGS_WRITE, TIDINGS_APP, TIDINGS_KEY and PostgreSQL's own variables (PGHOST, PGUSER, …) say where.
import { createTidingsApp } from 'tidings-client/app';
import pg from 'pg';

const { TIDINGS_READ: read, TIDINGS_WRITE: write, TIDINGS_APP: id, TIDINGS_KEY: secret } = process.env;
const database = new pg.Pool();
await database.query(`
  CREATE TABLE IF NOT EXISTS posts (id text PRIMARY KEY, version text NOT NULL, author text, text text, published timestamptz);
  CREATE TABLE IF NOT EXISTS posts_cursor (part integer PRIMARY KEY, cursor text NOT NULL);
`);

// What is made of the changes and how far that has come are one transaction: neither is ever there without the other.
async function store({ changes, cursor, part }) {
  const transaction = await database.connect();
  try {
    await transaction.query('BEGIN');
    for (const { id: post, version, document } of changes) {
      // A removed post stays as a row without words, so that an older version that comes again doesn't bring it back.
      await transaction.query(
        `INSERT INTO posts VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (id) DO UPDATE SET version = $2, author = $3, text = $4, published = $5 WHERE posts.version < $2`,
        [post, version, document?.author ?? null, document?.text ?? null, document?.at ?? null],
      );
    }
    await transaction.query('INSERT INTO posts_cursor VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET cursor = $2', [part, cursor]);
    await transaction.query('COMMIT');
    transaction.release();
  } catch (error) {
    transaction.release(true); // the connection is closed, and the transaction with it
    throw error;
  }
}

const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());

await createTidingsApp({ read, write, credentials: { id, secret } }).subscribe(
  {
    projection: 'posts',
    collection: 'posts',
    group: 'posts-table',
    of: 4,
    signal: stop.signal,
    loadCursor: async (part) => (await database.query('SELECT cursor FROM posts_cursor WHERE part = $1', [part])).rows[0]?.cursor ?? null,
    onRestored: async () => void (await database.query('TRUNCATE posts, posts_cursor')),
    onError: (error) => process.stderr.write(`${String(error)}\n`),
  },
  store,
);
await database.end();
