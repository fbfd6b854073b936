/**
 * The commands of the last minutes before a process started, found by one scan of the log. Every lookup reaches back a few minutes, for
 * clients' clocks may be ahead; a process that has just started would scan each busy stream for that when it meets it first, and all
 * of them at once. For a log that this process alone writes to: what others append meanwhile is read from the stream.
 */
import { setImmediate } from 'node:timers/promises';
import { MINUTE_MS, plus, type Instant } from '../../domain/shared/instant.ts';
import { CLOCK_SKEW_MAX_MS } from './command-context.ts';
import { handledCommandIn, type HandledCommand } from './idempotency.ts';
import type { LogReader } from './load-stream.ts';

/** A command given within this time after the start, or this time before it, is looked up in what the scan found. */
const GIVEN_BEFORE_START_MS = MINUTE_MS;
const KEPT_MS = 10 * MINUTE_MS;
/** Some 300 bytes each; a log with more in these minutes is not scanned to the end, and its streams are, one by one. */
const EVENTS_MAX = 300_000;
const EVENTS_A_TURN = 256;

/** The commands of all events of a stream from one revision up to another, newest first. Every command handled there since `since` is among them. */
export type RecentStream = {
  readonly since: Instant;
  readonly first: number;
  readonly last: number;
  readonly commands: ReadonlyMap<string, HandledCommand>;
};

export type RecentCommands = {
  /** Undefined where the stream has none, where the scan is under way or failed, and some minutes after the start. */
  of(stream: string): RecentStream | undefined;
  /** Resolves when the scan has ended, however it did. */
  readonly scanned: Promise<void>;
};

type FoundStream = { first: number; readonly last: number; readonly commands: Map<string, HandledCommand> };

/** Scans in the background. */
export function scanRecentCommands(reader: LogReader, clock: () => Instant): RecentCommands {
  const since = plus(clock(), -CLOCK_SKEW_MAX_MS - GIVEN_BEFORE_START_MS);
  let streams = new Map<string, FoundStream>();
  const scanned = scan(reader, since).then(
    (found) => void (streams = found),
    () => undefined, // whatever is wrong with the log, a lookup of its own will tell
  );
  setTimeout(() => (streams = new Map()), KEPT_MS).unref();
  return {
    of: (stream) => {
      const found = streams.get(stream);
      return found && { ...found, since };
    },
    scanned,
  };
}

/** Nothing where there is too much. */
async function scan({ log, codec }: LogReader, since: Instant): Promise<Map<string, FoundStream>> {
  const streams = new Map<string, FoundStream>();
  let events = 0;
  for (const name of log.logs) {
    for await (const stored of log.readAll(name, { direction: 'backwards' })) {
      const metadata = codec.metadataOf(stored);
      if (metadata.at < plus(since, -CLOCKS_APART_MAX_MS)) break;
      if (++events > EVENTS_MAX) return new Map();
      if (events % EVENTS_A_TURN === 0) await setImmediate();
      const { stream, revision } = stored;
      const found = streams.get(stream) ?? { first: revision, last: revision, commands: new Map() };
      streams.set(stream, found);
      found.first = revision;
      if (!found.commands.has(metadata.command)) found.commands.set(metadata.command, handledCommandIn({ ...stored, metadata }));
    }
  }
  return streams;
}

/** Events of several processes, or of one whose clock was set, are not in the order of their times. */
const CLOCKS_APART_MAX_MS = MINUTE_MS;
