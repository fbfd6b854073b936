/** Opens every SQLite file of Tidings. Each kind of file has a mark, so that a foreign or damaged file is named in an error and never written to. */
import { DatabaseSync } from 'node:sqlite';

/** A kind of file: `applicationId` marks it in its header, `version` is raised when its tables change. */
export type FileKind = {
  readonly name: string;
  readonly applicationId: number;
  readonly version: number;
  /** Older versions that this one reads and writes as they are. */
  readonly olderVersions?: readonly number[];
  readonly remedy: string;
  /** The port's error for what is stored and isn't what was written. */
  readonly Damaged: new (message: string, options: ErrorOptions) => Error;
};

/** How long one connection waits for a lock that another holds. */
const LOCK_WAIT_MS = 10_000;
/** SQLite's default. */
const CACHE_KIB = 2_000;
/** Of address space, and not of memory: what SQLite takes at most (SQLITE_MAX_MMAP_SIZE). Of a larger file it copies the pages behind, as without. */
const MAPPED_BYTES_MAX = 0x7fff_0000;
/** SQLite's own codes for what ends by itself: locks that others hold, a full disk or one that fails, no memory. */
const UNAVAILABLE_CODES: readonly number[] = [5, 6, 7, 10, 13, 14];
/** SQLite's own codes for a file that is damaged, or that is no database. */
const DAMAGED_CODES: readonly number[] = [11, 26];
/** The part of an extended code that says what kind of error it is. */
const PRIMARY_CODE = 0xff;

/** Creates the file where there is none. `pragmas` run after the check, so that a foreign file is not changed. */
export function openForWriting(file: string, kind: FileKind, options: { readonly pragmas: string; readonly tables: string }): DatabaseSync {
  return explainDamage(file, kind, () => {
    const database = new DatabaseSync(file, { timeout: LOCK_WAIT_MS });
    try {
      const isNew = database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n === 0;
      const isOlder = !isNew && verifyFileKind(database, file, kind) !== kind.version;
      database.exec(`PRAGMA journal_mode = WAL; ${options.pragmas}`);
      if (isNew) {
        database.exec(`BEGIN IMMEDIATE; ${options.tables}; PRAGMA application_id = ${kind.applicationId}; PRAGMA user_version = ${kind.version}; COMMIT`);
      }
      if (isOlder) database.exec(`PRAGMA user_version = ${kind.version}`);
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });
}

type ReadingOptions = {
  /** How many of the pages it has read stay in memory, until the next commit. */
  readonly cacheKiB?: number;
  /** Pages are read where the operating system has them, and not copied; then they cost a commit nothing. */
  readonly isMapped?: boolean;
};

/** A read-only connection, beside the writing one that created the file. */
export function openForReading(file: string, { cacheKiB = CACHE_KIB, isMapped = false }: ReadingOptions = {}): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: LOCK_WAIT_MS });
  database.exec(`PRAGMA cache_size = -${cacheKiB}; PRAGMA mmap_size = ${isMapped ? MAPPED_BYTES_MAX : 0}`);
  return database;
}

/** Replaces SQLite's error about a damaged file by one that names the file and a remedy. */
export function explainDamage<Value>(file: string, kind: FileKind, work: () => Value): Value {
  try {
    return work();
  } catch (error) {
    const isDamaged = error instanceof Error && 'errcode' in error && DAMAGED_CODES.includes(Number(error.errcode) & PRIMARY_CODE);
    throw isDamaged ? new kind.Damaged(`${file} is damaged, or not ${kind.name} of Tidings (${error.message}). ${kind.remedy}`, { cause: error }) : error;
  }
}

/** Whether the error says nothing about what was asked: the same may succeed later. */
export const isUnavailable = (error: unknown): error is Error =>
  error instanceof Error && 'errcode' in error && UNAVAILABLE_CODES.includes(Number(error.errcode) & PRIMARY_CODE);

/** All writes of `work`, or none where it throws. */
export function inTransaction<Value>(database: DatabaseSync, work: () => Value): Value {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Answers the file's version. */
function verifyFileKind(database: DatabaseSync, file: string, kind: FileKind): number {
  const { application_id: applicationId } = database.prepare('PRAGMA application_id').get() ?? {};
  if (applicationId !== kind.applicationId) throw new Error(`${file} is a database, but not ${kind.name} of Tidings; it was left as it is.`);
  const { user_version: version } = database.prepare('PRAGMA user_version').get() ?? {};
  if (version !== kind.version && !kind.olderVersions?.includes(Number(version)))
    throw new Error(`${file} was written by another version of Tidings (${String(version)}, not ${kind.version}). ${kind.remedy}`);
  return Number(version);
}
