/** The view store in one SQLite file. A worker thread writes; this thread reads, and sees each commit as soon as it is made. */
import { startWorkerThread } from '../sqlite/worker-thread.ts';
import { assertNoShard, ViewsUnavailable, type ViewStore, type DocumentWrite } from './port.ts';
import type { RecentDocuments } from './sqlite/recent-documents.ts';
import { readSqliteViews } from './sqlite/reading.ts';
import { UNAVAILABLE } from './sqlite/schema.ts';
import { verifySqliteViews } from './sqlite/verify.ts';
import type { ViewsWriter, ViewsWriterConfig } from './sqlite/writer.ts';
import { statementRunsOf } from './sqlite/statements.ts';

/** The write-ahead log holds replaced and removed values: it is emptied when nothing was written for this long, */
const WAL_IDLE_MS = 5_000;
/** and at the latest this long after the first write, although during writing it is overwritten from its beginning again and again. */
const WAL_KEPT_MAX_MS = 45_000;
/** How soon after a `patch`, or a `put` that forgets, the file is rewritten, so that no trace of overwritten values is left on the disk. */
const FORGET_WITHIN_MS = 60_000;

/** Large enough for the inner pages of every index that is read often. */
const READ_CACHE_KIB = 32 * 1_024;

export type SqliteViewsOptions = Partial<Omit<ViewsWriterConfig, 'file'>> & {
  /** One for all who write the file, who are in one process then. Where it is absent, every document is read from the file. */
  readonly recent?: RecentDocuments;
};

/** Throws where the file is damaged, of another version or not a view store. `<file>-wal` and `<file>-shm` belong to it. */
export async function startSqliteViews(file: string, { recent, ...options }: SqliteViewsOptions = {}): Promise<ViewStore> {
  const config: ViewsWriterConfig = { file, walIdleMs: WAL_IDLE_MS, walKeptMaxMs: WAL_KEPT_MAX_MS, forgetWithinMs: FORGET_WITHIN_MS, ...options };
  const writer = await startWorkerThread<ViewsWriter>(new URL('sqlite/writer.ts', import.meta.url), config);
  const { views, fieldsIn, ...reader } = readSqliteViews(file, { cacheKiB: READ_CACHE_KIB, ...(recent !== undefined && { recent }) });
  return {
    ...views,
    prepare: async (schema) => {
      await orUnavailable(writer.call('prepare', schema));
      reader.readFields();
    },

    commit: async ({ projection, from, to, writes }) => {
      using _changing = recent?.change(writes);
      return await orUnavailable(writer.call('commit', { projection, from, to, runs: statementRunsOf(writes, fieldsIn), forgets: writes.some(isForgetting) }));
    },

    drop: async (projection, collections) => {
      assertNoShard(projection);
      using _changing = recent?.changeAll(collections);
      await orUnavailable(writer.call('drop', { projection, collections }));
    },

    adopt: async (identity, { replaces }) => await orUnavailable(writer.call('adopt', { identity, replaces })),
    verify: (signal) => verifySqliteViews(file, signal),

    [Symbol.asyncDispose]: async () => {
      reader[Symbol.dispose](); // first, so that the writer's connection is the last one
      await writer[Symbol.asyncDispose]();
    },
  };
}

/** A class doesn't cross from thread to thread. */
async function orUnavailable<Answer>(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    const isForNow = error instanceof Error && error.cause instanceof Error && error.cause.cause === UNAVAILABLE;
    throw isForNow ? new ViewsUnavailable(error.message, { cause: error }) : error;
  }
}

const isForgetting = (write: DocumentWrite) => write.kind === 'patch' || (write.kind !== 'increment' && write.forgets === true);
