/**
 * A thread that reads much, for one operation at a time: the log and the vault beside the thread that serves. It has a heap of its own,
 * so that what an export leaves to be collected is no pause of whoever writes a message, and a low priority where the system has one.
 */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { instant, type Instant } from '../../../domain/shared/instant.ts';
import { openForReading } from '../../../event-store/open.ts';
import { createCodec } from '../../../ports/event-log/codec.ts';
import { readEmbeddedLog } from '../../../ports/event-log/embedded.ts';
import { openKeyring } from '../../../ports/event-log/keyring.ts';
import { readSqliteVault } from '../../../ports/vault/sqlite.ts';
import { readSqliteViews } from '../../../ports/views/sqlite/reading.ts';
import { readOfEpoch } from '../../../projections/progress/views-of-epoch.ts';
import { diffBuilds } from '../analytics/diff-builds.ts';
import { exportLog } from '../analytics/export-log.ts';
import { exportView } from '../analytics/export-view.ts';
import { failureOf } from '../answering.ts';
import { backUp } from '../backup/back-up.ts';
import { gatherLines } from './gather-lines.ts';
import { PIECES_AHEAD_MAX, type FromThread, type Reading, type ThreadConfig, type ToThread } from './messages.ts';

/** No turn of this thread is waited for, and large batches cost less. */
const BATCH_EVENTS_MAX = 500;

const { events, vault: vaultFile, views: viewsFile, epoch } = workerData as ThreadConfig;
const now = (): Instant => instant(Date.now());
const writesNothing = () => Promise.reject(new Error('A thread that reads writes nothing.'));

async function* linesOf(reading: Reading, signal: AbortSignal): AsyncIterable<unknown> {
  switch (reading.operation) {
    case 'export-log': {
      await using eventStore = openForReading(events);
      using vault = readSqliteVault(vaultFile);
      const keyring = openKeyring({ ...vault, put: writesNothing, putIfAbsent: writesNothing, removeOwned: writesNothing });
      const dependencies = { log: readEmbeddedLog(eventStore), codec: createCodec(keyring, now), batchEventsMax: BATCH_EVENTS_MAX };
      yield* exportLog(dependencies, reading.request, signal);
      return;
    }
    case 'export-view': {
      using read = readSqliteViews(viewsFile);
      yield* exportView({ views: readOfEpoch(read.views, epoch), stored: reading.stored }, reading.request, signal);
      return;
    }
    case 'diff-builds': {
      using read = readSqliteViews(viewsFile);
      yield* diffBuilds({ stored: readOfEpoch(read.views, epoch) }, reading.request, signal);
      return;
    }
    case 'back-up': {
      await using eventStore = openForReading(events);
      yield* backUp({ eventStore, backedUp: reading.backedUp, clock: now }, reading.request, signal);
    }
  }
}

/** Linux gives each thread a priority of its own; elsewhere it stays as it is. */
function lowerPriority(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It reads all the same.
  }
}

function serve(port: MessagePort): void {
  let cancelling = new AbortController();
  let ahead = 0;
  let wake = () => {};
  const say = (message: FromThread, transferred: ArrayBuffer[] = []) => port.postMessage(message, transferred);
  const send = (text: string): boolean => {
    const lines = new TextEncoder().encode(text);
    say({ is: 'lines', lines }, [lines.buffer]);
    return ++ahead < PIECES_AHEAD_MAX;
  };
  const run = async (reading: Reading) => {
    const { signal } = cancelling;
    const isFull = () => ahead >= PIECES_AHEAD_MAX;
    // Once it is cancelled nobody takes anything.
    const taken = () => (signal.aborted ? Promise.resolve() : new Promise<void>((resolve) => (wake = resolve)));
    const lines = gatherLines({ send, isFull, taken });
    try {
      for await (const line of linesOf(reading, signal)) {
        await lines.add(line);
        signal.throwIfAborted();
      }
      send(lines.take());
      say({ is: 'ended' });
    } catch (error) {
      lines.take();
      say({ is: 'failed', ...failureOf(error) });
    }
  };
  port.on('message', (message: ToThread) => {
    switch (message.is) {
      case 'run':
        [cancelling, ahead] = [new AbortController(), 0];
        void run(message.reading);
        return;
      case 'more':
        ahead -= 1;
        wake();
        return;
      case 'cancel':
        cancelling.abort(new Error('The operation was cancelled.'));
        wake();
        return;
      case 'close':
        port.close();
    }
  });
}

if (parentPort === null) throw new Error('This module only runs as a worker thread.');
lowerPriority();
serve(parentPort);
