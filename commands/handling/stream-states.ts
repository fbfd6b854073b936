/**
 * The states of streams that this process decided on lately, brought up to date by what is appended, and which commands were
 * handled there. A bounded cache: what falls out is folded again from the log.
 */
import type { TidingsEvent } from '../../domain/events.ts';
import type { Decider } from '../../domain/shared/decider.ts';
import type { DomainEvent, Recorded } from '../../domain/shared/event.ts';
import { plus, type Instant } from '../../domain/shared/instant.ts';
import { SNAPSHOT_EVERY_EVENTS, snapshotsIn } from './snapshots.ts';
import { Undecodable, type Codec } from '../../ports/event-log/codec.ts';
import type { EventLog, Position, ReadOptions } from '../../ports/event-log/port.ts';

const STREAMS_CACHED_MAX = 20_000;
/** Commands remembered a stream; older ones are looked for in the log. */
export const RECENT_COMMANDS_MAX = 10_000;
/** And of all streams together, some 300 bytes each: beyond, the streams that nobody decided on for longest are forgotten. */
const REMEMBERED_COMMANDS_MAX = 500_000;
/** Events decoded together: few at first, for the newest are nearly always enough. */
const DECODE_EVENTS_MIN = 16;
const DECODE_EVENTS_MAX = 512;

type AnyDecider = Decider<unknown, unknown, DomainEvent>;

/** The last event of a command that was handled: its first answer. */
export type HandledCommand = { readonly revision: number; readonly position: Position; readonly request: string; readonly at: Instant };

export type StreamState = {
  readonly state: unknown;
  /** Of the stream's last event; -1 where there is no stream. */
  readonly revision: number;
  readonly position: Position | undefined;
  readonly recent: ReadonlyMap<string, HandledCommand>;
};

type Entry = {
  state: unknown;
  revision: number;
  position: Position | undefined;
  /** Every command handled here since `since`, oldest first. */
  recent: Map<string, HandledCommand>;
  /** How many of them are in the sum of all streams. */
  counted: number;
  since: Instant | 'start';
  /** The revision from which on every event has been looked at. */
  lookedFrom: number;
  /** When the last event was; undefined where none was folded here. */
  lastAt: Instant | undefined;
  /** The revision of the newest snapshot; -1 where there is none. */
  snapshot: number;
};

export type StreamStatesDependencies = { readonly log: EventLog; readonly codec: Codec };

/** These commands, none of which can have been handled before `since`; undefined: none of them can have been handled at all. */
export type IdempotencyLookup = { readonly commands: ReadonlySet<string>; readonly since: Instant | undefined };

export type StreamStates = {
  /** What is wanted is in `recent`, where it was handled. `catchUp`: the cache was seen to be behind. */
  forDeciding(decider: AnyDecider, stream: string, wanted: IdempotencyLookup, options: { readonly catchUp: boolean }): Promise<StreamState>;
  /** Never older than the call. */
  upToDate(decider: AnyDecider, stream: string): Promise<StreamState>;
  /** What this process has just appended to the stream. */
  remember(stream: string, now: Omit<StreamState, 'recent'>, handled: ReadonlyMap<string, HandledCommand>): void;
  /** It may have events that this process doesn't know of: it is read anew before the next decision. */
  invalidate(stream: string): void;
};

