/** Opens and closes a store. Every function of a store validates its input here and is refused once the store is closed. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import type { WriteRequest } from './append/commit-plan.ts';
import { compact } from './maintenance/compact.ts';
import { copyLog } from './maintenance/copy.ts';
import { currentDataFile, extendToLastPage, findDataFile, makeCurrent, removeOtherDataFiles, syncFile, syncFolder } from './storage/data-file.ts';
import { eventStoreError } from './errors.ts';
import { GroupCommit } from './append/group-commit.ts';
import { FlushedHead } from './storage/flushed-head.ts';
import { encodeHead, HEAD_FACT, type Head } from './storage/head-record.ts';
import { loadHead, loadUncheckedHead, openDataFile, verifyLog } from './maintenance/integrity.ts';
import { lockFolder } from './lock.ts';
import { readAll, readAllChunks, readAt } from './read/read-all.ts';
import { readStream } from './read/read-stream.ts';
import { TailCache } from './storage/tail-cache.ts';
import { validateExpectedRevision, validateStreamName, validateEvents } from './append/validation.ts';
import { scavenge } from './maintenance/scavenge.ts';
import { setAside } from './maintenance/set-aside.ts';
import { loadSetAside } from './storage/set-aside.ts';
import type { EventStore, EventStoreOptions, EventStoreReader, SetAsideResult, StreamMetadataResult } from './store.ts';
import { formatStreamMetadata, METADATA_EVENT_TYPE, metastreamOf } from './storage/stream-metadata.ts';
import { isTombstoned, streamBounds, streamState } from './storage/stream-state.ts';
import type { Log } from './storage/log.ts';
import { subscribeToAll, subscribeToStream } from './read/subscribe.ts';
import type { Tables } from './storage/tables.ts';

const APPEND_BYTES_MAX = 1_048_576; // EventStoreDB's default

/**
 * Opens the log in its folder, and creates it where there is none.
 * Throws `store-locked` while another process or store has the folder open, `store-corrupted` when the file is truncated or damaged.
 */
export function openEventStore(folder: string, options: EventStoreOptions = {}): Promise<EventStore> {
  return open(folder, options, loadHead);
}

/**
 * Sets a damaged record aside in a folder that is not open. The only way where it is the last record of the log, without which the store
 * does not open. Throws as `EventStore.setAside` and `openEventStore` do.
 */
export async function setAsideInFolder(folder: string, { position, reason }: { readonly position: number; readonly reason: string }): Promise<SetAsideResult> {
  await using store = await open(folder, {}, loadUncheckedHead);
  return await store.setAside(position, reason);
}

/**
 * Reads what the log has now, in a thread beside the one that has the store open: what is appended later, and what a compaction does
 * meanwhile, it doesn't see. Throws `store-corrupted`.
 */
export function openForReading(folder: string): EventStoreReader {
  const tables = openDataFile(currentDataFile(realpathSync(folder)), { readOnly: true });
  const log = logOf(tables, loadHead(tables));
  return {
    ...readingOf(log),
    [Symbol.asyncDispose]: async () => {
      if (log.flushed.closed) return;
      log.flushed.close();
      await tables.close();
    },
  };
}

