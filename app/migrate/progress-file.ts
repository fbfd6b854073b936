/**
 * How far a migration has come, in a file of the data folder, so that it goes on after any interruption: to which places of the target
 * places of the source correspond, and which records of the vault and which media were copied. The file has hashes of records, and none of their secrets.
 */
import { hash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Position } from '../../ports/event-log/port.ts';
import type { KeptRecord } from '../../ports/vault/sqlite-records.ts';

const TABLES = `
  CREATE TABLE IF NOT EXISTS places (source INTEGER PRIMARY KEY, target TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS records (kind TEXT NOT NULL, id TEXT NOT NULL, sum TEXT NOT NULL, pass INTEGER NOT NULL, PRIMARY KEY (kind, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (key TEXT PRIMARY KEY, pass INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL)`;

export type MigrationProgress = Disposable & {
  /** Up to and with this offset of the source everything is in the target, whose position covers it. */
  place(): { readonly source: number; readonly target: Position | undefined };
  /** The last place that is not behind the offset. */
  placeUpTo(offset: number): Position | undefined;
  reached(source: number, target: Position | undefined): void;
  /** The number of another pass over the vault. */
  nextPass(): number;
  /** Whether the record is in the target as it is now; it is seen in this pass. */
  isCopied(record: KeptRecord, pass: number): boolean;
  copied(records: readonly KeptRecord[], pass: number): void;
  /** They are about to be copied: whatever interrupts that, it is known that the target may have them. */
  copying(records: readonly KeptRecord[], pass: number): void;
  /** Those that were copied, and that this pass hasn't seen: they are gone from the source. */
  gone(pass: number): readonly Pick<KeptRecord, 'kind' | 'id'>[];
  forget(record: Pick<KeptRecord, 'kind' | 'id'>): void;
  /** As `copying`, `gone` and `forget`, of media. */
  readonly objects: {
    copying(keys: readonly string[], pass: number): void;
    gone(pass: number, limit: number): readonly string[];
    forget(keys: readonly string[]): void;
  };
  /** The value, which is kept with the first call. */
  fact(name: string, value: () => string): string;
};

const NOTHING = -1;
/** In place of a record's hash. */
const NOT_KNOWN = '';
const NEXT_PASS = 'SELECT coalesce(max(pass), 0) + 1 AS next FROM (SELECT pass FROM records UNION ALL SELECT pass FROM objects)';

export function openProgress(file: string): MigrationProgress {
  const database = new DatabaseSync(file);
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${TABLES}`);
  const statement = {
    upTo: database.prepare('SELECT source, target FROM places WHERE source <= ? ORDER BY source DESC LIMIT 1'),
    reached: database.prepare('INSERT OR REPLACE INTO places VALUES (?, ?)'),
    seen: database.prepare('UPDATE records SET pass = ? WHERE kind = ? AND id = ? AND sum = ?'),
    copied: database.prepare('INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?)'),
    gone: database.prepare('SELECT kind, id FROM records WHERE pass <> ?'),
    forget: database.prepare('DELETE FROM records WHERE kind = ? AND id = ?'),
    object: database.prepare('INSERT OR REPLACE INTO objects VALUES (?, ?)'),
    goneObjects: database.prepare('SELECT key FROM objects WHERE pass <> ? LIMIT ?'),
    forgetObject: database.prepare('DELETE FROM objects WHERE key = ?'),
    addFact: database.prepare('INSERT OR IGNORE INTO facts VALUES (?, ?)'),
    fact: database.prepare('SELECT value FROM facts WHERE name = ?'),
  };
  const upTo = (offset: number) => {
    const found = statement.upTo.get(offset);
    return { source: found === undefined ? NOTHING : Number(found['source']), target: (found?.['target'] as Position | undefined) || undefined };
  };
  const together = <Item>(items: readonly Item[], write: (item: Item) => unknown) => {
    database.exec('BEGIN');
    for (const item of items) write(item);
    database.exec('COMMIT');
  };
  const sumOf = (record: KeptRecord) => hash('sha256', JSON.stringify(record));
  return {
    place: () => upTo(Number.MAX_SAFE_INTEGER),
    placeUpTo: (offset) => upTo(offset).target,
    reached: (source, target) => void statement.reached.run(source, target ?? ''),
    nextPass: () => Number(database.prepare(NEXT_PASS).get()?.['next']),
    isCopied: (record, pass) => statement.seen.run(pass, record.kind, record.id, sumOf(record)).changes === 1,
    copied: (records, pass) => together(records, (record) => statement.copied.run(record.kind, record.id, sumOf(record), pass)),
    copying: (records, pass) => together(records, ({ kind, id }) => statement.copied.run(kind, id, NOT_KNOWN, pass)),
    gone: (pass) => statement.gone.all(pass) as unknown as readonly Pick<KeptRecord, 'kind' | 'id'>[],
    forget: ({ kind, id }) => void statement.forget.run(kind, id),
    objects: {
      copying: (keys, pass) => together(keys, (key) => statement.object.run(key, pass)),
      gone: (pass, limit) => statement.goneObjects.all(pass, limit).map(({ key }) => String(key)),
      forget: (keys) => together(keys, (key) => statement.forgetObject.run(key)),
    },
    fact: (name, value) => {
      statement.addFact.run(name, value());
      return String(statement.fact.get(name)?.['value']);
    },
    [Symbol.dispose]: () => database.close(),
  };
}
