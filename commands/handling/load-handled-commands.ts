/** Looks up in the log which commands were handled in a stream, further back than its cache remembers. */
import type { Instant } from '../../domain/shared/instant.ts';
import { HANDLED_COMMANDS_MAX, type CachedStream } from './cached-stream.ts';
import { handledCommandIn, type HandledCommand, type IdempotencyLookup } from './idempotency.ts';
import { readDecoded, type LogReader } from './load-stream.ts';

/**
 * The commands handled in the stream, `commands` among them if they were handled since `since`. Scans backwards from where the cache
 * ends. The cache keeps what is found, unless that is more than it holds of a stream: then only `commands` are looked out for, and
 * returned this once.
 */
export async function loadHandledCommands(
  reader: LogReader,
  stream: string,
  cached: CachedStream,
  commands: IdempotencyLookup['commands'],
  since: Instant,
): Promise<ReadonlyMap<string, HandledCommand>> {
  const older = new Map<string, HandledCommand>();
  const capacity = HANDLED_COMMANDS_MAX - cached.handledCommands.size;
  let { scannedFromRevision } = cached;
  let hasReachedSince = false;
  let exceedsCapacity = false;
  if (scannedFromRevision > 0) {
    for await (const events of readDecoded(reader, stream, { from: scannedFromRevision - 1, direction: 'backwards' })) {
      for (const event of events) {
        const { command, at } = event.metadata;
        exceedsCapacity ||= older.size >= capacity;
        if (!older.has(command) && !cached.handledCommands.has(command) && (!exceedsCapacity || commands.has(command)))
          older.set(command, handledCommandIn(event));
        scannedFromRevision = event.revision;
        hasReachedSince ||= at < since;
      }
      if (hasReachedSince) break;
    }
  }
  if (exceedsCapacity) return new Map([...older, ...cached.handledCommands]);
  cached.handledCommands = new Map([...[...older].reverse(), ...cached.handledCommands]);
  cached.scannedFromRevision = scannedFromRevision;
  cached.handledSince = scannedFromRevision === 0 ? 'start' : since;
  return cached.handledCommands;
}
