/** Looks up in the log which commands were handled in a stream, further back than its cache remembers. Of the events only metadata is read. */
import { setImmediate } from 'node:timers/promises';
import type { Instant } from '../../domain/shared/instant.ts';
import { HANDLED_COMMANDS_MAX, type CachedStream } from './cached-stream.ts';
import { handledCommandIn, type HandledCommand, type IdempotencyLookup } from './idempotency.ts';
import type { LogReader } from './load-stream.ts';
import type { RecentCommands, RecentStream } from './recent-commands.ts';

/** So many are scanned before others get a turn: a busy stream has thousands within the minutes that every lookup reaches back. */
const EVENTS_A_TURN = 256;

/**
 * The commands handled in the stream, `commands` among them if they were handled since `since`. Scans backwards from where the cache
 * ends. The cache keeps what is found, unless that is more than it holds of a stream: then only `commands` are looked out for, and
 * returned this once.
 */
export async function loadHandledCommands(
  { log, codec, recentCommands }: LogReader & { readonly recentCommands?: RecentCommands | undefined },
  stream: string,
  cached: CachedStream,
  commands: IdempotencyLookup['commands'],
  since: Instant,
): Promise<ReadonlyMap<string, HandledCommand>> {
  const recent = recentReaching(recentCommands?.of(stream), since);
  const older = new Map<string, HandledCommand>();
  const capacity = HANDLED_COMMANDS_MAX - cached.handledCommands.size;
  const scannedBefore = cached.scannedFromRevision;
  let scannedFromRevision = scannedBefore;
  let exceedsCapacity = false;
  const find = (command: string, handled: HandledCommand) => {
    exceedsCapacity ||= older.size >= capacity;
    if (!older.has(command) && !cached.handledCommands.has(command) && (!exceedsCapacity || commands.has(command))) older.set(command, handled);
  };
  let reachesRecent = recent !== undefined && scannedFromRevision <= recent.last + 1;
  if (!reachesRecent && scannedFromRevision > 0) {
    let scanned = 0;
    for await (const stored of log.readStream(stream, { from: scannedFromRevision - 1, direction: 'backwards' })) {
      reachesRecent = recent !== undefined && stored.revision <= recent.last;
      if (reachesRecent) break;
      const metadata = codec.metadataOf(stored);
      find(metadata.command, handledCommandIn({ ...stored, metadata }));
      scannedFromRevision = stored.revision;
      if (metadata.at < since) break;
      if (++scanned % EVENTS_A_TURN === 0) await setImmediate();
    }
  }
  if (recent !== undefined && reachesRecent) {
    for (const [command, handled] of recent.commands) if (handled.revision < scannedBefore) find(command, handled);
    scannedFromRevision = Math.min(scannedFromRevision, recent.first);
  }
  if (exceedsCapacity) return new Map([...older, ...cached.handledCommands]);
  cached.handledCommands = new Map([...[...older].reverse(), ...cached.handledCommands]);
  cached.scannedFromRevision = scannedFromRevision;
  cached.handledSince = scannedFromRevision === 0 ? 'start' : reachesRecent && recent !== undefined ? recent.since : since;
  return cached.handledCommands;
}

/** What a scan of the log found of the stream, if it reaches back far enough. */
const recentReaching = (recent: RecentStream | undefined, since: Instant): RecentStream | undefined =>
  recent !== undefined && recent.since <= since ? recent : undefined;
