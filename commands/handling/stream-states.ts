/**
 * A bounded cache of the states of streams that this process decided on lately, kept up to date by what it appends, with the
 * commands that were handled there. A stream that is evicted is loaded from the log again.
 */
import type { AnyDecider } from '../../domain/shared/decider.ts';
import { counted, emptyTally, type CacheTally } from '../../ports/cache-tallies.ts';
import type { Position } from '../../ports/event-log/port.ts';
import { rememberCommand, remembersSince, type CachedStream } from './cached-stream.ts';
import type { HandledCommand, IdempotencyLookup } from './idempotency.ts';
import { loadHandledCommands } from './load-handled-commands.ts';
import { catchUp, loadStream, type LogReader } from './load-stream.ts';
import type { RecentCommands } from './recent-commands.ts';
import { createSharedCalls } from './shared-calls.ts';
import { SNAPSHOT_EVERY_EVENTS, snapshotsIn, type SnapshotsDependencies } from './snapshots.ts';

const STREAMS_CACHED_MAX = 20_000;
/** Of all streams together, some 300 bytes each: beyond, the streams that were not decided on for longest are evicted. */
const REMEMBERED_COMMANDS_MAX = 500_000;

export type StreamState = {
  readonly state: unknown;
  /** Of the stream's last event; -1 where there is no stream. */
  readonly revision: number;
  readonly position: Position | undefined;
  readonly handledCommands: ReadonlyMap<string, HandledCommand>;
};

/** `recentCommands`: what is known of streams that were busy before this process started. */
export type StreamStatesDependencies = LogReader &
  SnapshotsDependencies & { readonly recentCommands?: RecentCommands | undefined; readonly tally?: CacheTally };

export type StreamStates = {
  /** From the cache where it is there. The lookup's commands are in `handledCommands`, where they were handled. `catchUp`: the cache may be behind the log. */
  loadForDecision(decider: AnyDecider, stream: string, lookup: IdempotencyLookup, options: { readonly catchUp: boolean }): Promise<StreamState>;
  /** As the log has it: never older than the call. Calls for one stream share their reads. */
  loadCurrent(decider: AnyDecider, stream: string): Promise<StreamState>;
  /** What is remembered; undefined where the stream is not in the cache. It may be behind the log. */
  recall(stream: string): StreamState | undefined;
  /** What this process has just appended to the stream, by these commands. */
  recordAppended(stream: string, after: Omit<StreamState, 'handledCommands'>, commands: ReadonlyMap<string, HandledCommand>): void;
  /** The stream may have events that this process doesn't know of: it is loaded from the log before the next decision. */
  invalidate(stream: string): void;
};

type Entry = {
  readonly cached: CachedStream;
  /** How many of its commands are counted in the sum of all streams. */
  readonly countedCommands: number;
};

export function createStreamStates(
  reader: StreamStatesDependencies,
  { rememberedCommandsMax = REMEMBERED_COMMANDS_MAX }: { readonly rememberedCommandsMax?: number } = {},
): StreamStates {
  const entries = new Map<string, Entry>();
  const snapshots = snapshotsIn(reader);
  const share = createSharedCalls();
  const { tally = emptyTally() } = reader;
  let rememberedCommands = 0;

  const load = async (decider: AnyDecider, stream: string, options: { readonly catchUp: boolean }): Promise<CachedStream> => {
    const known = counted(tally, entries.get(stream)?.cached);
    const read = known ?? (await loadStream(reader, snapshots, decider, stream));
    if (options.catchUp || (known === undefined && decider.reads !== 'tail')) await catchUp(reader, decider, stream, read);
    // Another caller may have read further meanwhile, and decided on it: what it remembers must not give way to less.
    const kept = entries.get(stream)?.cached;
    const cached = kept !== undefined && kept.revision >= read.revision ? kept : read;
    takeSnapshotIfDue(decider, stream, cached);
    keep(stream, cached);
    return cached;
  };

  /** As the one used last. Evicts those that were not used for longest, as many as are too many. */
  const keep = (stream: string, cached: CachedStream): void => {
    evict(stream);
    entries.set(stream, { cached, countedCommands: cached.handledCommands.size });
    rememberedCommands += cached.handledCommands.size;
    for (const oldest of entries.keys()) {
      if ((entries.size <= STREAMS_CACHED_MAX && rememberedCommands <= rememberedCommandsMax) || oldest === stream) break;
      evict(oldest);
      tally.evictions += 1;
    }
  };

  const evict = (stream: string): void => {
    rememberedCommands -= entries.get(stream)?.countedCommands ?? 0;
    entries.delete(stream);
  };

  /** In the background: nothing waits for it. One that fails is taken when the stream is loaded again, or has grown by as many events. */
  const takeSnapshotIfDue = (decider: AnyDecider, stream: string, cached: CachedStream): void => {
    const { state, revision, position, lastEventAt, snapshotRevision } = cached;
    if (decider.snapshotVersion === undefined || position === undefined || lastEventAt === undefined) return;
    if (revision - snapshotRevision < SNAPSHOT_EVERY_EVENTS) return;
    cached.snapshotRevision = revision;
    void snapshots.take(decider, stream, { state, revision, position, at: lastEventAt });
  };

  return {
    loadForDecision: async (decider, stream, { commands, since }, options) => {
      const cached = await load(decider, stream, options);
      if (since === undefined || remembersSince(cached, since)) return stateOf(cached, cached.handledCommands);
      const handledCommands = await loadHandledCommands(reader, stream, cached, commands, since);
      return stateOf(cached, handledCommands);
    },
    loadCurrent: (decider, stream) =>
      share(stream, async () => {
        const cached = await load(decider, stream, { catchUp: true });
        return stateOf(cached, cached.handledCommands);
      }),
    recall: (stream) => {
      const cached = entries.get(stream)?.cached;
      return cached && stateOf(cached, cached.handledCommands);
    },
    recordAppended: (stream, { state, revision, position }, commands) => {
      const cached = entries.get(stream)?.cached;
      if (cached === undefined || cached.revision >= revision) return; // caught up by another caller, or evicted
      Object.assign(cached, { state, revision, position });
      for (const [command, handled] of commands) {
        rememberCommand(cached, command, handled);
        cached.lastEventAt = handled.at;
      }
    },
    invalidate: evict,
  };
}

const stateOf = ({ state, revision, position }: CachedStream, handledCommands: ReadonlyMap<string, HandledCommand>): StreamState => ({
  state,
  revision,
  position,
  handledCommands,
});
