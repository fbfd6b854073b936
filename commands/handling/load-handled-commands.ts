/** Looks up in the log which commands were handled in a stream, further back than its cache remembers. Of the events only metadata is read. */
import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../../domain/shared/instant.ts';
import { HANDLED_COMMANDS_MAX, type CachedStream } from './cached-stream.ts';
import { handledCommandIn, type HandledCommand, type IdempotencyLookup } from './idempotency.ts';
import type { LogReader } from './load-stream.ts';

/** So many are scanned before others get a turn: a busy stream has thousands within the minutes that every lookup reaches back. */
const EVENTS_A_TURN = 256;

/**
 * The commands handled in the stream, `commands` among them if they were handled since `since`. Scans backwards from where the cache
 * ends. The cache keeps what is found, unless that is more than it holds of a stream: then only `commands` are looked out for, and
 * returned this once.
 */
export async function loadHandledCommands(
  { log, codec }: LogReader,
  stream: string,
  cached: CachedStream,
  commands: IdempotencyLookup['commands'],
  since: Instant,
): Promise<ReadonlyMap<string, HandledCommand>> {
  const older = new Map<string, HandledCommand>();
  const capacity = HANDLED_COMMANDS_MAX - cached.handledCommands.size;
  let { scannedFromRevision } = cached;
  let exceedsCapacity = false;
  if (scannedFromRevision > 0) {
    let scanned = 0;
    for await (const stored of log.readStream(stream, { from: scannedFromRevision - 1, direction: 'backwards' })) {
      const metadata = codec.metadataOf(stored);
      const { command, at } = metadata;
      exceedsCapacity ||= older.size >= capacity;
      if (!older.has(command) && !cached.handledCommands.has(command) && (!exceedsCapacity || commands.has(command)))
        older.set(command, handledCommandIn({ ...stored, metadata }));
      scannedFromRevision = stored.revision;
      if (at < since) break;
      if (++scanned % EVENTS_A_TURN === 0) await setImmediate();
    }
  }
  if (exceedsCapacity) return new Map([...older, ...cached.handledCommands]);
  cached.handledCommands = new Map([...[...older].reverse(), ...cached.handledCommands]);
  cached.scannedFromRevision = scannedFromRevision;
  cached.handledSince = scannedFromRevision === 0 ? 'start' : since;
  return cached.handledCommands;
}