export function createStreamStates(
  { log, codec }: StreamStatesDependencies,
  { rememberedCommandsMax = REMEMBERED_COMMANDS_MAX }: { readonly rememberedCommandsMax?: number } = {},
): StreamStates {
  const cache = new Map<string, Entry>();
  const snapshots = snapshotsIn({ log, codec });
  let rememberedCommands = 0;

  const keep = (stream: string, entry: Entry): Entry => {
    forget(stream);
    cache.set(stream, entry);
    entry.counted = entry.recent.size;
    rememberedCommands += entry.counted;
    for (const oldest of cache.keys()) {
      if ((cache.size <= STREAMS_CACHED_MAX && rememberedCommands <= rememberedCommandsMax) || oldest === stream) break;
      forget(oldest);
    }
    return entry;
  };

  const forget = (stream: string): void => {
    rememberedCommands -= cache.get(stream)?.counted ?? 0;
    cache.delete(stream);
  };

  const entryOf = async (decider: AnyDecider, stream: string, options: { readonly catchUp: boolean }): Promise<Entry> => {
    const known = cache.get(stream);
    const entry = known ?? (decider.reads === 'tail' ? await loadTail(decider, stream) : await fromSnapshot(decider, stream));
    if (options.catchUp || (known === undefined && decider.reads !== 'tail')) {
      for await (const events of decoded(stream, { from: entry.revision + 1 })) {
        // Another caller may have folded the same events meanwhile.
        for (const event of events) if (event.revision > entry.revision) foldInto(entry, decider, event);
      }
    }
    takeSnapshotOf(decider, stream, entry);
    return keep(stream, entry);
  };

  const fromSnapshot = async (decider: AnyDecider, stream: string): Promise<Entry> => {
    const snapshot = await snapshots.newest(decider, stream);
    if (snapshot === undefined) return emptyEntry(decider);
    const { state, revision, position, at } = snapshot;
    return { ...emptyEntry(decider), state, revision, position, snapshot: revision, since: plus(at, 1), lookedFrom: revision + 1 };
  };

  /** In the background: nobody waits for it, and one that fails is taken the next time. */
  const takeSnapshotOf = (decider: AnyDecider, stream: string, entry: Entry): void => {
    const { state, revision, position, lastAt } = entry;
    if (decider.snapshotVersion === undefined || position === undefined || lastAt === undefined || revision - entry.snapshot < SNAPSHOT_EVERY_EVENTS) return;
    entry.snapshot = revision;
    snapshots.take(decider, stream, { state, revision, position, at: lastAt }).catch(() => {});
  };

  const loadTail = async (decider: AnyDecider, stream: string): Promise<Entry> => {
    const entry = emptyEntry(decider);
    for await (const events of decoded(stream, { from: 'end', direction: 'backwards', limit: 1 })) {
      for (const event of events) {
        foldInto(entry, decider, event);
        entry.since = plus(event.metadata.at, 1);
        entry.lookedFrom = event.revision;
      }
    }
    return entry;
  };

  /**
   * Reads backwards from where nothing was looked at yet to before `since`. What was handled there is remembered from then on, unless
   * it is more than is remembered of a stream: then what is wanted of it is answered this once.
   */
  const loadHandledCommands = async (
    stream: string,
    entry: Entry,
    commands: ReadonlySet<string>,
    since: Instant,
  ): Promise<ReadonlyMap<string, HandledCommand>> => {
    const older = new Map<string, HandledCommand>();
    const mostKept = RECENT_COMMANDS_MAX - entry.recent.size;
    let lookedFrom = entry.lookedFrom;
    let reachedBefore = false;
    let isTooMuch = false;
    if (lookedFrom > 0) {
      for await (const events of decoded(stream, { from: lookedFrom - 1, direction: 'backwards' })) {
        for (const event of events) {
          const { command, at } = event.metadata;
          isTooMuch ||= older.size >= mostKept;
          if (!older.has(command) && !entry.recent.has(command) && (!isTooMuch || commands.has(command))) older.set(command, handledBy(event));
          lookedFrom = event.revision;
          reachedBefore ||= at < since;
        }
        if (reachedBefore) break;
      }
    }
    if (isTooMuch) return new Map([...older, ...entry.recent]);
    entry.recent = new Map([...[...older].reverse(), ...entry.recent]);
    entry.lookedFrom = lookedFrom;
    entry.since = lookedFrom === 0 ? 'start' : since;
    return entry.recent;
  };

  async function* decoded(stream: string, options: ReadOptions): AsyncIterable<readonly Recorded<TidingsEvent>[]> {
    let chunk = [];
    let chunkMax = DECODE_EVENTS_MIN;
    for await (const stored of log.readStream(stream, options)) {
      chunk.push(stored);
      if (chunk.length < chunkMax) continue;
      yield (await codec.decodeAll(chunk)).map(orThrow);
      chunk = [];
      chunkMax = Math.min(chunkMax * 2, DECODE_EVENTS_MAX);
    }
    if (chunk.length > 0) yield (await codec.decodeAll(chunk)).map(orThrow);
  }

  return {
    forDeciding: async (decider, stream, { commands, since }, options) => {
      const entry = await entryOf(decider, stream, options);
      if (since === undefined || entry.since === 'start' || since >= entry.since) return { ...entry };
      const recent = await loadHandledCommands(stream, entry, commands, since);
      return { ...entry, recent };
    },
    upToDate: async (decider, stream) => ({ ...(await entryOf(decider, stream, { catchUp: true })) }),
    remember: (stream, now, handled) => {
      const entry = cache.get(stream);
      if (entry === undefined || entry.revision >= now.revision) return; // caught up by another caller, or fallen out
      Object.assign(entry, { state: now.state, revision: now.revision, position: now.position });
      for (const [command, first] of handled) {
        rememberCommand(entry, command, first);
        entry.lastAt = first.at;
      }
    },
    invalidate: forget,
  };
}

const emptyEntry = (decider: AnyDecider): Entry => ({
  state: decider.initialState,
  revision: -1,
  position: undefined,
  recent: new Map(),
  counted: 0,
  since: 'start',
  lookedFrom: 0,
  snapshot: -1,
  lastAt: undefined,
});

function foldInto(entry: Entry, decider: AnyDecider, event: Recorded<TidingsEvent>): void {
  entry.state = decider.evolve(entry.state, event);
  entry.revision = event.revision;
  entry.position = event.position as Position;
  entry.lastAt = event.metadata.at;
  rememberCommand(entry, event.metadata.command, handledBy(event));
}

function rememberCommand(entry: Entry, command: string, handled: HandledCommand): void {
  entry.recent.delete(command);
  entry.recent.set(command, handled);
  if (entry.recent.size <= RECENT_COMMANDS_MAX) return;
  for (const [oldest, { at, revision }] of entry.recent) {
    entry.recent.delete(oldest);
    entry.since = plus(at, 1);
    entry.lookedFrom = revision + 1;
    break;
  }
}

const handledBy = ({ revision, position, metadata }: Recorded): HandledCommand => ({
  revision,
  position: position as Position,
  request: metadata.request,
  at: metadata.at,
});

function orThrow(event: Recorded<TidingsEvent> | Undecodable): Recorded<TidingsEvent> {
  if (event instanceof Undecodable) throw event;
  return event;
}