async function open(folder: string, options: EventStoreOptions, load: (tables: Tables) => Head): Promise<EventStore> {
  mkdirSync(folder, { recursive: true });
  const path = realpathSync(folder);
  const lock = lockFolder(path);
  try {
    const { tables, head } = await openLog(path, options, load);
    return storeOf({ folder: path, log: logOf(tables, head, options), lock, options });
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function openLog(
  folder: string,
  { noSync = false, words = [] }: EventStoreOptions,
  load: (tables: Tables) => Head,
): Promise<{ readonly tables: Tables; readonly head: Head }> {
  const { path, isNew } = findDataFile(folder);
  if (!noSync) syncFolder(folder); // `current` may not be on the disk yet; until it is, the other files may be all there is
  if (!isNew) removeOtherDataFiles(folder, path);
  // A process that was killed during a flush may have left a commit that is visible but not yet on the disk.
  if (!isNew && !noSync) syncFile(path);
  const tables = openDataFile(path, { noSync });
  try {
    if (isNew && tables.facts.get(HEAD_FACT) === undefined) {
      await tables.facts.put(HEAD_FACT, encodeHead({ nextPosition: 0, nextStreamNumber: 0, scavengedBelow: 0 }));
    }
    const head = load(tables);
    await tables.addWords(words);
    if (isNew) {
      syncFile(path);
      makeCurrent(folder, path);
    }
    return { tables, head };
  } catch (error) {
    await tables.close();
    throw error;
  }
}

export const logOf = (tables: Tables, head: Head, { now = Date.now, idempotency = 'full' }: EventStoreOptions = {}): Log => ({
  tables,
  flushed: new FlushedHead(head),
  tailCache: new TailCache(head.nextPosition, tables.words),
  states: new Map(),
  setAside: loadSetAside(tables),
  now,
  idempotency,
});

const readingOf = (log: Log): Omit<EventStoreReader, keyof AsyncDisposable> => ({
  readStream: (stream, options) => readStream(opened(log), stream, options),
  readAll: (options) => readAll(opened(log), options),
  readAllChunks: (options) => readAllChunks(opened(log), options),
  readAt: (position) => readAt(opened(log), position),
  subscribeToAll: (options) => subscribeToAll(opened(log), options),
  subscribeToStream: (stream, options) => subscribeToStream(opened(log), stream, options),
  streamMetadata: (stream) => streamMetadata(opened(log), stream),
  head: () => (log.flushed.head.nextPosition === 0 ? undefined : log.flushed.head.nextPosition - 1),
  verify: async (signal) => verifyLog(opened(log), signal),
  copy: (from) => copyLog(opened(log), from),
});

function opened(log: Log): Log {
  if (log.flushed.closed) throw eventStoreError('store-closed', 'The event store is closed.');
  return log;
}

type Opened = { readonly folder: string; readonly log: Log; readonly lock: Disposable; readonly options: EventStoreOptions };

function storeOf({ folder, log, lock, options }: Opened): EventStore {
  const commits = new GroupCommit(log);
  const appendBytesMax = options.maxAppendBytes ?? APPEND_BYTES_MAX;
  let scavenging = false;
  const submit = (request: Exclude<WriteRequest, { readonly kind: 'set-aside' }>, bytes = 0) => {
    validateStreamName(request.stream);
    validateExpectedRevision(request.expected);
    return commits.submit(request, bytes);
  };
  const store: EventStore = {
    ...readingOf(log),
    append: async (stream, events, expected) => {
      const { ids, bytes } = validateEvents(events, appendBytesMax);
      return submit({ kind: 'append', stream, events, ids, expected }, bytes);
    },
    setStreamMetadata: async (stream, metadata, expected = 'any') => {
      const event = { id: randomUUID(), type: METADATA_EVENT_TYPE, data: formatStreamMetadata(metadata), metadata: Buffer.alloc(0) };
      return store.append(metastreamOf(stream), [event], expected);
    },
    deleteStream: async (stream, expected) => submit({ kind: 'soft-delete', stream, expected }),
    tombstone: async (stream, expected) => submit({ kind: 'tombstone', stream, expected }),
    scavenge: async (options = {}) => {
      opened(log);
      if (scavenging) throw eventStoreError('scavenge-running', 'A scavenge is already running.');
      scavenging = true;
      try {
        return await scavenge(log, commits, options, () => compact(folder, log));
      } finally {
        scavenging = false;
      }
    },
    setAside: (position, reason) => setAside(opened(log), commits, position, reason),
    [Symbol.asyncDispose]: async () => {
      if (log.flushed.closed) return;
      await commits.close();
      log.flushed.close();
      const { file } = log.tables;
      await log.tables.close();
      extendToLastPage(file);
      lock[Symbol.dispose]();
    },
  };
  return store;
}

function streamMetadata(log: Log, stream: string): StreamMetadataResult {
  const { last } = streamState(log, metastreamOf(stream));
  return { metadata: streamBounds(log, stream), revision: last < 0 ? 'no-stream' : last, streamDeleted: isTombstoned(streamState(log, stream)) };
}
